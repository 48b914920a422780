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
  /// Inertial chips inside which it sits, one of which must be on its bus; empty for a chip of its own.
  public var carriers: [String]
  /// Largest voltage in V across the shunt of a battery monitor that it measures; `nil` for other chips.
  public var shuntFullScale: Double?
  /// What answers at other addresses on boards that are sold or taken for this chip, in words that follow "it is".
  public var othersAt: [UInt8: String]
  /// What an owner may have instead when nothing answers, as a sentence without its end; `nil` for nothing special.
  public var whenMissing: String?

  /// Facts from their parts.
  public init(
    name: String, addresses: [UInt8], standardAddress: UInt8? = nil, maximumRate: Int, bitsPerSample: Int,
    identity: ChipIdentity?, inertial: InertialRanges? = nil, carriers: [String] = [],
    shuntFullScale: Double? = nil, othersAt: [UInt8: String] = [:], whenMissing: String? = nil
  ) {
    (self.name, self.addresses, self.standardAddress) = (name, addresses, standardAddress)
    (self.maximumRate, self.bitsPerSample) = (maximumRate, bitsPerSample)
    (self.identity, self.inertial) = (identity, inertial)
    (self.carriers, self.whenMissing) = (carriers, whenMissing)
    (self.shuntFullScale, self.othersAt) = (shuntFullScale, othersAt)
  }
}

/// How a chip says what it is.
public struct ChipIdentity: Sendable {
  /// The register's address as it goes over the wire: one byte, or two for wide addresses.
  public var register: [UInt8]
  /// What the register's first byte holds in the genuine part.
  public var values: [UInt8]
  /// The part that most likely stands behind another value.
  public var likelyPart: @Sendable (UInt8) -> LikelyPart?

  /// An identity from its parts.
  public init(register: [UInt8], values: [UInt8], likelyPart: @escaping @Sendable (UInt8) -> LikelyPart?) {
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
  /// Whether the chip can join an auxiliary bus to the host's.
  public var hasAuxiliaryBus: Bool
  /// What is taken when the configuration names none.
  public var standard: (gyro: Int, accelerometer: Int, lowPass: Int)

  /// Settings from their parts.
  public init(
    gyro: [Int], accelerometer: [Int], lowPass: [Int],
    standard: (gyro: Int, accelerometer: Int, lowPass: Int), hasAuxiliaryBus: Bool = false
  ) {
    (self.gyro, self.accelerometer) = (gyro, accelerometer)
    (self.lowPass, self.standard) = (lowPass, standard)
    self.hasAuxiliaryBus = hasAuxiliaryBus
  }
}

/// What may stand behind an identity.
public enum LikelyPart: Sendable, Equatable, CustomStringConvertible {
  /// A part that the driver can work with, once its identity is accepted.
  case compatible(String)
  /// A part with other registers.
  case other(String)
  /// No chip at all.
  case nothing

  /// Its name, and that it has other registers if it has.
  public var description: String {
    switch self {
    case .compatible(let name): name
    case .other(let name): "\(name), which has other registers"
    case .nothing: "no chip: a floating or shorted bus"
    }
  }
}
