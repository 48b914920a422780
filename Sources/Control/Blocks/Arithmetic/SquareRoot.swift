import Signals

/// The square root of a number: thrust goes with the square of a rotor's speed, flow with that of a pressure's root.
struct SquareRoot: Block {
  static let description = BlockDescription(
    "square_root",
    about:
      "The square root of a number, and of its unit. Below 0 it is 0, and not valid; so it is of what is no number."
  )

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil)],
      outputs: [OutputPort("value", .number, unit: .root(of: "of"))], invalidity: .decides)
  }

  private let of: Input<Float>
  private let value: Output<Float>
  private let valid: Output<Bool>

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, value, valid) = (wiring.input("of"), wiring.output("value"), wiring.output("valid"))
  }

  mutating func step(_ frame: Frame) {
    let number = frame[of]
    let isRoot = number >= 0
    frame[value] = isRoot ? number.squareRoot() : 0
    frame[valid] = frame[valid] && isRoot
  }
}
