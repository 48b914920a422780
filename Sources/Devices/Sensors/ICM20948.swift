import HardwareInterfaces

/// InvenSense ICM-20948: three accelerometers and three gyroscopes on I2C, in four banks of registers.
///
/// Both converters run at their fastest with the filter on, 1125 Hz, so a sample is never older than 0.9 ms. The
/// magnetometer inside is another chip on the same bus, the `AK09916`, which answers once this driver has opened the
/// way. Which bank is selected is a state of the chip: the driver remembers it and forgets it at every error.
public struct ICM20948: InertialRegisterSensor {
  /// How the chip is used.
  public struct Options: InertialOptions {
    /// 7-bit address: 0x69, or 0x68 with the pin AD0 low.
    public var address: UInt8 = 0x69
    /// Samples per second, at most 1000.
    public var rate: Double = 500
    /// Full scale of the gyroscopes.
    public var gyroRange = MPU6050.GyroRange.dps1000
    /// Full scale of the accelerometers.
    public var accelerometerRange = MPU6050.AccelerometerRange.g8
    /// The low-pass filters of both.
    public var lowPass = LowPass.hz111
    /// Values of WHO_AM_I that are taken for this chip.
    public var acceptedIdentities: [UInt8] = [0xEA]
    /// Whether the magnetometer inside answers on the same bus.
    public var auxiliaryBypass = true
    /// Identical readings in a row that mean the chip no longer measures. The chip's flag of new data stands too far
    /// from its data to be read with them; six are frozen anyway. `nil` never complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }

  /// The digital low-pass filter, named by the accelerometers' bandwidth in Hz; the raw value is ACCEL_DLPFCFG, and
  /// the gyroscopes get the setting nearest to it (DS-000189, tables 16 and 18).
  public enum LowPass: UInt8, InertialLowPass {
    case hz473 = 7
    case hz246 = 1
    case hz111 = 2
    case hz50 = 3
    case hz24 = 4
    case hz11 = 5
    case hz6 = 6

    /// Bandwidth of the accelerometers in Hz, rounded.
    public var hertz: Int { ([246, 246, 111, 50, 24, 11, 6, 473] as InlineArray<8, Int>)[Int(rawValue)] }

    /// The field GYRO_DLPFCFG: 361, 197, 120, 51, 24, 12 and 6 Hz.
    var gyroSetting: UInt8 { self == .hz246 ? 0 : rawValue }
  }

  /// Registers (DS-000189 revision 1.3, sections 7 and 8), the bank in the high byte.
  private enum Register {
    static let whoAmI: UInt16 = 0x000
    static let userControl: UInt16 = 0x003
    static let powerManagement1: UInt16 = 0x006
    static let powerManagement2: UInt16 = 0x007
    static let interruptPin: UInt16 = 0x00F
    /// Accelerations, rates, temperature: not the order of the MPU-6050.
    static let data: UInt16 = 0x02D
    static let gyroDivider: UInt16 = 0x200
    static let gyroConfiguration: UInt16 = 0x201
    static let accelerometerDividerHigh: UInt16 = 0x210
    static let accelerometerDividerLow: UInt16 = 0x211
    static let accelerometerConfiguration: UInt16 = 0x214
  }

  /// How the chip is used.
  public let options: Options

  var core: SensorCore
  var lastTemperature: Float?

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 1000))
  }

  /// Die temperature in °C: raw/333.87 + 21 (DS-000189, section 8.31).
  public static func temperature(raw: Int16) -> Float { Float(raw) / 333.87 + 21 }

  // MARK: - Registers

  /// The gyroscopes need 35 ms after wake-up, the accelerometers 20 ms.
  var settlingTime: Int64 { 60_000 }

  static let reset = ChipReset(command: RegisterSetting(Register.powerManagement1, 0x80), wait: 100_000)
  static let identityRegister = Register.whoAmI
  static let banks: RegisterBanks? = RegisterBanks(register: 0x7F, shift: 4)

  var rows: Int { 9 }

  /// The register table; a reset chip sleeps (0x41 in the first row).
  func setting(at row: Int) -> RegisterSetting {
    switch row {
    case 0: RegisterSetting(Register.powerManagement1, 0x01)
    case 1: RegisterSetting(Register.powerManagement2, 0x00)
    case 2: RegisterSetting(Register.userControl, 0x00)
    case 3: RegisterSetting(Register.interruptPin, options.auxiliaryBypass ? 0x02 : 0x00)
    case 4: RegisterSetting(Register.gyroDivider, 0)
    case 5:
      // Filter setting, full scale, and the bit that puts the filter into the path.
      RegisterSetting(
        Register.gyroConfiguration, options.lowPass.gyroSetting << 3 | options.gyroRange.rawValue << 1 | 1)
    case 6: RegisterSetting(Register.accelerometerDividerHigh, 0, mask: 0x0F)
    case 7: RegisterSetting(Register.accelerometerDividerLow, 0)
    default:
      RegisterSetting(
        Register.accelerometerConfiguration,
        options.lowPass.rawValue << 3 | options.accelerometerRange.rawValue << 1 | 1)
    }
  }

  // MARK: - Sampling

  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> InertialFrame {
    let bytes: InlineArray<14, UInt8> = try readFrame(Register.data, &bus)
    return InertialFrame(
      acceleration: bytes.vector(bigEndianAt: 0), rate: bytes.vector(bigEndianAt: 6),
      temperature: bytes.int16(bigEndianAt: 12), isNew: nil)
  }

  func celsius(_ raw: Int16) -> Float { Self.temperature(raw: raw) }
}

extension ICM20948 {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "icm20948", addresses: [0x68, 0x69], maximumRate: 1000,
      bitsPerSample: TransferBits.readRegisters(14),
      identity: identity {
        switch $0 {
        case 0xEA: .compatible("ICM-20948")
        case 0xE1: .compatible("ICM-20648, the same without a magnetometer")
        default: nil
        }
      },
      inertial: Options.ranges(hasAuxiliaryBus: true))
  }

  /// See `ConfiguredSensor`.
  public init(_ use: InertialUse) {
    var options = Options(use)
    options.auxiliaryBypass = use.auxiliaryBypass
    self.init(options: options)
  }
}
