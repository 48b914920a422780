import Signals

/// The sum of several numbers of one unit, from left to right.
struct Sum: Block {
  static let description = BlockDescription("sum", about: "The sum of 2 to 64 numbers of one unit.")

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil, count: 2...64)],
      outputs: [OutputPort("value", .number, unit: .like("of"))], invalidity: .goesOn)
  }

  private let of: InputList<Float>
  private let value: Output<Float>

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, value) = (wiring.inputList("of"), wiring.output("value"))
  }

  mutating func step(_ frame: Frame) {
    var sum = frame[of[0]]
    var index = 1
    while index < of.count {
      sum += frame[of[index]]
      index &+= 1
    }
    frame[value] = sum
  }
}
