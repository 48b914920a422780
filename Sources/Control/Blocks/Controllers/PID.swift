import Signals

/// A controller of three terms on an error: `p e + i ∫e dt + d de/dt`, within bounds.
///
/// The integral stops growing while the output is at a bound that it pushes against (conditional integration: Åström and
/// Hägglund, "Advanced PID Control", 2006, section 3.5). The derivative goes through a filter of first order, or is what `rate` reads when
/// that is bound, as where a gyroscope measures it.
struct PID: Block {
  static let description = BlockDescription(
    "pid", about: "A controller on an error, with integral and derivative, bounds and anti-windup.",
    settings: [
      SettingDescription("p", .number(-1e6...1e6, unit: .none), about: "output for each unit of error"),
      SettingDescription(
        "i", .number(-1e6...1e6, unit: .none), standard: .number(0),
        about: "output a second for each unit of error"),
      SettingDescription(
        "d", .number(-1e6...1e6, unit: .none), standard: .number(0),
        about: "output for each unit of error in a second"),
      SettingDescription("most", .number(1e-9...1e9, unit: .none), about: "largest magnitude of the output"),
      SettingDescription(
        "cutoff_hz", .number(1e-4...1e5, unit: .hertz), standard: .number(20),
        about: "cutoff of the derivative's filter"),
      SettingDescription("unit", .unit, standard: .unit(.none), about: "unit of the output"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort("error", .number, unit: nil, about: "setpoint less measured"), .time,
        InputPort(
          "rate", .number, unit: nil, count: 0...1, about: "how fast the error changes, where it is measured"),
        InputPort(
          "reset", .flag, unit: nil, count: 0...1, about: "empties its memory, and gives 0, while set"),
      ],
      outputs: [
        OutputPort("value", .number, unit: .fixed(settings.unit("unit"))),
        OutputPort(
          "integral", .number, unit: .fixed(settings.unit("unit")), about: "the integral's part of the output"
        ),
      ], invalidity: .holds)
  }

  private let error: Input<Float>
  private let time: Input<Int64>
  private let rate: Input<Float>?
  private let reset: Input<Bool>?
  private let value, integral: Output<Float>
  private let p, i, d, most, timeConstant: Float
  private var clock = StepClock()
  private var last: Float = 0
  private var slope: Float = 0
  private var hasBegun = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (error, time) = (wiring.input("error"), wiring.input("time"))
    (rate, reset) = (wiring.optionalInput("rate"), wiring.optionalInput("reset"))
    (value, integral) = (wiring.output("value"), wiring.output("integral"))
    (p, i, d) = (settings.float("p"), settings.float("i"), settings.float("d"))
    most = settings.float("most")
    timeConstant = Float(1 / (2 * Double.pi * settings.number("cutoff_hz")))
  }

  mutating func step(_ frame: Frame) {
    let seconds = min(clock.seconds(at: frame[time]), Integral.longestStep)
    if let reset, frame[reset] {
      (frame[value], frame[integral], slope, hasBegun) = (0, 0, 0, false)
      return
    }
    let now = frame[error]
    guard now.isFinite else { return }
    differentiate(frame, now, seconds)
    let others = p * now + d * slope
    let sum = frame[integral] + i * now * seconds
    let wanted = others + sum
    // Kept as it is while it would push further against a bound.
    let pushes = wanted.magnitude > most && (wanted > 0) == (i * now > 0)
    if sum.isFinite, !pushes { frame[integral] = min(max(sum, -most), most) }
    frame[value] = min(max(others + frame[integral], -most), most)
  }

  private mutating func differentiate(_ frame: Frame, _ now: Float, _ seconds: Float) {
    if let rate {
      slope = frame[rate].isFinite ? frame[rate] : slope
    } else if hasBegun, seconds > 0 {
      let raw = (now - last) / seconds
      if raw.isFinite { slope += (raw - slope) * (seconds / (seconds + timeConstant)) }
    }
    (last, hasBegun) = (now, true)
  }
}
