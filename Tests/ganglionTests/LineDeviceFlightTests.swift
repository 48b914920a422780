import FlightLog
import Foundation
import HardwareInterfaces
import Signals
import SimulatedHardware
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite("A simulated vehicle with lines that are read")
struct LineDeviceFlightTests {
  /// A vehicle with a bumper that is debounced, a wheel that is not, and a lamp that shows that it is armed.
  private static func loaded() throws -> LoadedVehicle {
    let text = """
      {
        name: "bumper", format: 2, loop: { rate_hz: 100 }, simulation: { duration_s: 4 },
        devices: {
          bumper: { chip: "line", line: "GPIO22", bias: "pull_up", active: "low", debounce_ms: 5 },
          wheel: { chip: "line", line: "GPIO17", counts: "rising", stale_after_ms: 500 },
          lamp: { chip: "line", line: "GPIO5", command: "setpoint.arm" },
        },
        commands: [{ source: "profile", steps: [{ at_s: 0 }, { at_s: 0.3, arm: true }] }],
        safety: [
          { when: "bumper.pressed", then: "stop" },
          { when: "wheel_freshness.missing", for_s: 0.1, then: "warn" },
        ],
      }
      """
    return try LoadedVehicle(configuration: Array(text.utf8), models: [:], overrides: [:])
  }

  private struct Seen {
    var time: Double
    var isPressed, isGood, isMissing, isArmed: Bool
    var edges, wheel, lost, readings: UInt32
    var rate: Float
    var fault: String
  }

  /// Flies, with `move` driving lines in every tick, and gives what each tick saw.
  private static func fly(
    fault: String? = nil, logPath: String? = nil, move: (SimulatedBoard, Double) -> Void = { _, _ in }
  ) throws -> (ticks: [Seen], report: FlightReport) {
    var flight = try Flight(loaded(), seed: 1, fault: fault, logPath: logPath)
    var ticks: [Seen] = []
    while let start = flight.nextTick() {
      let vehicle = flight.vehicle
      try flight.fly(start, vehicle)
      let view = FrameView(flight.controller.table, flight.frame)
      let time = start.time.seconds
      ticks.append(
        Seen(
          time: time, isPressed: view.isSet("bumper.pressed"), isGood: view.isSet("bumper_freshness.good"),
          isMissing: view.isSet("wheel_freshness.missing"), isArmed: view.isSet("safety.armed"),
          edges: view.value("bumper.edges", as: UInt32.self) ?? 0,
          wheel: view.value("wheel.edges", as: UInt32.self) ?? 0,
          lost: view.value("wheel.lost", as: UInt32.self) ?? 0,
          readings: view.value("wheel.count", as: UInt32.self) ?? 0,
          rate: view.value("wheel.rate", as: Float.self) ?? .nan,
          fault: view.choice("bumper.fault") ?? ""))
      move(vehicle.board, time)
    }
    return (ticks, try flight.finish())
  }

  @Test("sees a bumper after debouncing, counts its presses, and stops")
  func pressed() throws {
    let (ticks, report) = try Self.fly { board, time in
      board.drive("GPIO22", active: time > 2 && time < 2.5 || time > 3 && time < 3.2)
    }
    let first = try #require(ticks.first { $0.isPressed })
    #expect(first.time > 2 && first.time < 2.03)
    #expect(ticks.last?.edges == 2 && ticks.last?.isPressed == false)
    #expect(ticks.filter { $0.time > 1.8 && $0.time < 2 }.allSatisfy { $0.isArmed && !$0.isPressed })
    #expect(ticks.filter { $0.time > 2.05 && $0.time < 2.5 }.allSatisfy { $0.isPressed && !$0.isArmed })
    #expect(ticks.allSatisfy { $0.fault == "none" && $0.isGood && $0.lost == 0 })
    #expect(report.faultNames.contains("bumper_pressed"))
    // By the name that this vehicle gives it, which is not the one that templates have in its place.
    #expect(report.modeName == "terminated")
    #expect(report.complaints.isEmpty)
  }

  @Test("counts a wheel's pulses, and gives their rate")
  func counted() throws {
    var pulses: UInt32 = 0
    var level = false
    let (ticks, _) = try Self.fly { board, time in
      guard time < 2 else { return }
      // A pulse in every second tick: 50 a second.
      level.toggle()
      if level { pulses += 1 }
      board.drive("GPIO17", active: level)
    }
    #expect(pulses > 90 && ticks.last?.wheel == pulses)
    let rates = ticks.filter { $0.time > 0.2 && $0.time < 2 }.map(\.rate)
    // Ticks come late by a little, and now and then by a period.
    #expect(rates.allSatisfy { $0 > 20 && $0 < 60 } && rates.contains { $0 > 49 && $0 < 51 })
    let last = try #require(ticks.last)
    #expect(last.rate < 2, "it stands")
  }

