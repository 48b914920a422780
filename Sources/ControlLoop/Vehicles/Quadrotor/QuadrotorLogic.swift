import HardwareInterfaces

/// A quadrotor in the tick: attitude and altitude, take-off and landing, thrust and torques on four motors.
struct QuadrotorLogic: VehicleLogic {
  private var estimator: AttitudeAltitudeEstimator
  private var phase = FlightPhase()
  private var classical = QuadrotorController()
  private var slew: MotorSlew
  private var override = SetpointOverride()
  private var carried: CarriedThrust

  private let mixer: QuadMixer
  private let limits: CommandLimits
  private let pulses: PulseRanges
  /// Ages in ns from which a reading is stale.
  private let pressureStaleAfter, rangeStaleAfter: Int64
  /// Largest roll and pitch setpoint in rad.
  private let largestTilt: Float

  init(_ configuration: Configuration, _ parts: Configuration.Quadrotor) {
    var settings = EstimatorSettings(parts.estimator)
    settings.isGyroCalibrated = configuration.isGyroCalibrated
    estimator = AttitudeAltitudeEstimator(settings: settings)
    slew = MotorSlew(perSecond: Float(configuration.actuators.slewPerSecond))
    carried = CarriedThrust(classical.settings.hoverThrust)
    mixer = QuadMixer(idle: Float(configuration.actuators.idle))
    let thrust = parts.limits.thrust
    limits = CommandLimits(
      thrust: Float(thrust.lowerBound)...Float(thrust.upperBound), torque: Float(parts.limits.torque))
    pulses = PulseRanges(configuration.actuators)
    pressureStaleAfter = configuration.sensors.barometer?.longestStaleAfter ?? .max
    rangeStaleAfter = configuration.sensors.range?.longestStaleAfter ?? .max
    largestTilt = Float(parts.limits.tilt)
  }

  mutating func estimate(_ input: TickInput, armed: Bool) -> Estimate {
    estimator.update(input, armed: armed)
  }

  var attitudeIsKnown: Bool { estimator.health.attitudeValid }
  var gyroBiasIsKnown: Bool { estimator.health.isBiasKnown }

  func conditions(_ input: TickInput, _ estimate: Estimate) -> UInt32 {
    var mask: UInt32 = 0
    mask.set(
      FailsafeCondition.rangeStale.bit,
      when: input.range.isMissing(at: input.time, staleAfter: rangeStaleAfter))
    mask.set(
      FailsafeCondition.barometerStale.bit,
      when: input.pressure.isMissing(at: input.time, staleAfter: pressureStaleAfter))
    mask.set(FailsafeCondition.altitudeLost.bit, when: !estimator.health.altitudeValid)
    return mask
  }

  func inhibits(_ input: TickInput, _ estimate: Estimate) -> UInt32 {
    var mask: UInt32 = 0
    mask.set(ArmingInhibit.altitude.bit, when: !estimator.health.altitudeValid)
    mask.set(ArmingInhibit.throttle.bit, when: input.setpoint.altitude > FlightPhase.takeOffAltitude)
    return mask
  }

  var isAtRest: Bool { !phase.isFlying || override.blindLandingIsOver }

  mutating func arm() {
    slew.reset(to: MotorValues(all: 0))
    carried = CarriedThrust(classical.settings.hoverThrust)
  }

  mutating func plan(_ situation: TickSituation) -> TickPlan {
    let (estimate, seconds) = (situation.estimate, situation.seconds)
    let setpoint = override.apply(
      to: situation.setpoint, mode: situation.mode, estimate: estimate,
      altitudeIsKnown: estimator.health.altitudeValid, seconds: seconds, largestTilt: largestTilt)
    let wasFlying = phase.isFlying
    let isFlying = phase.update(
      estimate: estimate, setpoint: setpoint, seconds: seconds, armed: situation.isArmed,
      mayTakeOff: situation.mode == .active)
    carried.update(
      command: situation.lastCommand, estimate: estimate, seconds: seconds,
      isKnown: isFlying && estimator.health.altitudeValid)
    let command = classical.step(
      estimate: estimate, setpoint: setpoint, elapsed: seconds, flying: isFlying)
    return TickPlan(
      acts: isFlying, begins: isFlying && !wasFlying, classical: command,
      signals: SignalValues(estimate: estimate, setpoint: setpoint, integrals: classical.integrals))
  }

  func fallback(_ classical: BodyCommand, _ estimate: Estimate) -> BodyCommand {
    guard override.isBlind else { return classical }
    var wanted = classical
    wanted.thrust = carried.sinking(estimate: estimate)
    return wanted
  }

  func limited(_ command: BodyCommand) throws(CommandFault) -> BodyCommand { try limits.limit(command) }

  mutating func drive(_ command: BodyCommand, acts: Bool, seconds: Float, _ output: inout TickOutput) {
    let wanted = acts ? mixer.thrusts(command) : MotorValues(all: mixer.idle)
    let thrusts = slew.limit(wanted, seconds: seconds)
    for motor in 0..<pulses.count {
      output.motors.append(thrusts[motor])
      let range = pulses[motor]
      output.pulses.append(
        range.minimum + QuadMixer.speed(forThrust: thrusts[motor]) * (range.maximum - range.minimum))
    }
  }
}

extension EstimatorSettings {
  init(_ section: Configuration.Quadrotor.Estimator) {
    self.init(section.attitude)
    rangeBandwidth = section.altitude.rangeWeight
    barometerBandwidth = section.altitude.barometerWeight
  }
}
