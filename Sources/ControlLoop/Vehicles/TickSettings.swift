import PortableMath

/// What `VehicleController` needs of a configuration, as the tick wants it: numbers in place, nothing on the heap.
struct ControllerSettings: Sendable {
  /// A motor's pulses in µs at no and at full speed.
  struct PulseRange: BitwiseCopyable, Sendable {
    var minimum: Float = 0
    var maximum: Float = 0
  }

  /// The pulse ranges of the motors.
  struct PulseRanges: BitwiseCopyable, Sendable {
    private var ranges = InlineArray<8, PulseRange>(repeating: PulseRange())
    private(set) var count = 0

    mutating func append(_ range: PulseRange) {
      guard count < ranges.count else { return }
      ranges[count] = range
      count += 1
    }

    subscript(motor: Int) -> PulseRange { motor >= 0 && motor < count ? ranges[motor] : PulseRange() }
  }

  var networkFlies: Bool
  var mixer: QuadMixer
  var limits: CommandLimits
  var pulses = PulseRanges()
  var safePulses = FixedVector<8>()

  /// Ages in ns from which a reading is stale.
  var inertialStaleAfter, pressureStaleAfter, rangeStaleAfter, powerStaleAfter: Int64
  var maximumConsecutiveMisses: UInt32
  /// Largest roll and pitch setpoint in rad.
  var largestTilt: Float
  var failsafeCosineOfTilt, armingCosineOfTilt: Float
  var stillRate, armingVoltage, lowVoltage: Float
  /// Collective thrust that is taken to carry the vehicle until flight has shown what does.
  var hoverThrust: Float

  init(_ configuration: Configuration) {
    networkFlies = configuration.model.controller == .network
    mixer = QuadMixer(idle: Float(configuration.actuators.idle))
    let thrust = configuration.limits.thrust
    limits = CommandLimits(
      thrust: Float(thrust.lowerBound)...Float(thrust.upperBound), torque: Float(configuration.limits.torque))
    for motor in configuration.actuators.motors {
      pulses.append(
        PulseRange(minimum: Float(motor.minimumMicroseconds), maximum: Float(motor.maximumMicroseconds)))
      safePulses.append(Float(motor.safeMicroseconds))
    }
    let sensors = configuration.sensors
    inertialStaleAfter = sensors.imu.staleAfter
    pressureStaleAfter = sensors.barometer?.staleAfter ?? .max
    rangeStaleAfter = sensors.range?.staleAfter ?? .max
    powerStaleAfter = sensors.power?.staleAfter ?? .max
    maximumConsecutiveMisses = UInt32(clamping: configuration.loop.maximumConsecutiveMisses)
    largestTilt = Float(configuration.limits.tilt)
    failsafeCosineOfTilt = Float(cosine(configuration.failsafe.tiltAbove))
    armingCosineOfTilt = Float(cosine(configuration.arming.levelWithin))
    stillRate = Float(configuration.arming.gyroStill)
    armingVoltage = Float(configuration.arming.minimumVoltage)
    lowVoltage = Float(configuration.failsafe.batteryBelow)
    hoverThrust = ClassicalControllerSettings().hoverThrust
  }
}

extension EstimatorSettings {
  init(_ section: Configuration.Estimator) {
    self.init()
    proportionalGain = section.proportionalGain
    integralGain = section.integralGain
    rangeBandwidth = section.altitude.rangeWeight
    barometerBandwidth = section.altitude.barometerWeight
  }
}

extension Estimate {
  /// Cosine of the angle between the body's and the local z axis.
  var cosineOfTilt: Float { 1 - 2 * (quaternion.x * quaternion.x + quaternion.y * quaternion.y) }

  /// Square of the angular rate in rad²/s².
  var rateSquared: Float { rateX * rateX + rateY * rateY + rateZ * rateZ }
}
