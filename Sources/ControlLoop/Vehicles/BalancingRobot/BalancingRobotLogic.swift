import HardwareInterfaces

/// A balancing robot in the tick: lean, speed and heading, drive and turn on two bridges.
///
/// It arms while it is held upright and still, with no speed asked for: the hand lets go once the wheels push back. To
/// hold is to stand on the spot; to land is to stop there and to disarm, so that the robot settles on its stand.
struct BalancingRobotLogic: VehicleLogic {
  private var estimator: BalancingRobotEstimator
  private var classical = BalanceController()
  private var mixer: WheelMixer
  private var wasActing = false
  private(set) var isAtRest = false

  private let pulses: PulseRanges
  /// Age in ns from which a reading of an encoder is stale.
  private let leftStaleAfter, rightStaleAfter: Int64
  /// Largest speed in m/s and turn rate in rad/s that are asked of the controllers.
  private let largestSpeed, largestTurnRate: Float

  /// Setpoints of m/s and rad/s above which a robot does not arm.
  private static let restingSetpoint: Float = 0.02
  /// Speed in m/s and turn rate in rad/s below which a robot has stopped.
  private static let restingSpeed: Float = 0.06
  private static let restingTurnRate: Float = 0.3
  /// Difference in rad/s from which wheels and gyroscope do not agree on the turn.
  private static let largestTurnDifference: Float = 1.2

  init(_ configuration: Configuration, _ parts: Configuration.BalancingRobot) {
    var settings = EstimatorSettings(parts.estimator)
    settings.isGyroCalibrated = configuration.isGyroCalibrated
    estimator = BalancingRobotEstimator(
      settings: settings, wheelRadius: parts.estimator.wheelRadius,
      track: parts.estimator.track, encoderBandwidth: parts.estimator.encoderWeight)
    mixer = WheelMixer(
      drive: Float(parts.limits.drive), turn: Float(parts.limits.turn),
      slew: Float(configuration.actuators.slewPerSecond))
    pulses = PulseRanges(configuration.actuators)
    leftStaleAfter = configuration.sensors.leftEncoder?.staleAfter ?? .max
    rightStaleAfter = configuration.sensors.rightEncoder?.staleAfter ?? .max
    (largestSpeed, largestTurnRate) = (Float(parts.limits.speed), Float(parts.limits.turnRate))
  }

  mutating func estimate(_ input: TickInput, armed: Bool) -> Estimate {
    estimator.update(input, armed: armed)
  }

  var attitudeIsKnown: Bool { estimator.attitudeIsKnown }
  var gyroBiasIsKnown: Bool { estimator.isBiasKnown }

  func conditions(_ input: TickInput, _ estimate: Estimate) -> UInt32 {
    var mask: UInt32 = 0
    mask.set(
      FailsafeCondition.encoderStale.bit,
      when: input.leftEncoder.isMissing(at: input.time, staleAfter: leftStaleAfter)
        || input.rightEncoder.isMissing(at: input.time, staleAfter: rightStaleAfter))
    mask.set(
      FailsafeCondition.wheelSlip.bit,
      when: (estimator.turnRateOfWheels - estimate.rateZ).magnitude > Self.largestTurnDifference)
    return mask
  }

  func inhibits(_ input: TickInput, _ estimate: Estimate) -> UInt32 {
    var mask: UInt32 = 0
    mask.set(
      ArmingInhibit.encoders.bit,
      when: input.leftEncoder.health(at: input.time, staleAfter: leftStaleAfter) != .good
        || input.rightEncoder.health(at: input.time, staleAfter: rightStaleAfter) != .good)
    mask.set(
      ArmingInhibit.driving.bit,
      when: input.setpoint.speed.magnitude > Self.restingSetpoint
        || input.setpoint.yawRate.magnitude > Self.restingSetpoint)
    return mask
  }

  mutating func arm() { mixer.reset() }

  mutating func plan(_ situation: TickSituation) -> TickPlan {
    let estimate = situation.estimate
    var setpoint = situation.setpoint
    setpoint.speed = min(max(setpoint.speed, -largestSpeed), largestSpeed)
    setpoint.yawRate = min(max(setpoint.yawRate, -largestTurnRate), largestTurnRate)
    if situation.mode == .hold || situation.mode == .landing {
      (setpoint.speed, setpoint.yawRate) = (0, 0)
    }
    isAtRest =
      estimate.speed.magnitude < Self.restingSpeed && estimate.rateZ.magnitude < Self.restingTurnRate
    let command = classical.step(
      estimate: estimate, setpoint: setpoint, elapsed: situation.seconds, acts: situation.isArmed)
    defer { wasActing = situation.isArmed }
    return TickPlan(
      acts: situation.isArmed, begins: situation.isArmed && !wasActing, classical: command,
      signals: SignalValues(estimate: estimate, setpoint: setpoint, path: classical.path))
  }

  func limited(_ command: BodyCommand) throws(CommandFault) -> BodyCommand { try mixer.limited(command) }

  mutating func drive(_ command: BodyCommand, acts: Bool, seconds: Float, _ output: inout TickOutput) {
    mixer.move(to: command, seconds: seconds)
    give(mixer.left, to: 0, &output)
    give(mixer.right, to: 1, &output)
  }

  private func give(_ duty: Float, to wheel: Int, _ output: inout TickOutput) {
    output.motors.append(duty)
    output.pulses.append(min(duty.magnitude, 1) * pulses[wheel].maximum)
  }
}
