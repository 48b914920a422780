import Signals

/// 0 within a band around 0, and beyond it the distance from the band, so that nothing jumps at its edge.
struct DeadBand: Block {
  static let description = BlockDescription(
    "dead_band", about: "0 for small numbers, and the distance from the band for larger ones.",
    settings: [
      SettingDescription(
        "width", .number(0...1e9, unit: .none), about: "half of the band, in the unit of what is read")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil)],
      outputs: [OutputPort("value", .number, unit: .like("of"))],
      invalidity: .goesOn)
  }

  private let of: Input<Float>
  private let value: Output<Float>
  private let width: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, value, width) = (wiring.input("of"), wiring.output("value"), settings.float("width"))
  }

  mutating func step(_ frame: Frame) {
    let number = frame[of]
    frame[value] =
      number > width ? number - width : number < -width ? number + width : number.isNaN ? number : 0
  }
}
