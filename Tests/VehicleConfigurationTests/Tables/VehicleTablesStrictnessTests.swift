import Signals
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// Each case changes one place of a good file without a template, and must be told so, with key, line and remedy.
@Suite("A file without a template says what is wrong with it")
struct VehicleTablesStrictnessTests {
  typealias Case = ConfigurationStrictnessTests.Case

  static let cases = [
    Case("devices: {", "devises: {", #"unknown key "devises"; did you mean "devices"?"#),
    Case(
      "chip: \"ads1115\"", "chip: \"ads1015\"",
      "line 8: devices.line.chip: found \"ads1015\", for which there is no driver"),
    Case("chip: \"ads1115\", ", "", "devices.line.chip: missing; expected one of"),
    Case(
      "left: 0", "left: 4", "line 9: devices.line.channels.left: found 4, expected the input's number, 0 to 3"
    ),
    Case("left: 0", "left: 1", "devices.line.channels.middle: found 1, which is left already"),
    Case("    line: {", "    Line: {", #"devices: "Line" is no name: use small letters"#),
    Case("    line: {", "    setpoint: {", "devices.setpoint: \"setpoint\" is Ganglion's own"),
    Case(
      "rate_hz: 100, stale", "rate_hz: 170, stale",
      "devices.line.rate_hz: found 170, expected whole number, 1 to 150"),
    Case(
      "\"front\", \"back\"], active", "\"frond\"], active",
      #"devices.bumper.pull_ups: "frond" is none of `channels`; did you mean "front"?"#),
    Case(
      "address: 0x20", "address: 0x48",
      "devices.bumper.address: found 0x48, expected I2C address, 0x20 to 0x27"),
    Case(
      "bus: \"sensors\", address: 0x41", "bus: \"senors\", address: 0x41",
      #"devices.power.bus: there is no bus "senors""#),
    Case(
      "block: \"low_pass\"", "block: \"low_pas\"",
      #"line 28: blocks[0]: there is no kind of block "low_pas"; did you mean "low_pass"?"#),
    Case("cutoff_hz: 20", "cutof_hz: 20", #"blocks[0]: unknown key "cutof_hz"; did you mean "cutoff_hz"?"#),
    Case(
      "cutoff_hz: 20", "cutoff_hz: \"20\"",
      "line 28: blocks[0].cutoff_hz: found \"20\", expected a number from"),
    Case(
      "cutoff_hz: 20", "cutoff_hz: -20",
      "line 28: blocks[0].cutoff_hz: cutoff_hz is -20, expected a number from"),
    Case(
      "of: \"line.middle\"", "of: \"line.midle\"",
      #"line 28: blocks[0].of: no signal is called "line.midle"; did you mean "line.middle"?"#),
    Case(
      "of: \"line.middle\"", "of: 3",
      "blocks[0].of: found 3, expected the name of a signal, or a list of names"),
    Case(
      "of: \"line.middle\"", "of: \"steer.turn\"",
      "blocks[0].of: steer.turn is written by block steer, and the blocks read each other in a circle"),
    Case("name: \"wheels\"", "name: \"smooth\"", "another block has this name, too"),
    Case(
      "name: \"wheels\"", "name: \"line\", every: 0",
      "blocks[2].every: found 0, expected whole number, 1 to 1000000"),
    Case(
      "unit: \"V\"", "unit: \"A\"",
      #"line 31: blocks[1].inputs[1].unit: found "A", but smooth.value is in "V""#),
    Case(
      "unit: \"V\"", "unit: \"Volt\"", "blocks[1].inputs[1].unit: found \"Volt\", expected a unit such as"),
    Case("model: \"models/rover.safetensors\",", "", "blocks[1].model: missing; expected the network's file"),
    Case(
      "turn: \"steer.turn\"", "turn: \"line.left\"", "blocks[2].turn: line.left is in V, expected no unit"),
    Case(
      "{ at_s: 2, arm", "{ at_s: 0, arm",
      "commands[0].steps[1].at_s: found 0, expected more than the step before"),
    Case("speed: 0.4", "sped: 0.4", #"commands[0].steps[1]: unknown key "sped"; did you mean "speed"?"#),
    Case("unit: \"m/s\"", "unit: \"m/z\"", "commands[0].signals.speed.unit: found \"m/z\", expected a unit"),
    Case(
      "source: \"profile\"", "source: \"profil\"",
      #"commands[0].source: found "profil", expected one of "profile", "socket""#),
    Case(
      "\"bumper.front\"", "\"bumper.frond\"",
      #"line 37: safety[0].when: no signal is called "bumper.frond"; did you mean "bumper.front"?"#),
    Case(
      "then: \"stop\" },", "then: \"stopp\" },",
      #"line 37: safety[0].then: no reaction is called "stopp"; did you mean "stop"?"#),
    Case("below: 6.4, ", "", "safety[2].when: power.voltage is a number: say `above` or `below` what"),
    Case(
      "below: 6.4, ", "is: true, ",
      "safety[2].when: power.voltage is a number, expected `above` or `below` and a number"),
    Case(
      "\"transfer\"]", "\"transver\"]",
      #"safety[3].is: power.fault is never "transver"; did you mean "transfer"?"#),
    Case(
      "above: 5", "above: 5.5",
      "safety[4].above: found 5.5, expected a whole number from 0: clock.misses is a count"),
    Case(
      "name: \"low_battery\"", "name: \"bumper_front\"",
      #"safety[2].name: another is called "bumper_front" already"#),
    Case(
      "arming: [{ when: \"power.voltage\", below", "arming: [{ when: \"power.time\", below",
      "arming[0].when: power.time is a time"),
    Case("\"GPIO23\"", "\"GPIO5\"", "line 18: devices.right: the line GPIO5 is taken by devices.left"),
    Case(
      "\"pwmchip0.1\"", "\"pwmchip0.0\"",
      "devices.right.channel: output 0 of pwmchip0 is taken by devices.left"),
    Case(
      "\"pwmchip0.1\"", "\"pwmchip0\"",
      "devices.right.pwm: found \"pwmchip0\", expected chip, dot and channel"),
    Case("backward: \"GPIO24\", ", "", "devices.right.backward: missing; expected a line's name"),
    Case(
      "command: \"wheels.right\"", "command: \"wheels.righd\"",
      #"line 18: devices.right.command: no signal is called "wheels.righd"; did you mean "wheels.right"?"#),
    Case(
      "command: \"wheels.right\", ", "",
      "devices.right.command: missing; expected the signal that the tb6612 is given"),
    Case(
      "backward: \"GPIO24\"", "backwards: \"GPIO24\"",
      #"devices.right: unknown key "backwards"; did you mean "backward"?"#),
    Case(
      "    left: {",
      "    lamp: { chip: \"drv8830\", bus: \"senors\", command: \"wheels.left\", as: \"rely\" },\n    left: {",
      #"devices.lamp.as: found "rely", expected one of"#),
    Case(
      "    { block: \"differential_drive\"",
      "    { block: \"relay\", name: \"horn\", command: \"bumper.front\" },\n    { block: \"differential_drive\"",
      "line 34: blocks[2]: nothing carries what \"horn\" sends: put it among the `devices`"),
    Case(
      "  arming: [", "  simulation: { plant: \"quadrotor\" },\n  arming: [",
      "simulation.plant: a quadrotor is moved by the actuators front_right"),
    Case(
      "  arming: [", "  simulation: { plant: \"boat\" },\n  arming: [",
      "simulation.plant: found \"boat\", expected"),
    Case(
      "  arming: [", "  simulation: { plant: \"balancing_robot\" },\n  arming: [",
      "simulation.wheel_radius_m: missing"),
    Case(
      "  arming: [",
      "  reactions: [{ name: \"warn\" }, { name: \"stop\", mode: \"crawl\" }, { name: \"disarm\" }],\n  arming: [",
      "line 45: reactions[1]: block safety: rules: reaction stop: no mode is called \"crawl\""),
    Case(
      "then: \"warn\" },",
      "then: \"warn\" },\n    { when: \"previous.line.left\", above: 2, then: \"warn\" },",
      "line 41: safety[4]: "),
    Case(
      "  arming: [", "  evaluation: {},\n  arming: [", "evaluation: a vehicle that stands is not judged"),
    Case(
      "  arming: [", "  orders_stale_after_ms: 9,\n  arming: [", "orders_stale_after_ms: found 9, expected"),
    Case(
      "backward: \"GPIO6\", pwm: \"pwmchip0.0\"",
      "backward: \"GPIO6\", pulses: \"mcp23017\", bus: \"sensors\"",
      "devices.left.pulses: found \"mcp23017\", expected a chip that makes pulses: pca9685"),
    Case(
      "backward: \"GPIO6\", pwm: \"pwmchip0.0\"",
      "backward: \"GPIO6\", pulses: \"pca9685\", bus: \"sensors\", multiplexer: 0x70",
      "devices.left.multiplexer_channel: missing; `multiplexer` and `multiplexer_channel` stand together"),
    Case(
      "rate_hz: 400000 } },\n  devices: {",
      """
      rate_hz: 100000 } }, devices: {
          lamp: { chip: "pca9685", bus: "sensors", channel: 0, as: "duty", command: "wheels.left" },
          heater: { chip: "pca9685", bus: "sensors", channel: 15, as: "duty", command: "wheels.left" },
      """,
      "buses.sensors.rate_hz: the bus \"sensors\" would be busy"),
    Case("format: 2", "format: 3", "line 3: format: found 3, expected whole number, 1 to 2"),
  ]

  @Test(arguments: cases) func says(_ change: Case) throws {
    let complaints = try roverComplaints(replacing: change.old, by: change.new)
    #expect(complaints.contains(change.expected), "\(complaints)")
  }

  @Test("and guesses at names that are nearly right, but not at thousands of them")
  func fewHints() throws {
    let conditions = (0..<128).map { "{ when: \"bumper.frond\", then: \"stop\", name: \"c_\($0)\" }," }
    let text = try roverText().replacing("safety: [", with: "safety: [" + conditions.prefix(100).joined())
    let lines = tableComplaints(about: text).split(separator: "\n")
    #expect(lines.count >= 100)
    #expect((1...40).contains(lines.count { $0.contains("did you mean") }))
  }

  @Test("an actuator's chip may sit behind a multiplexer, and make a bridge's pulses")
  func multiplexed() throws {
    let text = try roverText().replacing(
      "pwm: \"pwmchip0.1\"",
      with:
        "pulses: \"pca9685\", bus: \"sensors\", multiplexer: 0x70, multiplexer_channel: 3, channel: 2, rate_hz: 1000"
    )
    let tables = try VehicleTables.load(text: text, directory: nil)
    let chip = try #require(try tables.actuatorPlan().chips.first)
    #expect(chip.place.behind?.multiplexer == 0x70 && chip.place.behind?.number == 3)
    // As long as the chip's coarse prescaler makes a period.
    guard case .number(let period)? = tables.actuators[1].conversion.settings["maximum"] else {
      Issue.record("no longest pulse")
      return
    }
    #expect(period > 950 && period < 1050 && period != 1000)
    let again = try VehicleTables.load(text: VehicleTables.expanded(tables, of: text), directory: nil)
    #expect(try again.actuatorPlan().sent == tables.actuatorPlan().sent)
  }

  @Test("all at once, in the order of the file")
  func allAtOnce() throws {
    let text = try roverText().replacing("left: 0", with: "left: 9").replacing(
      "cutoff_hz: 20", with: "cutof_hz: 20"
    )
    .replacing("rate_hz: 200", with: "rate_hz: 0")
    let lines = tableComplaints(about: text).split(separator: "\n")
    #expect(lines.count >= 3)
    #expect(lines.first?.hasPrefix("line 4: loop.rate_hz") == true)
    #expect(lines.last?.hasPrefix("line 28: blocks[0]") == true)
  }

  @Test("and does not say of every reader that a block is wrong")
  func noEcho() throws {
    let complaints = try roverComplaints(replacing: "block: \"low_pass\"", by: "block: \"low_pas\"")
    #expect(complaints.split(separator: "\n").count == 1, "\(complaints)")
  }

  @Test("before it reads 10,000 devices, 513 inputs or 600 blocks")
  func tooMany() throws {
    let devices = (0..<10_000).map { "d\($0): { chip: \"as5600\" }" }.joined(separator: ", ")
    #expect(
      try roverComplaints(replacing: "    line: {", by: devices + ",\n    line: {")
        .contains("devices: found 10006 entries, expected at most 128"))
    let inputs = Array(repeating: "\"line.left\"", count: 513).joined(separator: ", ")
    #expect(
      try roverComplaints(replacing: "inputs: [\"line.left\",", by: "inputs: [\(inputs),")
        .contains("blocks[1].inputs: found a list of 517, expected a list of 1 to 512"))
    let blocks = Array(repeating: "{ block: \"constant\" },", count: 600).joined(separator: "\n")
    #expect(
      try roverComplaints(replacing: "blocks: [", by: "blocks: [\(blocks)").contains(
        "blocks: found a list of 603"))
  }
}
