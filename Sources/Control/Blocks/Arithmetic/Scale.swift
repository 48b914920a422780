import Signals

/// `value = of · scale + offset`, in single precision, rounded after the product and after the sum.
struct Scale: Block {
  static let description = BlockDescription(
    "scale", about: "A number times a factor, and another added.",
    settings: [
      SettingDescription(
        "scale", .number(-1e9...1e9, unit: .none), standard: .number(1), about: "the factor"),
      SettingDescription(
        "offset", .number(-1e9...1e9, unit: .none), standard: .number(0), about: "what is added"),
      SettingDescription("unit", .unit, standard: .unit(.none), about: "unit of the result"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil)],
      outputs: [OutputPort("value", .number, unit: .fixed(settings.unit("unit")))], invalidity: .goesOn)
  }

  private let of: Input<Float>
  private let value: Output<Float>
  private let scale, offset: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, value) = (wiring.input("of"), wiring.output("value"))
    (scale, offset) = (settings.float("scale"), settings.float("offset"))
  }

  mutating func step(_ frame: Frame) { frame[value] = frame[of] * scale + offset }
}
