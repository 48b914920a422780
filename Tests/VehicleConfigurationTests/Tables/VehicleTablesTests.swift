import Control
import Signals
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

@Suite("A file without a template")
struct VehicleTablesTests {
  @Test("becomes devices, commands, blocks in their order and rules of safety")
  func reads() throws {
    let tables = try VehicleTables.load(text: try roverText(), directory: nil)
    #expect(tables.groups.map(\.name) == ["line", "bumper", "power", "nose"])
    #expect(
      tables.groups[0].devices[0].channels.map(\.name)
        == [
          "left", "middle", "right", "far", "left_clipped", "middle_clipped", "right_clipped", "far_clipped",
        ])
    #expect(
      tables.blocks.map(\.name) == [
        "clock", "line_freshness", "bumper_freshness", "power_freshness", "nose_freshness",
        "smooth", "steer", "wheels", "safety", "left", "right",
      ])
    #expect(tables.actuators.map(\.name) == ["left", "right"])
    #expect(tables.actuators[0].outputs.map(\.port) == ["pulse", "drive"])
    #expect(tables.actuators[0].conversion.settings["maximum"] == .number(1000))
    #expect(
      tables.networks == [
        NetworkFile(
          block: "steer", file: "models/rover.safetensors", path: "blocks[1].model", inputs: 5, outputs: 2)
      ])
    #expect(tables.commands.profile.commands.map(\.name) == ["speed"])
    #expect(tables.commands.profile.steps.map(\.arm) == [false, true])
    let table = try tables.table()
    #expect(table["line.middle"]?.unit == .volt)
    #expect(table["bumper.front"]?.kind == .flag)
    #expect(table["setpoint.speed"]?.unit == .metrePerSecond)
    #expect(table["steer.input"]?.width == 5)
    #expect(table["smooth.value"]?.unit == .volt)
  }

  @Test("has rules that read what comes later from the tick before, and counts as counts")
  func rules() throws {
    let rules = try VehicleTables.load(text: try roverText(), directory: nil).rules
    #expect(
      rules.conditions.map(\.name) == [
        "bumper_front", "line_freshness_missing", "low_battery", "power_fault", "clock_misses",
        "steer_failed", "nose_pressed",
      ])
    #expect(rules.conditions[2].any == [.below("power.voltage", 6.4)])
    #expect(rules.conditions[2].delay == 1_000_000_000)
    #expect(rules.conditions[3].any == [.isOneOf("power.fault", ["missing", "transfer"])])
    #expect(rules.conditions[4].any == [.moreThan("clock.misses", 5)])
    // Safety stands at the end: nothing is written behind it.
    #expect(rules.conditions[5].any == [.isSet("steer.failed")])
    #expect(rules.arming.map(\.name) == ["line_freshness_missing", "power_voltage"])
    #expect(rules.reactions.map(\.name) == ["warn", "stop", "disarm"])
    let listed = try roverText().replacing(
      "    { block: \"low_pass\"", with: "    { block: \"safety\" },\n    { block: \"low_pass\"")
    let earlier = try VehicleTables.load(text: listed, directory: nil)
    #expect(earlier.blocks[5].name == "safety")
    #expect(earlier.rules.conditions[5].any == [.isSet("previous.steer.failed")])
  }

  @Test("with a kill switch has its condition and its reason not to arm, unless it has its own")
  func killSwitch() throws {
    let text = try roverText().replacing(
      "  commands:", with: "  lines: { kill_switch: { line: \"GPIO27\" } },\n  commands:")
    let rules = try VehicleTables.load(text: text, directory: nil).rules
    #expect(rules.conditions[0].name == "kill_switch" && rules.conditions[0].takesRequestBack)
    #expect(rules.arming[0].name == "kill_switch")
    let own = text.replacing(
      "  safety: [",
      with: "  safety: [{ name: \"kill_switch\", when: \"lines.kill_switch\", then: \"stop\" },")
    let other = try VehicleTables.load(text: own, directory: nil).rules
    #expect(other.conditions.filter { $0.name == "kill_switch" }.map(\.reaction) == ["stop"])
  }

  @Test("takes 512 inputs of a network, several networks, and chips of one kind under any name")
  func many() throws {
    let inputs = Array(repeating: "\"line.left\"", count: 512).joined(separator: ", ")
    let second = """
      { block: "network", name: "look", model: "look.safetensors", inputs: [\(inputs)], outputs: ["x"], every: 4 },
          { block: "differential_drive"
      """
    let text = try roverText().replacing("{ block: \"differential_drive\"", with: second)
    let tables = try VehicleTables.load(text: text, directory: nil)
    #expect(tables.networks.map(\.inputs) == [5, 512])
    #expect(try tables.table()["look.input"]?.width == 512)
    let devices = (0..<8).map {
      "far_\($0): { chip: \"vl53l1x\", bus: \"sensors\", multiplexer: 0x70, channel: \($0), address: 0x29, rate_hz: 10 },"
    }
    let ranged = try roverText().replacing(
      "  devices: {", with: "  devices: {" + devices.joined(separator: "\n"))
    #expect(try VehicleTables.load(text: ranged, directory: nil).table()["far_7.distance"]?.unit == .metre)
  }

  @Test("gives a device with spares a voter under its name")
  func spares() throws {
    let text = try roverText().replacing(
      "  devices: {",
      with: """
          devices: {
            front: {
              chip: "vl53l1x", bus: "sensors", multiplexer: 0x70, channel: 0, address: 0x29, rate_hz: 10,
              spares: [{ chip: "vl53l0x", bus: "sensors", multiplexer: 0x70, channel: 1, address: 0x29, rate_hz: 10 }],
            },
        """)
    let tables = try VehicleTables.load(text: text, directory: nil)
    #expect(tables.groups[0].devices.map(\.name) == ["front_0", "front_1"])
    #expect(tables.blocks.prefix(3).map(\.name) == ["clock", "front", "front_freshness"])
    #expect(try tables.table()["front.distance"]?.unit == .metre)
  }
}
