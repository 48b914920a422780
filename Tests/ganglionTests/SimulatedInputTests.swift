import Foundation
import HardwareInterfaces
import Signals
import SimulatedHardware
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime

/// A vehicle without a template whose inputs a configuration drives, through the chips' registers.
@Suite("Inputs that the section simulation drives")
struct SimulatedInputTests {
  /// A device of every kind, without noise, and inputs for each.
  private static func text(_ inputs: String, duration: Double = 3) -> String {
    """
    {
      name: "inputs", format: 2, loop: { rate_hz: 100 },
      buses: {
        main: { adapter: "i2c-1", rate_hz: 400000 }, more: { adapter: "i2c-2", rate_hz: 400000 },
      },
      devices: {
        line: { chip: "ads1115", bus: "main", address: 0x48, rate_hz: 100, stale_after_ms: 50, channels: { left: 0, right: 3 } },
        other: { chip: "ads1115", bus: "main", address: 0x49, rate_hz: 100, stale_after_ms: 50, channels: { left: 0 } },
        bumper: {
          chip: "mcp23017", bus: "main", address: 0x20, rate_hz: 100, channels: { front: 0, back: 9 },
          pull_ups: ["front"], active_low: ["front"],
        },
        front: { chip: "vl53l0x", bus: "more", rate_hz: 20, stale_after_ms: 200 }, pitot: { chip: "ms4525do", bus: "more", rate_hz: 50, stale_after_ms: 100 },
        power: { chip: "ina226", bus: "main", address: 0x41, rate_hz: 20, stale_after_ms: 200, shunt_ohm: 0.01 },
        vane: { chip: "as5600", bus: "more", rate_hz: 100, stale_after_ms: 50 },
        air: { chip: "bmp390", bus: "main", address: 0x77, rate_hz: 50, stale_after_ms: 100 },
        button: { chip: "line", line: "GPIO22", debounce_ms: 5 },
        wheel: { chip: "line", line: "GPIO17" },
      },
      simulation: { duration_s: \(duration), sensor_noise: [0, 0], tick_jitter_us: 0, missed_tick_probability: 0, inputs: { \(inputs) } },
    }
    """
  }

  private struct Tick {
    var time: Double
    var values: [String: Double]

    subscript(name: String) -> Double { values[name] ?? .nan }
  }

  /// What each tick saw, and the report.
  private static func fly(
    _ inputs: String, fault: String? = nil
  ) throws -> (ticks: [Tick], report: FlightReport) {
    let loaded = try LoadedVehicle(configuration: Array(text(inputs).utf8), models: [:], overrides: [:])
    var flight = try Flight(loaded, seed: 1, fault: fault, logPath: nil)
    var ticks: [Tick] = []
    while let start = flight.nextTick() {
      try flight.fly(start, flight.vehicle)
      let table = flight.controller.table
      let values = table.signals.compactMap { signal in
        table.number(signal.name, in: flight.frame).map { (signal.name, $0) }
      }
      ticks.append(Tick(time: start.time.seconds, values: Dictionary(uniqueKeysWithValues: values)))
    }
    return (ticks, try flight.finish())
  }

  private static func between(_ ticks: [Tick], _ from: Double, _ until: Double) -> [Tick] {
    let some = ticks.filter { $0.time > from && $0.time < until }
    #expect(some.count > 10)
    return some
  }

  /// What the file's reader lets pass and the board cannot do would be left out in silence.
  @Test("every number of every device that the reader takes as an input is one that a chip measures")
  func everyNumber() throws {
    let tables = try LoadedVehicle(configuration: Array(Self.text("").utf8), models: [:], overrides: [:])
      .tables
    for device in tables.devices {
      for channel in device.channels where channel.channel.canBeDriven {
        #expect(PhysicalQuantity(channel, of: device) != nil, "\(device.name).\(channel.name)")
      }
    }
    let (ticks, _) = try Self.fly("\"pitot.differential_pressure\": { steps: [{ at_s: 1, value: 300 }] }")
    #expect(Self.between(ticks, 0.2, 0.95).allSatisfy { abs($0["pitot.differential_pressure"]) < 20 })
    #expect(Self.between(ticks, 1.2, 3).allSatisfy { abs($0["pitot.differential_pressure"] - 300) < 20 })
  }

