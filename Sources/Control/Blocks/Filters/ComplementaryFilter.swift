import Signals

/// A quantity from a slow, true measurement and from its rate, fast and biased: `y' = rate + (slow − y)/τ`, by steps of
/// `y = a (y + rate T) + (1 − a) slow` with `a = τ/(τ + T)`. It begins at the slow measurement.
struct ComplementaryFilter: Block {
  static let description = BlockDescription(
    "complementary_filter",
    about: "An estimate from a slow measurement of a quantity and a fast one of its rate.",
    settings: [
      SettingDescription(
        "time_s", .number(1e-4...1e5, unit: .second),
        about: "over which the slow measurement takes the rate's errors off")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("slow", .number, unit: nil), InputPort("rate", .number, unit: nil), .time],
      outputs: [OutputPort("value", .number, unit: .like("slow"))], invalidity: .holds)
  }

  private let slow, rate: Input<Float>
  private let time: Input<Int64>
  private let value: Output<Float>
  private let timeConstant: Float
  private var clock = StepClock()
  private var hasBegun = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (slow, rate) = (wiring.input("slow"), wiring.input("rate"))
    (time, value) = (wiring.input("time"), wiring.output("value"))
    timeConstant = settings.float("time_s")
  }

  mutating func step(_ frame: Frame) {
    let seconds = clock.seconds(at: frame[time])
    let (slow, rate) = (frame[slow], frame[rate])
    guard slow.isFinite, rate.isFinite else { return }
    let share = seconds / (seconds + timeConstant)
    let predicted = frame[value] + rate * seconds
    frame[value] = hasBegun ? predicted + (slow - predicted) * share : slow
    hasBegun = true
  }
}
