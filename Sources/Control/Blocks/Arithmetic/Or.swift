import Signals

/// Whether any of several flags is set.
struct Or: Block {
  static let description = BlockDescription(
    "or", about: "A flag that is set while any of 2 to 64 others is.")

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .flag, unit: nil, count: 2...64)], outputs: OutputPort.flags("on"),
      invalidity: .goesOn)
  }

  private let of: InputList<Bool>
  private let on: Output<Bool>

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, on) = (wiring.inputList("of"), wiring.output("on"))
  }

  mutating func step(_ frame: Frame) {
    var index = 0
    while index < of.count {
      if frame[of[index]] {
        frame[on] = true
        return
      }
      index &+= 1
    }
    frame[on] = false
  }
}
