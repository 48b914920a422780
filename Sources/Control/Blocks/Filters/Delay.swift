import Signals

/// What was read in the step before.
struct Delay: Block {
  static let description = BlockDescription(
    "delay", about: "The number of the tick before, of any origin.")

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil)],
      outputs: [OutputPort("value", .number, unit: .like("of"))],
      invalidity: .decides)
  }

  private let of: Input<Float>
  private let value: Output<Float>
  private let valid: Output<Bool>
  private var last: Float = 0
  private var wasValid = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, value, valid) = (wiring.input("of"), wiring.output("value"), wiring.output("valid"))
  }

  mutating func step(_ frame: Frame) {
    let isValid = frame[valid]
    frame[value] = last
    frame[valid] = wasValid
    (last, wasValid) = (frame[of], isValid)
  }
}
