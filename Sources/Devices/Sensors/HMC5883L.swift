import HardwareInterfaces

/// Honeywell HMC5883L: three magnetometers on I2C. Most boards that bear its name carry a `QMC5883L`, another chip at
/// another address.
///
/// It has no reset command and no flag of new data that a reading clears: the driver writes every register, and takes
/// a frame that repeats the last one for an old one.
public struct HMC5883L: MagneticRegisterSensor {
  /// Full scale; the raw value is the field GN.
  public enum Range: UInt8, CaseIterable, Sendable {
    case microtesla88 = 0
    case microtesla130 = 1
    case microtesla190 = 2
    case microtesla250 = 3
    case microtesla400 = 4
    case microtesla470 = 5
    case microtesla560 = 6
    case microtesla810 = 7

    /// Counts per gauss (HMC5883L datasheet rev. E, table 9).
    public var countsPerGauss: Float {
      switch self {
      case .microtesla88: 1370
      case .microtesla130: 1090
      case .microtesla190: 820
      case .microtesla250: 660
      case .microtesla400: 440
      case .microtesla470: 390
      case .microtesla560: 330
      case .microtesla810: 230
      }
    }
  }

  /// How the chip is used.
  public struct Options: SensorOptions {
    /// 7-bit address.
    public var address: UInt8 = 0x1E
    /// Samples per second, at most 75, the chip's own rate.
    public var rate: Double = 50
    /// Full scale.
    public var range = Range.microtesla190
    /// Values of the first identity register that are taken for this chip: the letter H.
    public var acceptedIdentities: [UInt8] = [0x48]
    /// Identical readings in a row that mean the chip no longer measures. Six are frozen anyway. `nil` never complains.
    public var frozenAfter: Int? = 6

    /// The defaults above.
    public init() {}
  }

  /// Registers (HMC5883L datasheet rev. E, table 2).
  private enum Register {
    static let configurationA: UInt16 = 0x00
    static let configurationB: UInt16 = 0x01
    static let mode: UInt16 = 0x02
    /// X, then Z, then Y.
    static let data: UInt16 = 0x03
    static let identity: UInt16 = 0x0A
  }

  /// How the chip is used.
  public let options: Options

  var core: SensorCore

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 75))
  }

  /// Two measurements.
  var settlingTime: Int64 { 30_000 }

  static let reset = ChipReset(command: nil, wait: 1_000)
  static let identityRegister = Register.identity

  /// The identity is three letters, "H43".
  mutating func prepare<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    let letters: InlineArray<3, UInt8> = try readFrame(Register.identity, &bus)
    guard letters[1] == 0x34, letters[2] == 0x33 else { return core.state.retry(.wrongIdentity, now: now) }
    core.state.enter(.configure, at: now)
  }

  var rows: Int { 3 }

  /// The register table; a chip after power-on rests (0x01 in the first row).
  func setting(at row: Int) -> RegisterSetting {
    switch row {
    case 0: RegisterSetting(Register.mode, 0x00, mask: 0x03)
    case 1: RegisterSetting(Register.configurationB, options.range.rawValue << 5)
    // Eight measurements averaged, 75 Hz, no bias current.
    default: RegisterSetting(Register.configurationA, 0x78)
    }
  }

  func row(written step: Int) -> Int { rows - 1 - step }

  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> MagneticFrame {
    let bytes: InlineArray<6, UInt8> = try readFrame(Register.data, &bus)
    let field = RawVector(
      x: bytes.int16(bigEndianAt: 0), y: bytes.int16(bigEndianAt: 4), z: bytes.int16(bigEndianAt: 2))
    // The converters have twelve bits; −4096 stands for a field that is too strong.
    return MagneticFrame(field: field, isNew: nil, isOverflow: !field.isWithin(-2048...2047))
  }

  func sample(_ field: RawVector) -> MagneticSample {
    MagneticSample(field: field.scaled(1e-4 / options.range.countsPerGauss))
  }
}

extension HMC5883L {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "hmc5883l", addresses: [0x1E], standardAddress: 0x1E, maximumRate: 75,
      bitsPerSample: TransferBits.readRegisters(6),
      identity: identity { $0 == 0x48 ? .compatible("HMC5883L") : nil },
      whenMissing:
        "boards sold as HMC5883L often carry a QMC5883L, which answers at 0x0D (chip: \"qmc5883l\"), "
        + "or a QMC5883P, at 0x2C (without a driver here)")
  }
}
