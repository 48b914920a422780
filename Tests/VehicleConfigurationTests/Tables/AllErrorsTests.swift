import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// A file that is wrong in many ways is told all of them at once, and nothing that only follows from them.
@Suite("Everything that is wrong with a file is said at once")
struct AllErrorsTests {
  /// What is said of a line of the file: the line's marker, and the beginning of what stands behind the line's number.
  private struct Expected {
    var marker: String
    var says: String
  }

  private static let more = (0..<9_993).map {
    "d\($0): { chip: \"line\", line: \"G\($0)\", watched: false },"
  }.joined(separator: " ")
  private static let inputs = Array(repeating: "\"line.left\"", count: 513).joined(separator: ", ")

  private static let text = """
    {
      name: "wrong", format: 2, // bare
      loop: { rate_hz: 200, rate: 3 }, // loop
      buses: {
        sensors: { adapter: "i2c-1", rate_hz: 400000 },
        spare: { adapter: 3, rate_hz: 400000 }, // bus
      },
      devices: { // devices
        line: { chip: "ads1115", bus: "sensors", address: 0x48, rate_hz: 100, channels: { left: 0, right: 1 } },
        odd: { chip: "ads1116", bus: "sensors", address: 0x49, rate_hz: 100, channels: { a: 0 } }, // chip
        far: { chip: "ads1115", bus: "spare", address: 0x49, rate_hz: 100, channels: { a: 0 } },
        left: { chip: "kernel_pwm", as: "duty", command: "wheels.left", pwm: "pwmchip0.0" },
        right: { chip: "kernel_pwm", as: "duty", command: "wheels.right", pwm: "pwmchip0.0" }, // channel
        rudder: { chip: "kernel_pwm", as: "servo", command: "wheels.left", pwm: "pwmchip0.0" }, // settings
        lamp: { chip: "kernel_pwm", as: "duty", command: "odd.a", pwm: "pwmchip0.1" },
        \(more)
      },
      commands: [
        {
          source: "profile",
          signals: { speed: { unit: "m/s" }, turn: { unit: "m/z" } }, // unit of a command
          steps: [{ at_s: 0, arms: true }, { at_s: 2, arm: true, turn: 1 }], // step
        },
        { source: "sockket" }, // source
      ],
      blocks: [
        { block: "scale", name: "first", of: "second.value", unit: "V" }, // circle
        { block: "scale", name: "second", of: "third.value", unit: "V" }, // circle too
        { block: "scale", name: "third", of: "first.value", unit: "V" },
        { block: "low_pass", name: "near", of: "line.lefft", cutoff_hz: 20 }, // name
        { block: "low_pass", name: "twice", of: "line.left", cutoff_hz: 20 },
        { block: "low_pass", name: "twice", of: "line.left", cutoff_hz: 20 }, // name twice
        { block: "sum", name: "units", of: ["line.left", "setpoint.speed"] }, // units
        { block: "low_pas", name: "kind", of: "line.left", cutoff_hz: 20 }, // kind
        { block: "low_pass", name: "follows", of: "kind.value", cutoff_hz: 20 },
        { block: "low_pass", name: "keys", of: "line.lift", cutof_hz: 20 }, // key
        { block: "low_pass", name: "follows_too", of: "keys.value", cutoff_hz: 20 },
        { block: "low_pass", name: "blind", of: "setpoint.turn", cutoff_hz: 20 },
        { block: "network", name: "steer", model: "m.safetensors", inputs: [\(inputs)], outputs: ["turn"] }, // inputs
        { block: "differential_drive", name: "wheels", turn: "steer.turn", drive: "steer.turn" },
        { block: "differential_drive", name: "spare", turn: "steer.turn", drive: "steer.turn" }, // taken
      ],
      safety: [
        { when: "line.left", then: "stop" }, // bound
        { when: "odd.a", above: 1, then: "stopp" }, // reaction
        { when: "odd_freshness.missing", then: "stop" },
        { when: "line_freshness.mising", then: "stop" }, // signal of a condition
      ],
      arming: [{ when: "blind.value", is: true }], // comparison
      simulation: { plant: "standin" }, // plant
      watchdog: { loop_stopped_ms: 1 }, // watchdog
    }
    """

