import PortableMath

/// Estimates attitude, speed and way of a robot on two wheels from the newest readings of each tick.
///
/// It looks only at a tick's input, so a log replays it exactly, and it uses only exact arithmetic, so every machine
/// agrees. The encoders see the wheels turn in the body; over the ground a wheel turns by that and by the body's lean.
public struct BalancingRobotEstimator: Sendable {
  private var attitude: AttitudeEstimator
  private var left, right: WheelEstimator
  private let radius, track: Double
  private var estimate = Estimate()
  /// Whether the attitude is known.
  public private(set) var attitudeIsKnown = false
  /// Whether the gyroscope's bias is known.
  var isBiasKnown: Bool { attitude.isBiasKnown }

  /// An estimator that has seen nothing, with the wheels' measures in m and the bandwidth of their observers in rad/s.
  public init(settings: EstimatorSettings, wheelRadius: Double, track: Double, encoderBandwidth: Double) {
    attitude = AttitudeEstimator(settings)
    (left, right) = (
      WheelEstimator(bandwidth: encoderBandwidth), WheelEstimator(bandwidth: encoderBandwidth)
    )
    (radius, self.track) = (wheelRadius, track)
  }

  /// Takes in what is new in `input`. `armed` says whether motors may turn.
  public mutating func update(_ input: TickInput, armed: Bool) -> Estimate {
    if let update = attitude.update(input.inertial, armed: armed) {
      estimate.set(rate: update.rate)
      estimate.accelerationZ = input.inertial.sample.accelerationZ
    }
    left.update(input.leftEncoder)
    right.update(input.rightEncoder)
    if input.power.sequence != 0, input.power.isPresent, input.power.sample.voltage.isFinite {
      estimate.voltage = input.power.sample.voltage
    }
    attitudeIsKnown = attitude.isValid(at: input.time)
    estimate.set(attitude: attitude.attitude)
    estimate.wheels = (left.motion, right.motion)
    // Nose down turns a wheel that stands still in the body forward.
    let pitch = attitude.attitude.eulerAngles.pitch
    estimate.travel = Float(radius * (0.5 * (left.angle + right.angle) - pitch))
    estimate.speed = Float(radius * (0.5 * (left.rate + right.rate) - Double(estimate.rateY)))
    return estimate
  }

  /// Turn rate in rad/s, clockwise from above positive, as the wheels' rates have it.
  var turnRateOfWheels: Float { Float((left.rate - right.rate) * radius / track) }
}

extension EstimatorSettings {
  /// For a robot on wheels: what its accelerometer feels is gravity but for short accelerations, so that it may correct
  /// the attitude while it drives, too.
  init(_ section: Configuration.BalancingRobot.Estimator) {
    self.init(section.attitude)
    flightProportionalGain = 0.15
    flightIntegralGain = 0.003
  }
}
