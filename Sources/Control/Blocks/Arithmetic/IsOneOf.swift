import Signals

/// Whether a choice has one of some values: with it, blocks go by a mode, a fault, or who commands.
struct IsOneOf: Block {
  static let description = BlockDescription(
    "is_one_of", about: "A flag that is set while a choice, such as `safety.mode`, has one of some values.",
    settings: [
      SettingDescription("values", .names(count: 1...64), about: "the values, by their names").among("of")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .choice([]), unit: nil)], outputs: OutputPort.flags("on"), invalidity: .goesOn)
  }

  private let of: Input<UInt8>
  private let on: Output<Bool>
  private let values: ModeSet

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, on) = (wiring.input("of"), wiring.output("on"))
    values = ModeSet(settings.names("values"), of: wiring.choice("of"))
  }

  mutating func step(_ frame: Frame) { frame[on] = values.contains(frame[of]) }
}
