import Signals

/// A flag that is set above one number and cleared below another: between the two it stays as it is.
struct Switch: Block {
  static let description = BlockDescription(
    "switch",
    about: "A flag that goes on above one number and off below another, and stays as it is between them.",
    settings: [
      SettingDescription("on_above", .number(-1e9...1e9, unit: .none), about: "in the unit of what is read"),
      SettingDescription("off_below", .number(-1e9...1e9, unit: .none), about: "not above on_above").atMost(
        "on_above"),
      SettingDescription("starts_on", .flag, standard: .flag(false), about: "whether it is on at first"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil)],
      outputs: [OutputPort("on", .flag, initial: settings.flag("starts_on") ? 1 : 0)], invalidity: .holds)
  }

  private let of: Input<Float>
  private let on: Output<Bool>
  private let onAbove, offBelow: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, on) = (wiring.input("of"), wiring.output("on"))
    (onAbove, offBelow) = (settings.float("on_above"), settings.float("off_below"))
  }

  mutating func step(_ frame: Frame) {
    let number = frame[of]
    if number > onAbove { frame[on] = true } else if number < offBelow { frame[on] = false }
  }
}
