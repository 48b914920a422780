import PortableMath
import Signals

/// A notch: a filter of second order that takes off one frequency, such as that of a propeller.
///
/// The coefficients are those of R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients", in
/// double precision; the recursion is direct form II, transposed. It needs even steps: those of a block that runs at `rate_hz`.
struct Notch: Block {
  static let description = BlockDescription(
    "notch", about: "A filter that takes off one frequency and leaves those around it.",
    settings: [
      SettingDescription(
        "frequency_hz", .number(1e-3...1e5, unit: .hertz), about: "what is taken off; below half of rate_hz"
      ).atMost("rate_hz", times: 0.5, isStrict: true),
      SettingDescription(
        "width_hz", .number(1e-3...1e5, unit: .hertz),
        about: "width of the gap where half of the power is left"),
      SettingDescription(
        "rate_hz", .number(1e-2...1e6, unit: .hertz), about: "how often the block runs in a second"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .number, unit: nil)],
      outputs: [OutputPort("value", .number, unit: .like("of"))],
      invalidity: .holds)
  }

  private let of: Input<Float>
  private let value: Output<Float>
  private let b0, b1, a2: Float
  private var first: Float = 0
  private var second: Float = 0
  private var hasBegun = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, value) = (wiring.input("of"), wiring.output("value"))
    let rate = settings.number("rate_hz")
    // At half of the rate and beyond, there is nothing to take off.
    let angle = 2 * Double.pi * min(settings.number("frequency_hz") / rate, 0.499)
    let alpha = sine(angle) / 2 * (settings.number("width_hz") / settings.number("frequency_hz"))
    b0 = Float(1 / (1 + alpha))
    b1 = Float(-2 * cosine(angle) / (1 + alpha))
    a2 = Float((1 - alpha) / (1 + alpha))
  }

  mutating func step(_ frame: Frame) {
    let number = frame[of]
    guard number.isFinite else { return }
    if !hasBegun {
      // Begins as if the number had always been there: no ringing at the start.
      second = number * (b0 - a2)
      first = second + number * b1 - b1 * number
      hasBegun = true
    }
    let result = b0 * number + first
    first = b1 * number - b1 * result + second
    second = b0 * number - a2 * result
    frame[value] = result
  }
}
