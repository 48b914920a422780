import HardwareInterfaces

/// QST QMC5883L: three magnetometers on I2C, mostly found on boards sold as HMC5883L.
///
/// Its identity, 0xFF, is what a floating bus also reads, so the driver trusts it only together with registers that
/// read back what a reset leaves in them and what was written.
public struct QMC5883L: MagneticRegisterSensor {
  /// Full scale; the raw value is the field RNG.
  public enum Range: UInt8, CaseIterable, Sendable {
    case gauss2 = 0
    case gauss8 = 1

    /// T per count: 12000 and 3000 counts per gauss.
    public var scale: Float {
      switch self {
      case .gauss2: 1e-4 / 12_000
      case .gauss8: 1e-4 / 3_000
      }
    }
  }

  /// How the chip is used.
  public struct Options: SensorOptions {
    /// 7-bit address.
    public var address: UInt8 = 0x0D
    /// Samples per second, at most 200, the chip's own rate.
    public var rate: Double = 50
    /// Full scale; the wider one leaves room for the magnets of motors.
    public var range = Range.gauss8
    /// Values of the identity register that are taken for this chip.
    public var acceptedIdentities: [UInt8] = [0xFF]
    /// Identical readings in a row that mean the chip no longer measures, although it claims new data. `nil` never
    /// complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }

  /// Registers (QMC5883L datasheet 1.0, section 9).
  private enum Register {
    static let data: UInt16 = 0x00
    static let status: UInt16 = 0x06
    static let control1: UInt16 = 0x09
    static let control2: UInt16 = 0x0A
    static let period: UInt16 = 0x0B
    static let identity: UInt16 = 0x0D
  }

  private static let dataReady: UInt8 = 0x01
  private static let overflow: UInt8 = 0x02

  /// How the chip is used.
  public let options: Options

  var core: SensorCore

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 200))
  }

  /// Two measurements.
  var settlingTime: Int64 { 10_000 }

  static let reset = ChipReset(command: RegisterSetting(Register.control2, 0x80), wait: 5_000)
  static let identityRegister = Register.identity

  /// After a reset the chip stands by; a floating bus would read 0xFF here too.
  mutating func prepare<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    guard try read(Register.control1, &bus) == 0 else { return core.state.retry(.wrongIdentity, now: now) }
    core.state.enter(.configure, at: now)
  }

  var rows: Int { 2 }

  /// The register table; a reset chip stands by (0x00 in the first row).
  func setting(at row: Int) -> RegisterSetting {
    // Oversampling 512, full scale, 200 Hz, continuous; and the period of set and reset that the datasheet asks for.
    row == 0
      ? RegisterSetting(Register.control1, options.range.rawValue << 4 | 0x0D)
      : RegisterSetting(Register.period, 0x01)
  }

  func row(written step: Int) -> Int { rows - 1 - step }

  /// The flag of new data falls with the first byte of data that is read, so the status comes first.
  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> MagneticFrame {
    let status = try read(Register.status, &bus)
    let bytes: InlineArray<6, UInt8> = try readFrame(Register.data, &bus)
    return MagneticFrame(
      field: bytes.vector(littleEndianAt: 0), isNew: status & Self.dataReady != 0,
      isOverflow: status & Self.overflow != 0)
  }

  func sample(_ field: RawVector) -> MagneticSample {
    MagneticSample(field: field.scaled(options.range.scale))
  }
}

extension QMC5883L {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "qmc5883l", addresses: [0x0D], standardAddress: 0x0D, maximumRate: 200,
      bitsPerSample: TransferBits.readRegisters(1) + TransferBits.readRegisters(6),
      identity: identity {
        .compatible($0 == 0xFF ? "QMC5883L (or a floating bus)" : "a variant of the QMC5883L")
      },
      othersAt: [
        0x2C: "that of the QMC5883P, whose registers differ; there is no driver for it",
        0x1E: "that of the HMC5883L, whose registers differ: chip \"hmc5883l\"",
      ],
      whenMissing:
        "an HMC5883L answers at 0x1E (chip: \"hmc5883l\"), a QMC5883P at 0x2C (without a driver here)")
  }
}
