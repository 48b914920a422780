import Signals

/// How fast a number changes, through a filter of first order: without one, every step of a converter would be a spike.
struct Derivative: Block {
  static let description = BlockDescription(
    "derivative", about: "How fast a number changes, smoothed by a filter of first order. It begins at 0.",
    settings: [
      SettingDescription(
        "cutoff_hz", .number(1e-4...1e5, unit: .hertz), standard: .number(20), about: "cutoff of the filter")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil), .time],
      outputs: [OutputPort("value", .number, unit: .rate(of: "of"))], invalidity: .holds)
  }

  private let of: Input<Float>
  private let time: Input<Int64>
  private let value: Output<Float>
  private let timeConstant: Float
  private var clock = StepClock()
  private var last: Float = 0
  private var hasBegun = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, time, value) = (wiring.input("of"), wiring.input("time"), wiring.output("value"))
    timeConstant = Float(1 / (2 * Double.pi * settings.number("cutoff_hz")))
  }

  mutating func step(_ frame: Frame) {
    let number = frame[of]
    let seconds = clock.seconds(at: frame[time])
    guard number.isFinite else { return }
    if hasBegun, seconds > 0 {
      let slope = (number - last) / seconds
      if slope.isFinite { frame[value] += (slope - frame[value]) * (seconds / (seconds + timeConstant)) }
    }
    (last, hasBegun) = (number, true)
  }
}
