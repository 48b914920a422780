import Signals

/// A number that never changes.
struct Constant: Block {
  static let description = BlockDescription(
    "constant", about: "A number that never changes.",
    settings: [
      .number("value", -1e12...1e12, .none, nil, "the number"),
      SettingDescription("unit", .unit, standard: .unit(.none), about: "its unit"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [],
      outputs: [
        OutputPort(
          "value", .number, unit: .fixed(settings.unit("unit")), initial: settings.number("value"))
      ], invalidity: .goesOn)
  }

  private let value: Output<Float>
  private let number: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (value, number) = (wiring.output("value"), settings.float("value"))
  }

  mutating func step(_ frame: Frame) { frame[value] = number }
}
