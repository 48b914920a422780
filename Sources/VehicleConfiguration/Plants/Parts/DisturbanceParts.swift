import Control
import Signals

extension PartKind {
  private static let amplitude = SettingDescription(
    "amplitude", .number(0...1e9, unit: .none), about: "largest deviation; times `simulation.disturbance`")
  private static let mean = SettingDescription(
    "mean", .number(-1e9...1e9, unit: .none), standard: .number(0), about: "what it deviates from")
  private static let after = SettingDescription(
    "after_s", .number(0...1e5, unit: .second), standard: .number(0),
    about: "time at which it begins, and grows over a second")
  private static let value: @Sendable (BlockSettings) -> [PartOutput] = { _ in
    [PartOutput("value", .none, about: "what disturbs")]
  }
  private static func interval(_ name: String, _ about: String) -> SettingDescription {
    SettingDescription(
      name, .numbers(1e-3...1e5, count: 2...2, unit: .second), about: "\(about): [least, greatest]")
  }

  /// Slow waves, as of a ship or of an arm that carries something.
  static let waves = PartKind(
    "waves",
    about: "A disturbance of three waves of random phases, which never add up to more than `amplitude`.",
    inputs: [], settings: [amplitude, mean, interval("period_s", "periods of the waves"), after],
    outputs: value)

  /// Steps between random values.
  static let steps = PartKind(
    "steps", about: "A disturbance that goes from one random value to the next, each held for a random time.",
    inputs: [],
    settings: [
      amplitude, mean, interval("hold_s", "how long each is held"),
      SettingDescription(
        "time_s", .number(0...1e4, unit: .second), standard: .number(0),
        about: "time constant with which it goes there"),
      after,
    ], outputs: value)

  /// Noise of first order.
  static let gusts = PartKind(
    "gusts",
    about:
      "A disturbance of noise that is coloured by a lag of first order, as gusts of wind are; `amplitude` is twice its standard deviation.",
    inputs: [],
    settings: [
      amplitude, mean,
      SettingDescription(
        "time_s", .number(1e-3...1e4, unit: .second), standard: .number(1), about: "its memory"),
      after,
    ], outputs: value)
}
