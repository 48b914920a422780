import Signals

/// The opposite of a flag.
struct Not: Block {
  static let description = BlockDescription("not", about: "A flag that is set while another is not.")

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .flag, unit: nil)], outputs: OutputPort.flags("on"), invalidity: .goesOn)
  }

  private let of: Input<Bool>
  private let on: Output<Bool>

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, on) = (wiring.input("of"), wiring.output("on"))
  }

  mutating func step(_ frame: Frame) { frame[on] = !frame[of] }
}
