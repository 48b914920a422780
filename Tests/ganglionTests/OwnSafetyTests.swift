import FlightLog
import Foundation
import HardwareInterfaces
import Signals
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime

/// Safety that a file declares: its own modes and reactions, on any signal, and as many conditions as it likes.
@Suite("Safety as data")
struct OwnSafetyTests {
  /// A motor that a button makes slow, by the last of `count` conditions on it, and another button brings to rest.
  private static func text(conditions count: Int) -> String {
    let conditions = (1..<count).map { "{ when: \"button.pressed\", then: \"warn\", name: \"c_\($0)\" }," }
    return """
      {
        name: "own-safety", format: 2, loop: { rate_hz: 100 },
        devices: {
          button: { chip: "line", line: "GPIO1" }, other: { chip: "line", line: "GPIO2" },
          motor: { chip: "kernel_pwm", as: "duty", command: "speed.value", pwm: "pwmchip0.0" },
        },
        commands: [
          {
            source: "profile", signals: { speed: { unit: "1" } },
            steps: [{ at_s: 0, speed: 0.5 }, { at_s: 0.3, arm: true }],
          },
        ],
        blocks: [
          { block: "is_one_of", name: "creeping", of: "safety.mode", values: ["creep", "come_to_rest"] },
          { block: "constant", name: "slow", value: 0.1 },
          { block: "select", name: "speed", of: ["setpoint.speed", "slow.value"], unless: "creeping.on" },
        ],
        safety: [
          \(conditions.joined())
          { when: "button.pressed", then: "slow_down", name: "last", text: "the button" },
          { when: "other.pressed", then: "end", name: "end_of_way" },
        ],
        modes: [{ name: "creep" }, { name: "come_to_rest", sticky: true, resting_s: 0.3 }],
        reactions: [
          { name: "warn" }, { name: "slow_down", mode: "creep" }, { name: "end", mode: "come_to_rest" },
          { name: "stop", stops: true },
        ],
        at_rest: [{ signal: "speed.value", below: 0.2 }],
        simulation: {
          duration_s: 4, tick_jitter_us: 0, missed_tick_probability: 0,
          inputs: {
            "button.pressed": { steps: [{ at_s: 1, value: true }, { at_s: 2, value: false }] },
            "other.pressed": { steps: [{ at_s: 3, value: true }, { at_s: 3.1, value: false }] },
          },
        },
      }
      """
  }

  private struct Tick {
    var time: Double
    var mode: String
    var inForce: Double
    var speed, sent: Double
  }

  private static func fly(conditions count: Int, logPath: String? = nil) throws -> ([Tick], FlightReport) {
    let loaded = try LoadedVehicle(
      configuration: Array(text(conditions: count).utf8), models: [:], overrides: [:])
    var flight = try Flight(loaded, seed: 1, fault: nil, logPath: logPath)
    var ticks: [Tick] = []
    while let start = flight.nextTick() {
      try flight.fly(start, flight.vehicle)
      let view = FrameView(flight.controller.table, flight.frame)
      ticks.append(
        Tick(
          time: start.time.seconds, mode: view.choice("safety.mode") ?? "",
          inForce: view["safety.in_force"] ?? -1, speed: view["speed.value"] ?? .nan,
          sent: view["motor.duty"] ?? .nan))
    }
    return (ticks, try flight.finish())
  }

  @Test("modes and reactions of a file's own: what each does, how strong it is, and how it ends")
  func ownModes() throws {
    let (ticks, report) = try Self.fly(conditions: 1)
    func all(_ from: Double, _ until: Double, _ mode: String, sent: Double) {
      let some = ticks.filter { $0.time > from && $0.time < until }
      #expect(some.count > 5 && some.allSatisfy { $0.mode == mode }, "\(mode)")
      #expect(some.allSatisfy { abs($0.sent - sent) < 1e-6 }, "\(mode)")
    }
    all(0.05, 0.28, "disarmed", sent: 0)
    all(0.35, 0.98, "active", sent: 0.5)
    all(1.05, 1.98, "creep", sent: 0.1)
    // It ends with its condition, and the sticky one does not, but with the vehicle at rest.
    all(2.05, 2.98, "active", sent: 0.5)
    all(3.05, 3.3, "come_to_rest", sent: 0.1)
    all(3.4, 4, "disarmed", sent: 0)
    #expect(report.faultNames == ["last", "end_of_way"])
  }

  @Test("300 conditions are 300 conditions: in force, in the log, told, and the last of them acts")
  func many() throws {
    try withFolder { folder in
      let path = "\(folder)/log.mcap"
      let (ticks, report) = try Self.fly(conditions: 300, logPath: path)
      let pressed = ticks.filter { $0.time > 1.05 && $0.time < 1.98 }
      #expect(pressed.count > 80 && pressed.allSatisfy { $0.inForce == 300 && $0.mode == "creep" })
      #expect(report.faultNames.count == 301)
      var replay = try Replay(path: path)
      let result = try replay.run()
      #expect(result.isIdentical && result.ticks == UInt64(ticks.count))
      let log = try FlightLogReader(path: path)
      for name in ["c_1", "c_19", "c_299", "last"] {
        #expect(log.table["safety.\(name)"]?.kind == .flag && log.table["safety.\(name)"]?.isLogged == true)
      }
    }
  }
}
