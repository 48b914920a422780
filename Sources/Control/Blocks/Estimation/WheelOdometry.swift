import Signals

/// Way and speed over the ground of a vehicle on two wheels, from the encoders of its wheels.
///
/// The encoders see the wheels turn in the body; over the ground a wheel turns by that and by the body's pitch.
struct WheelOdometry: Block {
  static let description = BlockDescription(
    "wheel_odometry",
    about: "Way, speed and turn rate from the encoders of two wheels, and the body's pitch.",
    settings: [
      .number("wheel_radius", 0.001...10, .metre, nil, "radius of a wheel"),
      .number("track", 0.001...10, .metre, nil, "distance between the wheels"),
      // An AS5600 at 250 Hz: its noise and its steps of 1.5 mrad become 0.05 rad/s.
      .number("bandwidth", 1...500, .radianPerSecond, 80, "bandwidth of the observers of the wheels"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: ["left", "right"].flatMap { wheel in
        [
          InputPort("\(wheel)_angle", .number, unit: .radian, standard: "\(wheel)_encoder.angle"),
          InputPort("\(wheel)_count", .count, unit: nil, standard: "\(wheel)_encoder.count"),
          InputPort("\(wheel)_time", .time, unit: .nanosecond, standard: "\(wheel)_encoder.time"),
        ]
      } + [
        InputPort("pitch", .wide, unit: .radian, standard: "attitude.exact_pitch"),
        InputPort("rate_y", .number, unit: .radianPerSecond, standard: "attitude.rate_y"),
        InputPort("rate_z", .number, unit: .radianPerSecond, standard: "attitude.rate_z"),
      ],
      outputs: [
        OutputPort("travel", .number, unit: .fixed(.metre), about: "way since the start, forward positive"),
        OutputPort("speed", .number, unit: .fixed(.metrePerSecond)),
        OutputPort("left_angle", .number, unit: .fixed(.radian), about: "over many turns"),
        OutputPort("right_angle", .number, unit: .fixed(.radian)),
        OutputPort("left_rate", .number, unit: .fixed(.radianPerSecond)),
        OutputPort("right_rate", .number, unit: .fixed(.radianPerSecond)),
        OutputPort(
          "slip", .number, unit: .fixed(.radianPerSecond), isLogged: false,
          about: "turn rate of the wheels less that of the gyroscope"),
      ], invalidity: .goesOn)
  }

  /// What is read of one wheel.
  private struct Wheel: BitwiseCopyable {
    let angle: Input<Float>
    let count: Input<UInt32>
    let time: Input<Int64>

    init(_ name: String, _ wiring: inout Wiring) {
      (angle, count) = (wiring.input("\(name)_angle"), wiring.input("\(name)_count"))
      time = wiring.input("\(name)_time")
    }
  }

  private let leftWheel, rightWheel: Wheel
  private let pitch: Input<Double>
  private let rateY, rateZ: Input<Float>
  private let travel, speed, leftAngle, rightAngle, leftRate, rightRate, slip: Output<Float>
  private let radius, track: Double
  private var left, right: WheelEstimator

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (leftWheel, rightWheel) = (Wheel("left", &wiring), Wheel("right", &wiring))
    (pitch, rateY, rateZ) = (wiring.input("pitch"), wiring.input("rate_y"), wiring.input("rate_z"))
    (travel, speed, slip) = (wiring.output("travel"), wiring.output("speed"), wiring.output("slip"))
    (leftAngle, rightAngle) = (wiring.output("left_angle"), wiring.output("right_angle"))
    (leftRate, rightRate) = (wiring.output("left_rate"), wiring.output("right_rate"))
    (radius, track) = (settings.number("wheel_radius"), settings.number("track"))
    let bandwidth = settings.number("bandwidth")
    (left, right) = (WheelEstimator(bandwidth: bandwidth), WheelEstimator(bandwidth: bandwidth))
  }

  mutating func step(_ frame: Frame) {
    left.update(angle: frame[leftWheel.angle], count: frame[leftWheel.count], time: frame[leftWheel.time])
    right.update(angle: frame[rightWheel.angle], count: frame[rightWheel.count], time: frame[rightWheel.time])
    (frame[leftAngle], frame[rightAngle]) = (Float(left.angle), Float(right.angle))
    (frame[leftRate], frame[rightRate]) = (Float(left.rate), Float(right.rate))
    // Nose down turns a wheel that stands still in the body forward.
    frame[travel] = Float(radius * (0.5 * (left.angle + right.angle) - frame[pitch]))
    frame[speed] = Float(radius * (0.5 * (left.rate + right.rate) - Double(frame[rateY])))
    frame[slip] = Float((left.rate - right.rate) * radius / track) - frame[rateZ]
  }
}