  private static let expected = [
    Expected(marker: "loop", says: "loop: unknown key \"rate\""),
    Expected(marker: "bus", says: "buses.spare.adapter: found 3, expected text"),
    Expected(marker: "devices", says: "devices: found 10000 entries, expected at most 128"),
    Expected(marker: "chip", says: "devices.odd.chip: found \"ads1116\", for which there is no driver"),
    Expected(
      marker: "channel", says: "devices.right.channel: output 0 of pwmchip0 is taken by devices.left"),
    Expected(
      marker: "settings", says: "devices.rudder.channel: output 0 of pwmchip0 is taken by devices.left"),
    Expected(marker: "settings", says: "devices.rudder.safe_us: safe_us is missing"),
    Expected(
      marker: "unit of a command", says: "commands[0].signals.turn.unit: found \"m/z\", expected a unit"),
    Expected(marker: "step", says: "commands[0].steps[0]: unknown key \"arms\"; did you mean \"arm\"?"),
    Expected(marker: "source", says: "commands[1].source: found \"sockket\""),
    Expected(
      marker: "circle",
      says:
        "blocks[0].of: second.value is written by block second, and the blocks read each other in a circle "
        + "(first reads second reads third reads first)"),
    Expected(
      marker: "circle too",
      says: "blocks[1].of: third.value is written by block third, and the blocks read each other in a circle"),
    Expected(
      marker: "name", says: "blocks[3].of: no signal is called \"line.lefft\"; did you mean \"line.left\"?"),
    Expected(marker: "name twice", says: "blocks[5]: another block has this name, too"),
    Expected(marker: "units", says: "blocks[6].of: setpoint.speed is in m/s, expected V"),
    Expected(
      marker: "kind", says: "blocks[7]: there is no kind of block \"low_pas\"; did you mean \"low_pass\"?"),
    Expected(marker: "key", says: "blocks[9]: unknown key \"cutof_hz\"; did you mean \"cutoff_hz\"?"),
    Expected(marker: "key", says: "blocks[9].of: no signal is called \"line.lift\""),
    Expected(
      marker: "inputs", says: "blocks[12].inputs: found a list of 513, expected a list of 1 to 512"),
    Expected(
      marker: "taken",
      says: "blocks[14]: no actuator takes spare.left: put one among the `devices`, with `chip` and"),
    Expected(marker: "taken", says: "blocks[14]: no actuator takes spare.right"),
    Expected(marker: "bound", says: "safety[0].when: line.left is a number: say `above` or `below` what"),
    Expected(
      marker: "reaction", says: "safety[1].then: no reaction is called \"stopp\"; did you mean \"stop\"?"),
    Expected(
      marker: "signal of a condition", says: "safety[3].when: no signal is called \"line_freshness.mising\""),
    Expected(marker: "comparison", says: "arming[0].when: blind.value is a number, expected `above`"),
    Expected(marker: "plant", says: "simulation.plant: found \"standin\""),
    Expected(marker: "watchdog", says: "watchdog.loop_stopped_ms: found 1"),
  ]

  private static func line(of marker: String) throws -> Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return try #require(lines.firstIndex { $0.hasSuffix("// \(marker)") }) + 1
  }

  @Test("with key, line and remedy, in the order of the lines, and without what follows from it")
  func all() throws {
    let errors = tableComplaints(about: Self.text).split(separator: "\n").map(String.init)
    for expected in Self.expected {
      let start = "line \(try Self.line(of: expected.marker)): \(expected.says)"
      #expect(errors.contains { $0.hasPrefix(start) }, "not said: \(start)")
    }
    for error in errors {
      let isExpected = try Self.expected.contains {
        error.hasPrefix("line \(try Self.line(of: $0.marker)): \($0.says)")
      }
      #expect(isExpected, "\(error)")
    }
    let numbers = errors.compactMap { Int($0.dropFirst(5).prefix { $0.isNumber }) }
    #expect(numbers.count == errors.count && numbers == numbers.sorted())
  }

  @Test("also of a file with a template, of the template's sections and of what is added")
  func template() throws {
    let text = """
      {
        name: "wrong", format: 2, vehicle: "quadrotor",
        loop: { rate_hz: 0 },
        devices: { odd: { chip: "ads1116", bus: "main" } },
        blocks: [{ block: "low_pass", name: "smooth", of: "odd.a", cutof_hz: 2, before: "motors" }],
      }
      """
    let errors = tableComplaints(about: text)
    for said in ["line 3: loop.rate_hz", "line 4: devices.odd.chip", "line 5: blocks[0]: unknown key"] {
      #expect(errors.contains(said), "\(errors)")
    }
  }

  @Test("a command that goes to an actuator through other blocks is taken")
  func taken() throws {
    let through = try roverText().replacing(
      "  ],\n  safety:",
      with: "    { block: \"slew\", name: \"gentle\", of: \"wheels.left\", most_per_s: 1 },\n  ],\n  safety:"
    ).replacing("command: \"wheels.left\"", with: "command: \"gentle.value\"")
    #expect(tableComplaints(about: through) == "")
    let lost = try roverText().replacing("command: \"wheels.left\"", with: "command: \"wheels.right\"")
    #expect(
      tableComplaints(about: lost)
        == "line 34: blocks[2]: no actuator takes wheels.left: put one among the `devices`, "
        + "with `chip` and `command: \"wheels.left\"`, or take the block out")
  }

  @Test(
    "what only refers to a part that could not be read gives no error of its own",
    arguments: [
      ("chip: \"ads1115\"", "chip: \"ads1116\""), ("chip: \"mcp23017\"", "chip: \"mcp23018\""),
      ("channels: { left: 0", "channels: { left: -1"), ("source: \"profile\"", "source: \"profiel\""),
      ("unit: \"m/s\"", "unit: \"m/z\""), ("block: \"differential_drive\"", "block: \"differential_driver\""),
      ("outputs: [", "outputs: [3, "), ("adapter: \"i2c-1\"", "adapter: \"\""),
      ("pwm: \"pwmchip0.0\"", "pwm: 3"),
    ])
  func noEcho(_ old: String, _ new: String) throws {
    let errors = try roverComplaints(replacing: old, by: new)
    #expect(errors.split(separator: "\n").count == 1, "\(errors)")
  }
}
