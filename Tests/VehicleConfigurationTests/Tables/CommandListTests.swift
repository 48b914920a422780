import Testing

@testable import VehicleConfiguration

@Suite("Sources of commands in a file")
struct CommandListTests {
  private func file(_ commands: String, safety: String = "{ when: \"setpoint.lost\", then: \"stop\" }")
    -> String
  {
    """
    { name: "cart", format: 2, loop: { rate_hz: 100 }, \(commands)
      devices: { lamp: { chip: "line", line: "GPIO5", command: "setpoint.on" } },
      safety: [\(safety)] }
    """
  }

  private func errors(_ text: String) -> [String] {
    do throws(ConfigurationErrors) {
      _ = try VehicleTables.load(text: text, directory: nil)
      return []
    } catch {
      return error.errors.map { "\($0.path): \($0.message)" }
    }
  }

  private static let socket =
    "{ source: \"socket\", name: \"program\", signals: { speed: { unit: \"m/s\", minimum: -1, maximum: 2, rate: 3 } }, flags: [\"on\"] }"

  @Test("a socket and a profile: signals of both, a row that chooses, freshness of each")
  func rows() throws {
    let tables = try VehicleTables.load(
      text: file("commands: [\(Self.socket), { source: \"profile\", steps: [{ at_s: 0 }] }],"), directory: nil
    )
    #expect(tables.commands.sources.map(\.name) == ["program", "profile"])
    let table = try tables.table()
    for name in [
      "program.speed", "program.on", "program.arm", "program.takes", "program.refused", "profile.speed",
      "setpoint.speed", "setpoint.on", "setpoint.arm", "setpoint.lost", "setpoint.source",
    ] {
      #expect(table[name] != nil, "\(name)")
    }
    #expect(table["setpoint.speed"]?.unit == table["program.speed"]?.unit)
    let names = tables.blocks.map(\.name)
    #expect(names.contains("program_freshness") && names.contains("profile_freshness"))
    let place = try #require(names.firstIndex(of: "setpoint"))
    #expect(place < (names.firstIndex(of: "safety") ?? 0))
  }

  @Test("a profile alone stays as it was: its signals are the setpoints, and no row chooses")
  func profileAlone() throws {
    let tables = try VehicleTables.load(
      text: file(
        "commands: [{ source: \"profile\", signals: { on: { } }, steps: [{ at_s: 0 }] }],"
      ).replacing("setpoint.on", with: "setpoint.arm").replacing("setpoint.lost", with: "setpoint.arm"),
      directory: nil)
    #expect(!tables.commands.isChosen)
    #expect(!tables.blocks.contains { $0.kindName == "command_sources" })
  }

  @Test("what is printed without defaults says the same again")
  func expansion() throws {
    let text = file("commands: [\(Self.socket), { source: \"profile\", steps: [{ at_s: 0 }] }],")
    let tables = try VehicleTables.load(text: text, directory: nil)
    let again = try VehicleTables.load(text: Expansion(tables, of: text).text, directory: nil)
    #expect(again.commands.signals == tables.commands.signals)
    #expect(again.commands.flags == tables.commands.flags)
    #expect(again.commands.sources.map(\.name) == tables.commands.sources.map(\.name))
    #expect(again.commands.profile == tables.commands.profile)
    #expect(again.blocks.map(\.name) == tables.blocks.map(\.name))
  }

  private static func radio(_ parts: String) -> String {
    "commands: [{ source: \"receiver\", name: \"radio\", port: \"/dev/serial0\", signals: { speed: { unit: \"m/s\", minimum: -1, maximum: 2 } }, "
      + "flags: [\"on\"], \(parts) }],"
  }

  @Test("a pilot's sticks and switches, and their print without defaults, which says the same again")
  func pilot() throws {
    let text = file(
      Self.radio(
        """
        protocol: "sbus", sbus_scaling: "ardupilot", baud: 200000,
        sticks: { speed: { channel: 2, to: 1.5, expo: 0.2, dead_band: 0.01, reversed: true, rest: true, ends: [900, 1490, 2100] } },
        switches: { arm: { channel: 5 }, on: { channel: 6, above: -0.3, below: 0.3 } },
        steps: [{ at_s: 0 }, { at_s: 1, arm: true, speed: 1 }]
        """))
    let tables = try VehicleTables.load(text: text, directory: nil)
    let source = tables.commands.sources[0]
    let pilot = try #require(source.pilot)
    #expect(pilot.sticks[0].settings.from == -1 && pilot.sticks[0].settings.to == 1.5)
    #expect(pilot.sticks[0].settings.ends == [7_200, 11_920, 16_800])
    let table = try tables.table()
    for name in ["radio.speed", "radio.on", "radio.low", "radio.link_quality", "radio.failsafe"] {
      #expect(table[name] != nil, "\(name)")
    }
    let again = try VehicleTables.load(text: Expansion(tables, of: text).text, directory: nil)
    #expect(again.commands.sources == tables.commands.sources)
    #expect(again.blocks.map(\.name) == tables.blocks.map(\.name))
  }

