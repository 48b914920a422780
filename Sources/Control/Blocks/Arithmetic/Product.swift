import Signals

/// The product of several numbers, from left to right.
struct Product: Block {
  static let description = BlockDescription(
    "product", about: "The product of 2 to 16 numbers, and of their units.")

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil, count: 2...16)],
      outputs: [OutputPort("value", .number, unit: .product(of: "of"))], invalidity: .goesOn)
  }

  private let of: InputList<Float>
  private let value: Output<Float>

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, value) = (wiring.inputList("of"), wiring.output("value"))
  }

  mutating func step(_ frame: Frame) {
    var product = frame[of[0]]
    var index = 1
    while index < of.count {
      product *= frame[of[index]]
      index &+= 1
    }
    frame[value] = product
  }
}
