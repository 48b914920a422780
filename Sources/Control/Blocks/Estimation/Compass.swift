import PortableMath
import Signals

/// Heading from a magnetometer, whatever the tilt, with the gyroscopes' rates between readings.
///
/// What the field says (`LevelField`) corrects the integral of the rate of turn over the vertical with a time constant.
struct Compass: Block {
  static let description = BlockDescription(
    "compass",
    about:
      "Heading from a magnetometer, compensated for tilt, and from the rate of turn between its readings.",
    settings: [
      SettingDescription(
        "time_s", .number(0...1e4, unit: .second), standard: .number(1),
        about: "over which the field corrects what the rates say; 0 for the field alone"),
      SettingDescription(
        "declination_rad", .number(-3.2...3.2, unit: .radian), standard: .number(0),
        about: "magnetic north from true north, to the right positive"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: ["x", "y", "z"].map {
        InputPort("field_\($0)", .number, unit: .tesla, standard: "magnetometer.field_\($0)")
      } + [
        InputPort("count", .count, unit: nil, standard: "magnetometer.count"),
        InputPort("roll", .number, unit: .radian, standard: "attitude.roll"),
        InputPort("pitch", .number, unit: .radian, standard: "attitude.pitch"),
        InputPort("rate_y", .number, unit: .radianPerSecond, standard: "attitude.rate_y"),
        InputPort("rate_z", .number, unit: .radianPerSecond, standard: "attitude.rate_z"),
        .time,
      ],
      outputs: [
        OutputPort("heading", .number, unit: .fixed(.radian), about: "from north to the right, -π to π"),
        OutputPort("turn_rate", .number, unit: .fixed(.radianPerSecond), about: "of the heading"),
      ], invalidity: .holds)
  }

  private let x, y, z, roll, pitch, rateY, rateZ: Input<Float>
  private let count: Input<UInt32>
  private let time: Input<Int64>
  private let heading, turnRate: Output<Float>
  private let timeConstant, declination: Double
  private var clock = StepClock()
  private var last: UInt32 = 0
  private var sinceReading = 0.0
  private var angle: Double?

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (x, y, z) = (wiring.input("field_x"), wiring.input("field_y"), wiring.input("field_z"))
    (roll, pitch) = (wiring.input("roll"), wiring.input("pitch"))
    (rateY, rateZ) = (wiring.input("rate_y"), wiring.input("rate_z"))
    (count, time) = (wiring.input("count"), wiring.input("time"))
    (heading, turnRate) = (wiring.output("heading"), wiring.output("turn_rate"))
    (timeConstant, declination) = (settings.number("time_s"), settings.number("declination_rad"))
  }

  mutating func step(_ frame: Frame) {
    let seconds = Double(min(clock.seconds(at: frame[time]), Integral.longestStep))
    let (roll, pitch) = (sineAndCosine(Double(frame[roll])), sineAndCosine(Double(frame[pitch])))
    // Of the rates about the body's axes what turns it about the vertical.
    let turn =
      (Double(frame[rateY]) * roll.sine + Double(frame[rateZ]) * roll.cosine) / max(pitch.cosine, 0.1)
    if turn.isFinite {
      angle = angle.map { wrapped($0 + turn * seconds) }
      frame[turnRate] = Float(turn)
    }
    sinceReading += seconds
    if frame[count] != last {
      last = frame[count]
      let field = LevelField(
        Double(frame[x]), Double(frame[y]), Double(frame[z]), roll: roll, pitch: pitch)
      let seen = wrapped(field.heading + declination)
      if seen.isFinite, field.north != 0 || field.east != 0 {
        let share = timeConstant > 0 ? min(sinceReading / timeConstant, 1) : 1
        angle = angle.map { wrapped($0 + share * wrapped(seen - $0)) } ?? seen
      }
      sinceReading = 0
    }
    if let angle { frame[heading] = Float(angle) }
  }

  private func wrapped(_ angle: Double) -> Double {
    angle > .pi ? angle - 2 * .pi : angle < -.pi ? angle + 2 * .pi : angle
  }
}
