import Control
import Signals

extension PartKind {
  /// What follows with a lag of first order: a motor, a pump, a heater.
  static let firstOrder = PartKind(
    "first_order",
    about:
      "What follows what drives it with a lag of first order, such as a motor or a pump: `gain` · (`of` − `zero`), within bounds.",
    inputs: [PartInput("of", about: "What drives it.")],
    settings: [
      SettingDescription("gain", .number(-1e9...1e9, unit: .none), standard: .number(1), about: "factor"),
      SettingDescription(
        "zero", .number(-1e9...1e9, unit: .none), standard: .number(0), about: "what is taken off first"),
      SettingDescription(
        "dead_band", .number(0...1e9, unit: .none), standard: .number(0),
        about: "what must be overcome before anything moves, in the unit of `of`; it is lost beyond it, too"),
      SettingDescription(
        "time_s", .number(1e-4...1e5, unit: .second), standard: .number(0.1), about: "time constant"),
      SettingDescription(
        "least", .number(-1e9...1e9, unit: .none), standard: .number(-1e9), about: "lower bound of the result"
      ),
      SettingDescription(
        "most", .number(-1e9...1e9, unit: .none), standard: .number(1e9), about: "upper bound of the result"),
    ],
    outputs: { _ in [PartOutput("value", .none, about: "what follows")] })

  /// A servo that turns to where its pulses say.
  static let servo = PartKind(
    "servo", about: "A servo that turns to where its pulses say; without pulses it stays where it is.",
    inputs: [PartInput("of", about: "Its pulses in µs.")],
    settings: [
      SettingDescription(
        "middle_us", .number(0...20_000, unit: .microsecond), standard: .number(1500), about: "pulse at 0 rad"
      ),
      SettingDescription(
        "rad_per_ms", .number(-100...100, unit: .none), standard: .number(1.5708),
        about: "angle for each ms of pulse"),
      SettingDescription(
        "most_rad", .number(0.01...7, unit: .radian), standard: .number(0.7854), about: "where its ends are"),
      SettingDescription(
        "speed_rad_s", .number(0.01...1000, unit: .radianPerSecond), standard: .number(8),
        about: "largest speed"),
      SettingDescription(
        "time_s", .number(1e-4...100, unit: .second), standard: .number(0.03),
        about: "time constant near where it is to be"),
      SettingDescription(
        "backlash_rad", .number(0...1, unit: .radian), standard: .number(0),
        about: "play between its gears and what it moves"),
    ],
    outputs: { _ in [PartOutput("angle", .radian, about: "of what it moves")] })

  /// Linear equations of state with matrices.
  static let stateSpace = PartKind(
    "state_space",
    about:
      "Linear equations of state: dx/dt = A x + B u, y = C x + D u; u is what `of` reads, y its `outputs`. Matrices are lists, row by row.",
    inputs: [PartInput("of", count: 1...16, about: "What drives it.")],
    settings: [
      SettingDescription(
        "outputs", .names(count: 1...16), about: "names of what it gives, which other parts read"),
      SettingDescription(
        "start", .numbers(-1e9...1e9, count: 1...16, unit: .none),
        about: "state at the start; its length is that of x"
      ),
      SettingDescription("a", .numbers(-1e9...1e9, count: 1...256, unit: .none), about: "the matrix A"),
      SettingDescription("b", .numbers(-1e9...1e9, count: 1...256, unit: .none), about: "the matrix B"),
      SettingDescription("c", .numbers(-1e9...1e9, count: 1...256, unit: .none), about: "the matrix C"),
      SettingDescription(
        "d", .numbers(-1e9...1e9, count: 0...256, unit: .none), standard: .numbers([]),
        about: "the matrix D; empty for none"),
    ],
    outputs: { settings in
      settings.names("outputs").map { PartOutput($0, .none, about: "a row of y") }
    })
}
