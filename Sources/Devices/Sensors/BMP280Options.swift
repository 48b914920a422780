import HardwareInterfaces

extension BMP280 {
  /// How many conversions the chip averages into one; the raw value is the field osrs.
  public enum Oversampling: UInt8, CaseIterable, Sendable {
    case x1 = 1
    case x2 = 2
    case x4 = 3
    case x8 = 4
    case x16 = 5

    /// Conversions per measurement.
    public var factor: Int { 1 << (Int(rawValue) - 1) }
  }

  /// The chip's recursive filter, named by its coefficient; the raw value is the field filter.
  public enum Filter: UInt8, CaseIterable, Sendable {
    case off = 0
    case coefficient2 = 1
    case coefficient4 = 2
    case coefficient8 = 3
    case coefficient16 = 4
  }

  /// How the chip is used.
  public struct Options: SensorOptions {
    /// 7-bit address: 0x76, or 0x77 with the pin SDO high.
    public var address: UInt8 = 0x76
    /// Samples per second; `maximumRate` says what the oversampling allows.
    public var rate: Double = 25
    /// Oversampling of the pressure.
    public var pressureOversampling = Oversampling.x4
    /// Oversampling of the temperature.
    public var temperatureOversampling = Oversampling.x1
    /// The chip's recursive filter; off, because the estimator filters with knowledge of the motion.
    public var filter = Filter.off
    /// Chip identities taken: 0x58 BMP280, 0x60 BME280 (the same barometer with a hygrometer beside it, and
    /// often sold under the other's name).
    public var acceptedIdentities: [UInt8] = [0x58, 0x60]
    /// Identical readings in a row that mean the chip no longer measures. Noise of 2 Pa makes a repetition
    /// by chance one in forty, so 8 are out of chance's reach. `nil` never complains.
    public var frozenAfter: Int? = 8

    /// The defaults above.
    public init() {}

    /// Longest time of one measurement in µs: 1.25 + 2.3 per temperature conversion + 2.3 per pressure
    /// conversion + 0.575 ms (datasheet BST-BMP280-DS001, section 3.8.1 and appendix of the BME280).
    public var longestMeasurement: Int {
      1_250 + 2_300 * temperatureOversampling.factor + 2_300 * pressureOversampling.factor + 575
    }

    /// Samples per second at which each reads a new measurement: the chip rests 0.5 ms between two.
    public var maximumRate: Double { 1e6 / Double(longestMeasurement + 500) }

    /// The row of the register table that the chip takes reliably only while it sleeps: 0.5 ms between measurements
    /// (standby field 0), and the filter.
    var configuration: RegisterSetting {
      RegisterSetting(Register.configuration, filter.rawValue << 2, mask: 0xFD)
    }

    /// The row that also starts the measurements, continuous ones (mode 3).
    var measurementControl: RegisterSetting {
      RegisterSetting(
        Register.measurementControl,
        temperatureOversampling.rawValue << 5 | pressureOversampling.rawValue << 2 | 3)
    }
  }
}

extension BMP280 {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "bmp280", addresses: [0x76, 0x77], maximumRate: Int(Options().maximumRate),
      bitsPerSample: TransferBits.readRegisters(10),
      identity: identity { likelyPart(identity: $0) })
  }
}
