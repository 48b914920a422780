import Signals

/// A number that changes only so fast. It begins at 0, and at 0 again while its reset is set.
struct Slew: Block {
  static let description = BlockDescription(
    "slew", about: "A number that follows another, and changes only so fast.",
    settings: [
      SettingDescription(
        "most_per_s", .number(1e-6...1e9, unit: .none),
        about: "largest change in a second, in the unit of what is read")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort("of", .number, unit: nil), .time,
        InputPort("reset", .flag, unit: nil, count: 0...1, about: "puts it to 0 while set"),
      ], outputs: [OutputPort("value", .number, unit: .like("of"))], invalidity: .holds)
  }

  private let of: Input<Float>
  private let time: Input<Int64>
  private let reset: Input<Bool>?
  private let value: Output<Float>
  private let perSecond: Float
  private var clock = StepClock()

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, time, value) = (wiring.input("of"), wiring.input("time"), wiring.output("value"))
    reset = wiring.optionalInput("reset")
    perSecond = settings.float("most_per_s")
  }

  mutating func step(_ frame: Frame) {
    let step = perSecond * clock.seconds(at: frame[time])
    if let reset, frame[reset] {
      frame[value] = 0
      return
    }
    let wanted = frame[of] - frame[value]
    // A number that is none leaves it where it is.
    guard !wanted.isNaN else { return }
    frame[value] += min(max(wanted, -step), step)
  }
}
