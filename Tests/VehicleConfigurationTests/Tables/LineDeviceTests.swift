import Control
import Devices
import Sampling
import Signals
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

@Suite("A line among the devices")
struct LineDeviceTests {
  private static func text(_ devices: String, lines: String = "") -> String {
    "{ name: \"x\", format: 2, loop: { rate_hz: 100 }, lines: {\(lines)},\n devices: {\(devices)} }"
  }

  @Test("is read with all of its keys, or with two")
  func reads() throws {
    let tables = try VehicleTables.load(
      text: Self.text(
        """
        bumper: { chip: "line", line: "GPIO22", bias: "pull_up", active: "low", debounce_ms: 5 },
        wheel: { chip: "line", line: { chip: "gpio-mockup", line: "17" }, counts: "both", stale_after_ms: 750 },
        start: { chip: "line", line: "GPIO4" }
        """), directory: nil)
    #expect(
      tables.devices.map(\.line) == [
        LineInput(line: "GPIO22", active: .low, bias: .pullUp, use: LineUse(debounce: 5_000_000)),
        LineInput(chip: "gpio-mockup", line: "17", use: LineUse(counts: .both)),
        LineInput(line: "GPIO4"),
      ])
    #expect(tables.devices.map(\.staleAfter) == [500_000_000, 750_000_000, 500_000_000])
    let table = try tables.table()
    let names = ["time", "count", "fault", "present", "pressed", "edges", "rate", "lost", "edge_time"]
    #expect(
      names.map { table["bumper.\($0)"]?.kind } == [
        .time, .count, .deviceFault, .flag, .flag, .count, .number, .count, .time,
      ])
    #expect(table["wheel.rate"]?.unit == .hertz)
    #expect(table["bumper_freshness.good"]?.kind == .flag)
    // What is read when something happens to it sets no pace.
    #expect(tables.pacemaker == nil)
    #expect(try tables.busLoads(tables.actuatorPlan()).isEmpty)
  }

  @Test("is the fixture's, too, and safety may go by it")
  func rover() throws {
    let tables = try VehicleTables.load(text: roverText(), directory: nil)
    #expect(tables.rules.conditions.last?.any == [.isSet("nose.pressed")])
    #expect(tables.pacemaker == "line")
  }

  @Test("may be added to a vehicle with a template")
  func added() throws {
    let text = try quadrotorText().replacing(
      "{\n  name:", with: "{\n  format: 2, devices: { nose: { chip: \"line\", line: \"GPIO22\" } },\n  name:")
    let tables = try VehicleTables.load(text: text, directory: nil)
    #expect(tables.groups.last?.name == "nose" && tables.blocks.contains { $0.name == "nose_freshness" })
    let expanded = try VehicleTables.expanded(tables, of: text)
    #expect(expanded.contains("nose: { chip: \"line\", line: \"GPIO22\" }"))
    let again = try VehicleTables.load(text: expanded, directory: nil)
    #expect(again.devices.last?.line == tables.devices.last?.line)
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var devices: String
    var lines = ""
    var expected: String
    var testDescription: String { expected }
  }

  static let cases = [
    Wrong(
      devices: "a: { chip: \"line\", line: \"GPIO22\" }, b: { chip: \"line\", line: \"GPIO22\" }",
      expected: "devices.b.line: the line GPIO22 is taken by devices.a: give the device another"),
    Wrong(
      devices:
        "a: { chip: \"line\", line: { chip: \"x\", line: \"4\" } }, b: { chip: \"line\", line: { chip: \"x\", line: \"4\" } }",
      expected: "devices.b.line: the line x 4 is taken by devices.a"),
    Wrong(
      devices: "a: { chip: \"line\", line: \"GPIO27\" }", lines: "kill_switch: { line: \"GPIO27\" }",
      expected:
        "devices.a.line: the line GPIO27 is taken by lines.kill_switch: give the device another, or read `lines.kill_switch` in its place"
    ),
    Wrong(
      devices: "a: { chip: \"line\", line: \"GPIO17\" }", lines: "enable: { chip: \"c\", line: \"GPIO17\" }",
      expected: "devices.a.line: the line GPIO17 is taken by lines.enable"),
    Wrong(
      devices:
        "a: { chip: \"line\", line: \"GPIO5\" }, lamp: { chip: \"line\", line: \"GPIO5\", command: \"setpoint.arm\" }",
      expected: "devices.lamp: the line GPIO5 is taken by devices.a: give it another"),
    Wrong(devices: "a: { chip: \"line\" }", expected: "devices.a.line: missing; expected a line's name"),
    Wrong(
      devices: "a: { chip: \"line\", line: \"22\" }",
      expected: "devices.a.line: found \"22\", expected a line's name"),
    Wrong(
      devices: "a: { chip: \"line\", line: { line: \"22\" } }",
      expected: "devices.a.line.line: found \"22\", a number; expected a line's name, or its chip beside it"),
    Wrong(
      devices: "a: { chip: \"line\", line: \"x\", active: \"lo\" }",
      expected: "devices.a.active: found \"lo\", expected one of \"high\", \"low\"; nearest: \"low\""),
    Wrong(
      devices: "a: { chip: \"line\", line: \"x\", counts: \"risen\" }",
      expected: "devices.a.counts: found \"risen\", expected one of \"rising\", \"falling\", \"both\""),
    Wrong(
      devices: "a: { chip: \"line\", line: \"x\", debounce_ms: -1 }",
      expected: "devices.a.debounce_ms: found -1, expected number, 0 to 1000 (ms)"),
    Wrong(
      devices: "a: { chip: \"line\", line: \"x\", stale_after_ms: 50 }",
      expected: "devices.a.stale_after_ms: found 50, expected whole number, 200 to 60000 (ms)"),
    Wrong(
      devices: "a: { chip: \"line\", line: \"x\", safe: true }", expected: "devices.a: unknown key \"safe\""),
  ]

  @Test("is refused with key and remedy", arguments: cases)
  func refused(_ wrong: Wrong) {
    let complaints = tableComplaints(about: Self.text(wrong.devices, lines: wrong.lines))
    #expect(complaints.contains(wrong.expected), "\(complaints)")
  }

  @Test("of one name on two chips is two lines")
  func twoChips() {
    let text = Self.text(
      "a: { chip: \"line\", line: { chip: \"x\", line: \"4\" } }, b: { chip: \"line\", line: { chip: \"y\", line: \"4\" } }"
    )
    #expect(tableComplaints(about: text) == "")
  }
}
