/// What is known of a chip before anything is said to it: a configuration is checked against it, and a probe
/// recognises the chip by it.
public struct ChipFacts: Sendable {
  /// The name in a configuration, for example "mpu6050".
  public var name: String
  /// 7-bit addresses that the chip can have, in rising order.
  public var addresses: [UInt8]
  /// The address of a chip whose configuration gives none; `nil` when one must be given.
  public var standardAddress: UInt8?
  /// Largest number of samples per second that are each a new measurement.
  public var maximumRate: Int
  /// Bit times on the bus for one sample, re-checks left out.
  public var bitsPerSample: Int
  /// How it is recognised; `nil` for a chip without an identity.
  public var identity: ChipIdentity?
  /// Full scales and filters; only for inertial chips.
  public var inertial: InertialRanges?

  /// Facts from their parts.
  public init(
    name: String, addresses: [UInt8], standardAddress: UInt8? = nil, maximumRate: Int, bitsPerSample: Int,
    identity: ChipIdentity?, inertial: InertialRanges? = nil
  ) {
    (self.name, self.addresses, self.standardAddress) = (name, addresses, standardAddress)
    (self.maximumRate, self.bitsPerSample) = (maximumRate, bitsPerSample)
    (self.identity, self.inertial) = (identity, inertial)
  }
}

/// How a chip says what it is.
public struct ChipIdentity: Sendable {
  /// The register's address as it goes over the wire: one byte, or two for wide addresses.
  public var register: [UInt8]
  /// What the register's first byte holds in the genuine part.
  public var values: [UInt8]
  /// The part that most likely stands behind another value.
  public var likelyPart: @Sendable (UInt8) -> String?

  /// An identity from its parts.
  public init(register: [UInt8], values: [UInt8], likelyPart: @escaping @Sendable (UInt8) -> String?) {
    (self.register, self.values, self.likelyPart) = (register, values, likelyPart)
  }
}

/// The settings that an inertial chip offers.
public struct InertialRanges: Sendable {
  /// Full scales of the gyroscopes in °/s.
  public var gyro: [Int]
  /// Full scales of the accelerometers in multiples of standard gravity.
  public var accelerometer: [Int]
  /// Bandwidths of the low-pass filter in Hz.
  public var lowPass: [Int]
  /// What is taken when the configuration names none.
  public var standard: (gyro: Int, accelerometer: Int, lowPass: Int)

  /// Settings from their parts.
  public init(
    gyro: [Int], accelerometer: [Int], lowPass: [Int],
    standard: (gyro: Int, accelerometer: Int, lowPass: Int)
  ) {
    (self.gyro, self.accelerometer) = (gyro, accelerometer)
    (self.lowPass, self.standard) = (lowPass, standard)
  }
}
