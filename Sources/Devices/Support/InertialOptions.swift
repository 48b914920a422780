/// Full scales of gyroscopes.
protocol GyroFullScale: CaseIterable, Sendable {
  /// Full scale in °/s, by which a configuration names it.
  var degreesPerSecond: Int { get }
  /// rad/s per count.
  var scale: Float { get }
}

extension GyroFullScale {
  /// 16 bits over the full scale.
  ///
  /// Datasheets round the sensitivity (the MPU-6050's 131 LSB per °/s at 250 °/s, not 131.072), which is 0.05 % away;
  /// like PX4 and Linux this takes the full scale as exact.
  var scale: Float { Float(degreesPerSecond) * (Float.pi / 180) / 32768 }
}

/// Full scales of accelerometers.
protocol AccelerometerFullScale: CaseIterable, Sendable {
  /// Full scale in multiples of standard gravity, by which a configuration names it.
  var g: Int { get }
  /// m/s² per count.
  var scale: Float { get }
}

extension AccelerometerFullScale {
  /// 16 bits over the full scale.
  var scale: Float { Float(g) * 9.80665 / 32768 }
}

/// Low-pass filters of inertial chips.
protocol InertialLowPass: CaseIterable, Sendable {
  /// Bandwidth of the accelerometers in Hz, by which a configuration names it.
  var hertz: Int { get }
}

/// What the options of every inertial chip hold.
protocol InertialOptions: SensorOptions {
  associatedtype Gyro: GyroFullScale
  associatedtype Accelerometer: AccelerometerFullScale
  associatedtype Filter: InertialLowPass
  /// Full scale of the gyroscopes.
  var gyroRange: Gyro { get set }
  /// Full scale of the accelerometers.
  var accelerometerRange: Accelerometer { get set }
  /// The low-pass filters of both.
  var lowPass: Filter { get set }
}

extension InertialOptions {
  /// The defaults, but for what a configuration says.
  init(_ use: InertialUse) {
    self.init(use.sensor)
    gyroRange = Gyro.allCases.first { $0.degreesPerSecond == use.gyroRange } ?? gyroRange
    accelerometerRange = Accelerometer.allCases.first { $0.g == use.accelerometerRange } ?? accelerometerRange
    lowPass = Filter.allCases.first { $0.hertz == use.lowPass } ?? lowPass
  }

  /// What the chip offers; the defaults are what is taken when a configuration names nothing.
  static func ranges(hasAuxiliaryBus: Bool = false) -> InertialRanges {
    let options = Self()
    return InertialRanges(
      gyro: Gyro.allCases.map(\.degreesPerSecond), accelerometer: Accelerometer.allCases.map(\.g),
      lowPass: Filter.allCases.map(\.hertz),
      standard: (options.gyroRange.degreesPerSecond, options.accelerometerRange.g, options.lowPass.hertz),
      hasAuxiliaryBus: hasAuxiliaryBus)
  }
}
