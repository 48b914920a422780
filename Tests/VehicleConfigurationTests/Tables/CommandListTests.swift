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

  @Test(
    "what is wrong is named with its key and what to do",
    arguments: [
      ("commands: [{ source: \"radio\" }],", "commands[0].source", "expected"),
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
