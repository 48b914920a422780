import Signals

/// The first of several numbers that is valid, finite and not excluded. It ends a chain of invalid numbers: its own is valid as long
/// as any of them is.
struct Select: Block {
  static let description = BlockDescription(
    "select", about: "The first of 2 to 8 numbers that is valid and not left out.")

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort(
          "of", .number, unit: nil, count: 2...8, about: "the numbers, the one to be preferred first"),
        InputPort(
          "unless", .flag, unit: nil, count: 0...8,
          about: "a flag for each from the first on, which leaves it out while set"),
      ],
      outputs: [
        OutputPort("value", .number, unit: .like("of")),
        OutputPort("chosen", .count, about: "which of them, from 1; 0 for none, and then the value stays"),
      ], invalidity: .decides)
  }

  private let of: InputList<Float>
  private let unless: InputList<Bool>
  private let validities: ValidityList
  private let value: Output<Float>
  private let chosen: Output<UInt32>
  private let valid: Output<Bool>

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, unless, validities) = (
      wiring.inputList("of"), wiring.inputList("unless"), wiring.validities(of: "of")
    )
    (value, chosen, valid) = (wiring.output("value"), wiring.output("chosen"), wiring.output("valid"))
  }

  mutating func step(_ frame: Frame) {
    var index = 0
    while index < of.count {
      let number = frame[of[index]]
      let isLeftOut = index < unless.count && frame[unless[index]]
      if !isLeftOut, number.isFinite, frame.isValid(validities, index) {
        frame[value] = number
        frame[chosen] = UInt32(truncatingIfNeeded: index + 1)
        frame[valid] = true
        return
      }
      index &+= 1
    }
    frame[chosen] = 0
    frame[valid] = false
  }
}
