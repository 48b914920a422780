import Signals
import Testing

@testable import Control

@Suite("Settings that belong together")
struct SettingRulesTests {
  private static let device = SignalOrigin.device("probe", bus: 0)

  /// What is wrong with a vehicle of some blocks.
  private func complaints(_ outside: [Signal], _ blocks: [BlockDeclaration]) -> String {
    do throws(ProgramErrors) {
      _ = try ProgramBuilder(outside: outside, blocks: blocks).table()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("of different lengths are refused, where the rest was a default before")
  func lengths() {
    let input = Signal("probe.x", .number, from: Self.device)
    var settings: [String: SettingValue] = [
      "scale": .numbers([1]), "offset": .numbers([0]), "outputs": .names(["left", "right"]),
      "output_scale": .numbers([2, 2]), "output_offset": .numbers([0, 0]),
    ]
    let inputs = ["inputs": ["probe.x"]]
    #expect(complaints([input], [BlockDeclaration("network", "n", settings: settings, inputs: inputs)]) == "")
    settings["output_scale"] = .numbers([2])
    #expect(
      complaints([input], [BlockDeclaration("network", "n", settings: settings, inputs: inputs)])
        == "block n: output_scale has 1 values, expected 2, as outputs says")
    let choice: [String: SettingValue] = [
      "commands": .names(["drive", "turn"]), "lowest": .numbers([-1, -1]), "highest": .numbers([1]),
    ]
    #expect(
      complaints([], [BlockDeclaration("command_choice", "c", settings: choice)])
        .contains("highest has 1 values, expected 2, as commands says"))
    let voter: [String: SettingValue] = [
      "channels": .names(["x"]), "instances": .number(2), "stale_after": .numbers([1]),
      "period": .numbers([0.1, 0.1]), "full_scale": .numbers([1]), "difference": .numbers([1, 2]),
    ]
    let found = complaints([], [BlockDeclaration("voter", "v", settings: voter)])
    #expect(found.contains("stale_after has 1 values, expected 2, as instances says"))
    #expect(found.contains("full_scale has 1 values, expected 2, as instances times channels say, or none"))
    #expect(found.contains("difference has 2 values, expected 1, as channels says, or none"))
    let mixer: [String: SettingValue] = ["matrix": .numbers([1, 2, 3]), "outputs": .number(2)]
    #expect(
      complaints([], [BlockDeclaration("mixer", "m", settings: mixer)])
        .contains("matrix has 3 values, expected a multiple of 2, as outputs says"))
  }

  @Test("name modes that there are")
  func modes() {
    let signals = [
      Signal("safety.mode", .choice(["disarmed", "active", "hold"]), from: Self.device),
      Signal("safety.armed", .flag, from: Self.device), Signal("safety.arms", .flag, from: Self.device),
      Signal("setpoint.speed", .number, unit: .metrePerSecond, from: Self.device),
      Signal("setpoint.yaw_rate", .number, unit: .radianPerSecond, from: Self.device),
    ]
    func drive(_ modes: [String]?) -> BlockDeclaration {
      var settings: [String: SettingValue] = ["speed": .number(1), "turn_rate": .number(1)]
      if let modes { settings["stop_in"] = .names(modes) }
      return BlockDeclaration("drive_setpoint", "wanted", settings: settings)
    }
    // What is not said names modes that a vehicle need not have.
    #expect(!complaints(signals, [drive(nil)]).contains("stop_in"))
    #expect(!complaints(signals, [drive(["hold"])]).contains("stop_in"))
    #expect(
      complaints(signals, [drive(["hodl"])])
        .contains("block wanted: stop_in: safety.mode is never \"hodl\"; did you mean \"hold\"?"))
  }

  @Test("compare a choice with values that it has")
  func choices() {
    let signals = [
      Signal("probe.state", .choice(["good", "weak"]), from: Self.device),
      Signal("setpoint.arm", .flag, from: Self.device), Signal("clock.starting", .flag, from: Self.device),
    ]
    func safety(_ value: String) -> BlockDeclaration {
      let rules = SafetyRules(
        conditions: [
          SafetyCondition(
            "magnet", text: "", any: [.isOneOf("probe.state", [value])], reaction: "warn", endsWhenGone: true)
        ], reactions: [SafetyReaction("warn")])
      return BlockDeclaration("safety", "safety", settings: ["rules": .safety(rules)])
    }
    #expect(complaints(signals, [safety("weak")]) == "")
    #expect(
      complaints(signals, [safety("waek")])
        == "block safety: rules: condition magnet: probe.state is never \"waek\"; did you mean \"weak\"?")
  }
}
