import Signals

/// A number between two bounds; one that is not a number is the lower bound, and not valid.
struct Clamp: Block {
  static let description = BlockDescription(
    "clamp", about: "A number within bounds. One that is not a number counts as not valid.",
    settings: [
      SettingDescription(
        "least", .number(-1e9...1e9, unit: .none), about: "the lower bound, in the unit of what is read"
      ).atMost("most"),
      SettingDescription(
        "most", .number(-1e9...1e9, unit: .none), about: "the upper bound, not below the lower one"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil)],
      outputs: [OutputPort("value", .number, unit: .like("of"))],
      invalidity: .decides)
  }

  private let of: Input<Float>
  private let value: Output<Float>
  private let valid: Output<Bool>
  private let least, most: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, value, valid) = (wiring.input("of"), wiring.output("value"), wiring.output("valid"))
    (least, most) = (settings.float("least"), settings.float("most"))
  }

  mutating func step(_ frame: Frame) {
    let number = frame[of]
    if number.isNaN { frame[valid] = false }
    frame[value] = number.isNaN ? least : min(max(number, least), most)
  }
}