  @Test(
    "stuck, bouncing and gone are what the tick sees of them",
    arguments: ["stuck-active", "stuck-inactive", "bouncing", "off"])
  func faults(_ kind: String) throws {
    let (ticks, report) = try Self.fly(
      fault: "bumper:\(kind)@2s+1s,wheel:\(kind)@2s+1s"
    ) { board, time in board.drive("GPIO22", active: kind == "stuck-inactive" && time > 0.5) }
    let during = ticks.filter { $0.time > 2.05 && $0.time < 3 }
    let after = ticks.filter { $0.time > 3.05 }
    #expect(during.count > 80 && after.count > 80)
    let last = try #require(ticks.last)
    switch kind {
    case "stuck-active":
      #expect(during.allSatisfy { $0.isPressed && $0.isGood } && after.allSatisfy { !$0.isPressed })
      #expect(last.edges == 1 && last.wheel == 1)
    case "stuck-inactive":
      #expect(during.allSatisfy { !$0.isPressed && $0.isGood } && after.allSatisfy { $0.isPressed })
      #expect(last.edges == 2)
    case "bouncing":
      // Nothing lasts for 5 ms: the bumper rests, and what is not debounced counts every bounce.
      #expect(ticks.allSatisfy { !$0.isPressed } && last.edges == 0)
      #expect(last.wheel > 200 && during.contains { $0.rate > 200 } && last.rate < 5)
    default:
      // What was read last stays, and is not called good.
      #expect(during.allSatisfy { $0.fault == "missing" && !$0.isGood } && after.allSatisfy { $0.isGood })
      #expect(ticks.filter { $0.time > 2.6 && $0.time < 3 }.allSatisfy { $0.isMissing })
      #expect(report.faultNames.contains("wheel_freshness_missing"))
      #expect(Set(during.map(\.readings)).count == 1)
    }
    #expect(report.faultsWithoutEffect.isEmpty)
  }

  @Test("that changed while it was gone has lost an edge, and the report says so")
  func changedMeanwhile() throws {
    let (ticks, report) = try Self.fly(fault: "wheel:off@1s+1s") { board, time in
      board.drive("GPIO17", active: time > 1.5)
    }
    #expect(ticks.last?.lost == 1 && ticks.last?.wheel == 1)
    #expect(report.complaints.contains { $0.hasPrefix("devices.wheel: 1 edge was lost and not counted") })
  }

  @Test("that is gone to the end is named, with its line")
  func gone() throws {
    let (_, report) = try Self.fly(fault: "wheel:off@1s")
    #expect(
      report.complaints == [
        "devices.wheel: the line GPIO17 cannot be read; has its chip gone? Start the vehicle anew when it is back"
      ])
  }

  @Test("a fault that a line cannot have is said to do nothing")
  func noFault() throws {
    let (_, report) = try Self.fly(fault: "wheel:bias@1s")
    #expect(
      report.faultsWithoutEffect.contains {
        $0.contains("this chip knows only off, stuck-active, stuck-inactive, bouncing")
      })
  }

  @Test("is in the log with all that is known of it, and replays bit for bit")
  func replay() throws {
    try withFolder { folder in
      let path = "\(folder)/lines.mcap"
      _ = try Self.fly(fault: "wheel:bouncing@0.5s+1s,bumper:off@2s", logPath: path) { board, time in
        board.drive("GPIO22", active: time > 1 && time < 1.2)
      }
      var replay = try Replay(path: path)
      let outcome = try replay.run()
      #expect(outcome.isIdentical && outcome.ticks > 250, "\(outcome.text)")
      let reader = try FlightLogReader(path: path)
      #expect(MCAPVerification(reader.outline).findings.isEmpty)
    }
  }

  @Test("is named by `check`, for people and for machines")
  func check() throws {
    let tables = try Self.loaded().tables
    let text = try CheckTables.summary(tables)
    #expect(text.contains("device bumper: line GPIO22\n"))
    #expect(text.contains("actuator lamp: relay of setpoint.arm"))
    let bytes = try JSONEncoder().encode(TablesSummary(tables))
    let json = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    let devices = try #require(json["devices"] as? [[String: Any]])
    #expect(devices.map { $0["line"] as? String } == ["GPIO22", "GPIO17"] && devices[0]["bus"] == nil)
    let actuators = try #require(json["actuators"] as? [[String: Any]])
    #expect(actuators.map { $0["name"] as? String } == ["lamp"])
    #expect(actuators[0]["conversion"] as? String == "relay")
    #expect(actuators[0]["command"] as? String == "setpoint.arm")
  }
}