  @Test("analog inputs, each of its own chip, by steps and by a sine, within a count of the converter")
  func analog() throws {
    let (ticks, _) = try Self.fly(
      """
      "line.left": { steps: [{ at_s: 1, value: 1.5 }, { at_s: 2, value: 0.25 }] },
      "line.right": { sine: { offset: 1, amplitude: 0.5, rate_hz: 1, phase_deg: 90 } },
      "other.left": 3.3,
      """)
    // Within what a chip's constant errors are: a few counts of 125 µV and a thousandth.
    #expect(Self.between(ticks, 0.1, 0.95).allSatisfy { abs($0["line.left"]) < 0.01 })
    #expect(Self.between(ticks, 1.1, 1.95).allSatisfy { abs($0["line.left"] - 1.5) < 0.01 })
    #expect(Self.between(ticks, 2.1, 3).allSatisfy { abs($0["line.left"] - 0.25) < 0.01 })
    #expect(Self.between(ticks, 0.1, 3).allSatisfy { abs($0["other.left"] - 3.3) < 0.02 })
    for tick in Self.between(ticks, 0.1, 3) {
      let truth = 1 + 0.5 * cos(2 * .pi * tick.time)
      // The newest conversion is up to 15 ms old, in which the sine moves by at most 0.05 V.
      #expect(abs(tick["line.right"] - truth) < 0.06)
    }
    let right = ticks.map { $0["line.right"] }
    #expect(right.max().map { $0 > 1.45 } == true && right.dropFirst(10).min().map { $0 < 0.55 } == true)
  }

  @Test("a distance, a voltage, a current, an angle, a pressure")
  func others() throws {
    let (ticks, _) = try Self.fly(
      """
      "front.distance": { steps: [{ at_s: 0, value: 0.3 }, { at_s: 1.5, value: 0.7 }] },
      "power.voltage": { steps: [{ at_s: 0, value: 8 }, { at_s: 1.5, value: 6.2 }] }, "power.current": 1.25,
      "vane.angle": { steps: [{ at_s: 0, value: 1 }, { at_s: 1.5, value: -1 }] },
      "air.pressure": { steps: [{ at_s: 0, value: 90000 }, { at_s: 1.5, value: 95000 }] }, "air.temperature": 5,
      """)
    let (early, late) = (Self.between(ticks, 0.6, 1.5), Self.between(ticks, 1.9, 3))
    for (name, first, second, near) in [
      ("front.distance", 0.3, 0.7, 0.03), ("power.voltage", 8, 6.2, 0.1), ("power.current", 1.25, 1.25, 0.1),
      ("vane.angle", 1, 2 * .pi - 1, 0.05), ("air.pressure", 90_000, 95_000, 300),
      ("air.temperature", 5, 5, 3),
    ] {
      #expect(early.allSatisfy { abs($0[name] - first) < near }, "\(name) \(early.last?[name] ?? .nan)")
      #expect(late.allSatisfy { abs($0[name] - second) < near }, "\(name) \(late.last?[name] ?? .nan)")
    }
  }

  @Test("pins of a port, active low or not, and a button; how they are at the start is no edge")
  func flags() throws {
    let (ticks, _) = try Self.fly(
      """
      "bumper.front": { steps: [{ at_s: 1, value: true }, { at_s: 2, value: false }] }, "bumper.back": true,
      "button.pressed": { steps: [{ at_s: 0, value: true }, { at_s: 1, value: false }, { at_s: 2, value: true }] },
      """)
    for tick in ticks.dropFirst(10) where abs(tick.time - 1) > 0.05 && abs(tick.time - 2) > 0.05 {
      let isMiddle = tick.time > 1 && tick.time < 2
      #expect(tick["bumper.front"] == (isMiddle ? 1 : 0), "\(tick.time)")
      #expect(tick["bumper.back"] == 1)
      #expect(tick["button.pressed"] == (isMiddle ? 0 : 1), "\(tick.time)")
    }
    let last = try #require(ticks.last)
    #expect(last["button.edges"] == 1)
    // The edge came when it came, and not when it was looked at or had lasted long enough.
    #expect(last["button.edge_time"] == 2e9)
  }

