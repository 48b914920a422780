/// How a sensor is used, whatever the chip: what a configuration says of every one.
public struct SensorUse: Equatable, Sendable {
  /// 7-bit address.
  public var address: UInt8
  /// Samples per second.
  public var rate: Double
  /// Values of the identity register that are taken for this chip; empty for a chip without one.
  public var acceptedIdentities: [UInt8]
  /// Whether the chip plays a recording back: identical readings then say how coarse the recording is, not that the chip
  /// no longer measures.
  public var playsBack: Bool

  /// A use from its parts.
  public init(address: UInt8, rate: Double, acceptedIdentities: [UInt8] = [], playsBack: Bool = false) {
    (self.address, self.rate, self.acceptedIdentities) = (address, rate, acceptedIdentities)
    self.playsBack = playsBack
  }
}

/// How an inertial sensor is used.
public struct InertialUse: Equatable, Sendable {
  /// What is said of every sensor.
  public var sensor: SensorUse
  /// Full scale of the gyroscopes in °/s, one that the chip has.
  public var gyroRange: Int
  /// Full scale of the accelerometers in multiples of standard gravity, one that the chip has.
  public var accelerometerRange: Int
  /// Bandwidth of the low-pass filter in Hz, one that the chip has.
  public var lowPass: Int

  /// Whether a magnetometer behind the chip is to answer on the same bus.
  public var auxiliaryBypass: Bool

  /// A use from its parts.
  public init(
    sensor: SensorUse, gyroRange: Int, accelerometerRange: Int, lowPass: Int, auxiliaryBypass: Bool = false
  ) {
    (self.sensor, self.gyroRange) = (sensor, gyroRange)
    (self.accelerometerRange, self.lowPass) = (accelerometerRange, lowPass)
    self.auxiliaryBypass = auxiliaryBypass
  }
}

/// How a battery monitor is used.
public struct PowerUse: Equatable, Sendable {
  /// What is said of every sensor.
  public var sensor: SensorUse
  /// Resistance of the shunt in Ω.
  public var shuntResistance: Double

  /// A use from its parts.
  public init(sensor: SensorUse, shuntResistance: Double) {
    (self.sensor, self.shuntResistance) = (sensor, shuntResistance)
  }
}

/// How a differential pressure sensor is used.
public struct DifferentialPressureUse: Equatable, Sendable {
  /// What is said of every sensor.
  public var sensor: SensorUse
  /// The pressure in Pa at the end of its range, of either sign.
  public var range: Double

  /// A use from its parts.
  public init(sensor: SensorUse, range: Double) { (self.sensor, self.range) = (sensor, range) }
}

/// How a converter of several analog inputs is used.
public struct AnalogUse: Equatable, Sendable {
  /// What is said of every sensor.
  public var sensor: SensorUse
  /// The inputs that are read, a bit for each.
  public var inputs: UInt8
  /// Largest voltage that is measured, in V.
  public var fullScale: Double

  /// A use from its parts.
  public init(sensor: SensorUse, inputs: UInt8, fullScale: Double) {
    (self.sensor, self.inputs, self.fullScale) = (sensor, inputs, fullScale)
  }
}

/// How the inputs of a chip of digital lines are used.
public struct PortUse: Equatable, Sendable {
  /// What is said of every sensor.
  public var sensor: SensorUse
  /// The lines that are pulled up inside the chip, a bit for each.
  public var pullUps: UInt16

  /// A use from its parts.
  public init(sensor: SensorUse, pullUps: UInt16) {
    (self.sensor, self.pullUps) = (sensor, pullUps)
  }
}
