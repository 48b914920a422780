import HardwareInterfaces

/// Asahi Kasei AK09916: the magnetometer inside the ICM-20948, at an address of its own behind the ICM's bypass.
///
/// It answers only after the ICM-20948's driver has opened the bypass, and not while that chip is being reset.
/// Readings are in the axes of the ICM-20948's accelerometers, so one mounting serves both.
public struct AK09916: MagneticRegisterSensor {
  /// How the chip is used.
  public struct Options: SensorOptions {
    /// 7-bit address.
    public var address: UInt8 = 0x0C
    /// Samples per second, at most 100, the chip's own rate.
    public var rate: Double = 50
    /// Values of WIA2 that are taken for this chip.
    public var acceptedIdentities: [UInt8] = [0x09]
    /// Identical readings in a row that mean the chip no longer measures, although it claims new data. `nil` never
    /// complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }

  /// Registers (AK09916 datasheet 014007044-E-00, section 11).
  private enum Register {
    static let identity: UInt16 = 0x01
    /// Status 1, field, one unused byte, status 2, which releases the data: 9 bytes.
    static let status1: UInt16 = 0x10
    static let control2: UInt16 = 0x31
    static let control3: UInt16 = 0x32
  }

  private static let dataReady: UInt8 = 0x01
  private static let overflow: UInt8 = 0x08
  /// T per count, the same for every axis and specimen (section 5).
  public static let scale: Float = 0.15e-6

  /// How the chip is used.
  public let options: Options

  var core: SensorCore

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 100))
  }

  /// Two measurements.
  var settlingTime: Int64 { 20_000 }

  static let reset = ChipReset(command: RegisterSetting(Register.control3, 0x01), wait: 1_000)
  static let identityRegister = Register.identity

  var rows: Int { 1 }

  /// Continuous at 100 Hz.
  func setting(at row: Int) -> RegisterSetting { RegisterSetting(Register.control2, 0x08) }

  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> MagneticFrame {
    let bytes: InlineArray<9, UInt8> = try readFrame(Register.status1, &bus)
    return MagneticFrame(
      field: bytes.vector(littleEndianAt: 1), isNew: bytes[0] & Self.dataReady != 0,
      isOverflow: bytes[8] & Self.overflow != 0)
  }

  /// The magnetometer's y and z point the other way than the accelerometers' (DS-000189, figures 12 and 13).
  func sample(_ field: RawVector) -> MagneticSample {
    MagneticSample(
      field: (Float(field.x) * Self.scale, Float(field.y) * -Self.scale, Float(field.z) * -Self.scale))
  }
}

extension AK09916 {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "ak09916", addresses: [0x0C], standardAddress: 0x0C, maximumRate: 100,
      bitsPerSample: TransferBits.readRegisters(9),
      identity: identity {
        switch $0 {
        case 0x09: .compatible("AK09916")
        case 0x04: .other("AK09911")
        case 0x05: .other("AK09912")
        case 0x9A: .other("AK8963")
        default: nil
        }
      },
      carriers: ["icm20948"])
  }
}