  @Test("pulses at a line, as many in a second as is said, also while the rate changes")
  func pulses() throws {
    let (ticks, _) = try Self.fly(
      #""wheel.rate": { steps: [{ at_s: 0.5, value: 40 }, { at_s: 1.5, value: 250 }, { at_s: 2.5, value: 0 }] },"#
    )
    let last = try #require(ticks.last)
    #expect(abs(last["wheel.edges"] - 290) <= 1)
    #expect(Self.between(ticks, 0.6, 1.5).allSatisfy { abs($0["wheel.rate"] - 40) < 0.01 })
    #expect(Self.between(ticks, 1.6, 2.5).allSatisfy { abs($0["wheel.rate"] - 250) < 0.1 })
    #expect(last["wheel.lost"] == 0 && last["wheel.edge_time"] <= 2.5e9 && last["wheel.edge_time"] > 2.49e9)
    let (swinging, _) = try Self.fly(
      #""wheel.rate": { sine: { offset: 100, amplitude: 80, rate_hz: 1 } },"#)
    #expect(abs((swinging.last?["wheel.edges"] ?? 0) - 300) <= 3)
  }

  @Test("faults come on top of it, at the chip")
  func faults() throws {
    let (ticks, _) = try Self.fly(
      #""line.left": 2, "button.pressed": true,"#, fault: "line:stuck@1s+1s,button:stuck-inactive@1s+1s")
    #expect(Self.between(ticks, 1.1, 1.9).allSatisfy { $0["button.pressed"] == 0 })
    #expect(Self.between(ticks, 2.1, 3).allSatisfy { $0["button.pressed"] == 1 })
  }

  private static func complaints(_ inputs: String) -> String {
    do throws(ConfigurationErrors) {
      _ = try VehicleTables.load(text: text(inputs), directory: nil)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "what is wrong with them is said",
    arguments: [
      (
        #""line.lefft": 1"#,
        #"simulation.inputs.line.lefft: is no channel of a device; did you mean "line.left"?"#
      ),
      (#""line.left": true"#, "simulation.inputs.line.left: is a number, expected numbers"),
      (#""bumper.front": 1"#, "simulation.inputs.bumper.front: is a flag, expected true or false"),
      (
        #""line.left_clipped": true"#,
        "follows from what is read; what can be driven is line.left, line.right"
      ),
      (#""line.left": "1""#, "found \"1\", expected a number, true, false, or an object"),
      (#""line.left": { steps: [] }"#, "simulation.inputs.line.left.steps: found none"),
      (#""line.left": {}"#, "expected either `steps` or `sine`"),
      (#""line.left": { sine: { amplitude: 1 } }"#, "simulation.inputs.line.left.sine.rate_hz: missing"),
      (
        #""line.left": { steps: [{ at_s: 1, value: 1 }, { at_s: 1, value: true }] }"#,
        "simulation.inputs.line.left.steps[1].value: found true, expected a number"
      ),
      (
        #""line.left": { steps: [{ at_s: 1, value: 1 }, { at_s: 1, value: 2 }] }"#,
        "simulation.inputs.line.left.steps[1].at_s: found 1, expected more than the step before"
      ),
      (#""wheel.rate": 1e6"#, "is at most 20000 pulses in a second"),
      (#""wheel.rate": 1, "wheel.pressed": true"#, "cannot be driven beside wheel.pressed"),
    ])
  func wrong(_ inputs: String, _ expected: String) {
    let complaints = Self.complaints(inputs)
    #expect(complaints.contains(expected), "\(complaints)")
    #expect(complaints.contains("configuration:20: "), "\(complaints)")
  }

  @Test("every channel that may be named is something that a chip or a line measures")
  func complete() throws {
    let tables = try VehicleTables.load(text: Self.text(""), directory: nil)
    for device in tables.devices {
      for channel in device.channels {
        #expect(
          (PhysicalQuantity(channel, of: device) != nil) == channel.channel.canBeDriven, "\(channel.name)")
      }
    }
  }

  @Test("an actuator, a line and a chip fail under their own names, and a name that is nearly right is told")
  func targets() throws {
    let text = try roverText().replacing(
      "left: { chip",
      with: "horn: { chip: \"line\", line: \"GPIO9\", command: \"bumper.front\" },\n    left: { chip"
    )
    .replacing("model: \"models/rover.safetensors\"", with: "computes: false")
    .replacing(
      "turn: \"steer.turn\", drive: \"steer.drive\"", with: "turn: \"zero.value\", drive: \"zero.value\""
    )
    .replacing("{ when: \"steer.failed\", then: \"disarm\" },", with: "")
    .replacing("blocks: [", with: "blocks: [{ block: \"constant\", name: \"zero\", value: 1 },")
    let loaded = try LoadedVehicle(configuration: Array(text.utf8), models: [:], overrides: [:])
    let vehicle = try SimulatedVehicle(loaded.tables, seed: 1)
    for name in ["line", "bumper", "power", "nose", "horn", "left", "right"] {
      #expect(vehicle.board.targetNames.contains(name), "\(vehicle.board.targetNames)")
      #expect(vehicle.board.faultKinds(of: name).contains(.off), "\(name)")
    }
    #expect(vehicle.board.faultKinds(of: "horn") == [.off, .stuck, .stuckActive, .stuckInactive])
    let error = #expect(throws: VehicleError.self) {
      _ = try FaultPlan(parsing: "rihgt:off@1s", targets: vehicle.board.targetNames)
    }
    #expect(error?.description.contains("did you mean 'right'?") == true)
  }
}
