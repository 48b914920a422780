import Signals

/// The integral of a number within bounds, by the rectangle rule: `value += of · T`.
///
/// A step counts for a tenth of a second at most: what happened in a longer gap nobody knows.
struct Integral: Block {
  static let description = BlockDescription(
    "integral", about: "A number summed up over time, within bounds. It is 0 while its reset is set.",
    settings: [
      SettingDescription(
        "most", .number(0...1e9, unit: .none), about: "largest magnitude, in the unit of the integral")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort("of", .number, unit: nil), .time,
        InputPort("reset", .flag, unit: nil, count: 0...1, about: "empties it while set"),
      ], outputs: [OutputPort("value", .number, unit: .integral(of: "of"))], invalidity: .holds)
  }

  static let longestStep: Float = 0.1
  private let of: Input<Float>
  private let time: Input<Int64>
  private let reset: Input<Bool>?
  private let value: Output<Float>
  private let most: Float
  private var clock = StepClock()

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, time, value) = (wiring.input("of"), wiring.input("time"), wiring.output("value"))
    reset = wiring.optionalInput("reset")
    most = settings.float("most")
  }

  mutating func step(_ frame: Frame) {
    let seconds = min(clock.seconds(at: frame[time]), Self.longestStep)
    if let reset, frame[reset] {
      frame[value] = 0
      return
    }
    let sum = frame[value] + frame[of] * seconds
    if sum.isFinite { frame[value] = min(max(sum, -most), most) }
  }
}
