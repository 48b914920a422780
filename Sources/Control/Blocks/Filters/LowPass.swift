import Signals

/// A filter of first order: it moves towards what it reads by the share `T / (T + 1/(2π f))` in a step of T, the backward Euler
/// rule of `y' = 2π f (x − y)`, which is stable for every T. It begins at the first valid number.
struct LowPass: Block {
  static let description = BlockDescription(
    "low_pass", about: "A filter of first order that takes off what is faster than its cutoff.",
    settings: [
      SettingDescription(
        "cutoff_hz", .number(1e-4...1e5, unit: .hertz), about: "frequency at which half of the power is left")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil), .time],
      outputs: [OutputPort("value", .number, unit: .like("of"))], invalidity: .holds)
  }

  private let of: Input<Float>
  private let time: Input<Int64>
  private let value: Output<Float>
  private let timeConstant: Float
  private var clock = StepClock()
  private var hasBegun = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, time, value) = (wiring.input("of"), wiring.input("time"), wiring.output("value"))
    timeConstant = Float(1 / (2 * Double.pi * settings.number("cutoff_hz")))
  }

  mutating func step(_ frame: Frame) {
    let number = frame[of]
    let seconds = clock.seconds(at: frame[time])
    guard number.isFinite else { return }
    frame[value] =
      hasBegun ? frame[value] + (number - frame[value]) * (seconds / (seconds + timeConstant)) : number
    hasBegun = true
  }
}
