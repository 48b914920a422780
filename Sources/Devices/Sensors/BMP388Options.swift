import HardwareInterfaces

extension BMP388 {
  /// How many conversions the chip averages into one; the raw value is the field osr.
  public enum Oversampling: UInt8, CaseIterable, Sendable {
    case x1 = 0
    case x2 = 1
    case x4 = 2
    case x8 = 3
    case x16 = 4
    case x32 = 5

    /// Conversions per measurement.
    public var factor: Int { 1 << Int(rawValue) }
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
    /// Chip identities taken: 0x50 BMP388, 0x60 BMP390, whose registers and formulas are the same.
    public var acceptedIdentities: [UInt8] = [0x50, 0x60]
    /// Identical readings in a row that mean the chip no longer measures. `nil` never complains.
    public var frozenAfter: Int? = 8

    /// The defaults above.
    public init() {}

    /// Longest time of one measurement in µs: 234 + 392 + 2020 per pressure conversion + 313 + 2020 per
    /// temperature conversion, the larger of the figures of the datasheet (section 3.9.2) and of Bosch's
    /// driver, which disagree.
    public var longestMeasurement: Int {
      939 + 2_020 * (pressureOversampling.factor + temperatureOversampling.factor)
    }

    /// The field odr_sel: the shortest period, 5 ms · 2ⁿ, that holds a measurement. With a shorter one the
    /// chip reports a configuration error and does not measure.
    var dataRateSetting: UInt8 {
      var setting: UInt8 = 0
      while 5_000 << Int(setting) < longestMeasurement + longestMeasurement / 10 { setting += 1 }
      return setting
    }

    /// Samples per second at which each reads a new measurement.
    public var maximumRate: Double { 200 / Double(1 << Int(dataRateSetting)) }
  }
}

extension BMP388 {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "bmp388", addresses: [0x76, 0x77], maximumRate: Int(Options().maximumRate),
      bitsPerSample: TransferBits.readRegisters(8),
      identity: identity { likelyPart(identity: $0) })
  }

  /// What is known of the BMP390, whose registers and formulas are the same.
  public static var facts390: ChipFacts {
    var facts = facts
    facts.name = "bmp390"
    facts.identity?.values = [0x60]
    return facts
  }
}
