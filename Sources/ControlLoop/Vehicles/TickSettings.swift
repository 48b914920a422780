import PortableMath

/// What `VehicleTick` needs of a configuration, as the tick wants it: numbers in place, nothing on the heap.
struct TickSettings: Sendable {
  var networkFlies: Bool
  var safePulses = FixedVector<8>()
  /// Ages in ns from which a reading is stale.
  var inertialStaleAfter, powerStaleAfter: Int64
  var maximumConsecutiveMisses: UInt32
  var failsafeCosineOfTilt, armingCosineOfTilt: Float
  var stillRate, armingVoltage, lowVoltage: Float

  init(_ configuration: Configuration) {
    networkFlies = configuration.model.controller == .network
    for motor in configuration.actuators.motors { safePulses.append(Float(motor.safeMicroseconds)) }
    inertialStaleAfter = configuration.sensors.imu.longestStaleAfter
    powerStaleAfter = configuration.sensors.power?.staleAfter ?? .max
    maximumConsecutiveMisses = UInt32(clamping: configuration.loop.maximumConsecutiveMisses)
    failsafeCosineOfTilt = Float(cosine(configuration.failsafe.tiltAbove))
    armingCosineOfTilt = Float(cosine(configuration.arming.levelWithin))
    stillRate = Float(configuration.arming.gyroStill)
    armingVoltage = Float(configuration.arming.minimumVoltage)
    lowVoltage = Float(configuration.failsafe.batteryBelow)
  }
}

/// The pulses of the motors in µs at the least and at the greatest command.
struct PulseRanges: BitwiseCopyable, Sendable {
  /// The pulses of one motor.
  struct Range: BitwiseCopyable, Sendable {
    var minimum: Float = 0
    var maximum: Float = 0
  }

  private var ranges = InlineArray<8, Range>(repeating: Range())
  private(set) var count = 0

  init(_ actuators: Configuration.Actuators) {
    for motor in actuators.motors where count < ranges.count {
      ranges[count] = Range(
        minimum: Float(motor.minimumMicroseconds), maximum: Float(motor.maximumMicroseconds))
      count += 1
    }
  }

  subscript(motor: Int) -> Range { motor >= 0 && motor < count ? ranges[motor] : Range() }
}

extension Estimate {
  /// Cosine of the angle between the body's and the local z axis.
  var cosineOfTilt: Float { 1 - 2 * (quaternion.x * quaternion.x + quaternion.y * quaternion.y) }

  /// Square of the angular rate in rad²/s².
  var rateSquared: Float { rateX * rateX + rateY * rateY + rateZ * rateZ }
}
