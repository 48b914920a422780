import Signals
import Testing

@testable import Control

/// What is wrong only between two settings of a block, or between two signals that it reads.
@Suite struct SettingBoundTests {
  private func mistakes(_ kind: String, _ settings: [String: SettingValue], _ inputs: [String: [String]])
    -> String
  {
    let outside = [
      Signal("speed", .number, unit: .metrePerSecond, from: .device("board", bus: 0)),
      Signal("way", .number, unit: .metre, from: .device("board", bus: 0)),
    ]
    do {
      _ = try ProgramBuilder(
        outside: outside, blocks: [BlockDeclaration(kind, "block", settings: settings, inputs: inputs)]
      ).table()
      return ""
    } catch {
      return error.errors.map(\.description).joined(separator: "\n")
    }
  }

  @Test(arguments: [
    (
      "clamp", ["least": SettingValue.number(2), "most": .number(1)],
      "least is 2.0, expected at most most, 1.0"
    ),
    (
      "switch", ["on_above": .number(0.2), "off_below": .number(0.5)],
      "off_below is 0.5, expected at most on_above, 0.2"
    ),
    (
      "notch", ["frequency_hz": .number(30), "width_hz": .number(5), "rate_hz": .number(50)],
      "frequency_hz is 30.0, expected less than 0.5 times rate_hz, 25.0"
    ),
  ])
  func ofTwoSettingsAreSaid(kind: String, settings: [String: SettingValue], expected: String) {
    #expect(mistakes(kind, settings, ["of": ["speed"]]).contains(expected))
  }

  @Test func boundsThatAreKeptAreNot() {
    #expect(mistakes("clamp", ["least": .number(1), "most": .number(1)], ["of": ["speed"]]) == "")
    let settings: [String: SettingValue] = [
      "frequency_hz": .number(24.9), "width_hz": .number(5), "rate_hz": .number(50),
    ]
    #expect(mistakes("notch", settings, ["of": ["speed"]]) == "")
  }

  @Test func aDifferenceIsOfOneUnit() {
    #expect(mistakes("difference", [:], ["from": ["speed"], "less": ["way"]]).contains("less"))
    #expect(mistakes("difference", [:], ["from": ["speed"], "less": ["speed"]]) == "")
  }
}
