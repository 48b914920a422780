import HardwareInterfaces

/// ST LIS3MDL: three magnetometers on I2C.
///
/// Addresses advance by themselves only with bit 7 of the register's address set, as ST documents; public drivers
/// that leave it out work on some boards.
public struct LIS3MDL: MagneticRegisterSensor {
  /// Full scale; the raw value is the field FS.
  public enum Range: UInt8, CaseIterable, Sendable {
    case gauss4 = 0
    case gauss8 = 1
    case gauss12 = 2
    case gauss16 = 3

    /// Counts per gauss (DocID024204 rev. 6, table 3).
    public var countsPerGauss: Float {
      switch self {
      case .gauss4: 6842
      case .gauss8: 3421
      case .gauss12: 2281
      case .gauss16: 1711
      }
    }
  }

  /// How the chip is used.
  public struct Options: SensorOptions {
    /// 7-bit address: 0x1C, or 0x1E with the pin SA1 high.
    public var address: UInt8 = 0x1C
    /// Samples per second, at most 80, the chip's own rate.
    public var rate: Double = 50
    /// Full scale.
    public var range = Range.gauss8
    /// Values of WHO_AM_I that are taken for this chip.
    public var acceptedIdentities: [UInt8] = [0x3D]
    /// Identical readings in a row that mean the chip no longer measures, although it claims new data. `nil` never
    /// complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }

  /// Registers (DocID024204 rev. 6, section 7).
  private enum Register {
    static let whoAmI: UInt16 = 0x0F
    static let control1: UInt16 = 0x20
    static let control2: UInt16 = 0x21
    static let control3: UInt16 = 0x22
    static let control4: UInt16 = 0x23
    static let control5: UInt16 = 0x24
    /// Status and field, with addresses that advance: 7 bytes.
    static let status: UInt16 = 0x27 | 0x80
  }

  private static let dataReady: UInt8 = 0x08

  /// How the chip is used.
  public let options: Options

  var core: SensorCore

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 80))
  }

  /// Two measurements.
  var settlingTime: Int64 { 25_000 }

  static let reset = ChipReset(command: RegisterSetting(Register.control2, 0x04), wait: 10_000)
  static let identityRegister = Register.whoAmI

  var rows: Int { 5 }

  /// The register table; a reset chip is off (0x03 in the first row).
  func setting(at row: Int) -> RegisterSetting {
    switch row {
    case 0: RegisterSetting(Register.control3, 0x00)
    // Ultra-high performance on x and y, 80 Hz, with the thermometer.
    case 1: RegisterSetting(Register.control1, 0xFC)
    case 2: RegisterSetting(Register.control2, options.range.rawValue << 5)
    // Ultra-high performance on z.
    case 3: RegisterSetting(Register.control4, 0x0C)
    // The bytes of one reading stay together until all are read.
    default: RegisterSetting(Register.control5, 0x40)
    }
  }

  func row(written step: Int) -> Int { rows - 1 - step }

  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> MagneticFrame {
    let bytes: InlineArray<7, UInt8> = try readFrame(Register.status, &bus)
    let field = bytes.vector(littleEndianAt: 1)
    // The chip has no flag for a field that is too strong: its converters stand at their end.
    return MagneticFrame(
      field: field, isNew: bytes[0] & Self.dataReady != 0, isOverflow: !field.isWithin(-32767...32766))
  }

  func sample(_ field: RawVector) -> MagneticSample {
    MagneticSample(field: field.scaled(1e-4 / options.range.countsPerGauss))
  }
}

extension LIS3MDL {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "lis3mdl", addresses: [0x1C, 0x1E], maximumRate: 80,
      bitsPerSample: TransferBits.readRegisters(7),
      identity: identity {
        switch $0 {
        case 0x3D: .compatible("LIS3MDL")
        case 0x40: .other("LIS2MDL or IIS2MDC")
        default: nil
        }
      })
  }
}