  @Test("a gamepad has axes and buttons")
  func gamepad() throws {
    let text = file(
      """
      commands: [{ source: "gamepad", port: "/dev/input/by-id/pad", signals: { speed: { minimum: -1, maximum: 1 } }, flags: ["on"],
        sticks: { speed: { axis: 1, reversed: true } }, switches: { arm: { button: 315, toggle: true }, on: { axis: 5, above: 0 } } }],
      """)
    let tables = try VehicleTables.load(text: text, directory: nil)
    #expect(tables.commands.sources[0].pilot?.switches[0].settings.isButton == true)
    let again = try VehicleTables.load(text: Expansion(tables, of: text).text, directory: nil)
    #expect(again.commands.sources == tables.commands.sources)
  }

  @Test(
    "what is wrong with a pilot is named with its key and what to do",
    arguments: [
      ("sticks: { sped: { channel: 1 } }", "commands[0].sticks.sped", "did you mean \"speed\"?"),
      ("sticks: { speed: { } }", "commands[0].sticks.speed.channel", "missing"),
      ("sticks: { speed: { axis: 1 } }", "commands[0].sticks.speed.axis", "a receiver has channels"),
      ("sticks: { speed: { channel: 19 } }", "commands[0].sticks.speed.channel", "1 to 18"),
      ("sticks: { speed: { channel: 1, to: 3 } }", "commands[0].sticks.speed.to", "allows"),
      ("sticks: { speed: { channel: 1, from: 2 } }", "commands[0].sticks.speed.to", "another number"),
      (
        "sticks: { speed: { channel: 1, ends: [2000, 1500, 1000] } }", "commands[0].sticks.speed.ends",
        "each more"
      ),
      ("switches: { lamp: { channel: 1 } }", "commands[0].switches.lamp", "arm, takes, on"),
      ("switches: { arm: { button: 3 } }", "commands[0].switches.arm.button", "only a gamepad"),
      (
        "switches: { arm: { channel: 5, above: 0.5, below: 0 } }", "commands[0].switches.arm.below",
        "more than"
      ),
      ("protocol: \"crfs\"", "commands[0].protocol", "crsf"),
      ("baud: 3", "commands[0].baud", "50"),
    ])
  func pilotErrors(_ parts: String, _ path: String, _ words: String) throws {
    let found = errors(file(Self.radio(parts)))
    #expect(found.contains { $0.hasPrefix("\(path): ") && $0.contains(words) }, "\(found)")
  }

  @Test(
    "what is wrong is named with its key and what to do",
    arguments: [
      ("commands: [{ source: \"radio\" }],", "commands[0].source", "expected"),
      ("commands: [{ source: \"receiver\" }],", "commands[0].port", "missing"),
      ("commands: [{ source: \"receiver\", port: \"serial0\" }],", "commands[0].port", "device file"),
      (
        "commands: [{ source: \"gamepad\", port: \"/dev/a\", baud: 9600 }],", "commands[0].baud",
        "only a receiver"
      ),
      (
        "commands: [{ source: \"socket\", port: \"/dev/a\" }],", "commands[0].port",
        "only a receiver or a gamepad"
      ),
      ("commands: [\(socket), \(socket)],", "commands[1].signals", "another source already"),
      (
        "commands: [\(socket), { source: \"socket\", name: \"program\" }],", "commands[1].name",
        "second source"
      ),
      (
        "commands: [\(socket), { source: \"socket\", name: \"safety\" }],", "commands[1].name",
        "name of your own"
      ),
      (
        "commands: [{ source: \"socket\", signals: { arm: {} }, flags: [\"on\"] }],",
        "commands[0].signals.arm",
        "meaning of its own"
      ),
      (
        "commands: [{ source: \"socket\", signals: { v: { minimum: 1, maximum: 1 } }, flags: [\"on\"] }],",
        "commands[0].signals.v.maximum", "more than the minimum"
      ),
      (
        "commands: [{ source: \"socket\", signals: { v: { minimum: 1, maximum: 3 } }, flags: [\"on\"] }],",
        "commands[0].signals.v.standard", "expected 1 to 3"
      ),
      (
        "commands: [{ source: \"socket\", flags: [\"on\", \"on\"] }],", "commands[0].flags", "is taken"
      ),
      (
        "commands: [{ source: \"socket\", flags: [\"on\"], steps: [{ at_s: 0 }] }],", "commands[0].steps",
        "only a profile"
      ),
    ])
  func mistakes(commands: String, key: String, words: String) {
    let errors = errors(file(commands))
    #expect(errors.contains { $0.hasPrefix(key) && $0.contains(words) }, "\(errors)")
  }

  @Test("a file that says nothing of lost sources is refused")
  func lost() {
    let errors = errors(file("commands: [\(Self.socket)],", safety: ""))
    #expect(errors.contains { $0.contains("setpoint.lost") && $0.contains("\"stop\"") }, "\(errors)")
  }
}
