import HardwareInterfaces

/// InvenSense ICM-42688-P: three accelerometers and three gyroscopes on I2C, of low noise.
///
/// Both converters run at 1 kHz in low-noise mode, so a sample is never older than 1 ms.
public struct ICM42688P: InertialRegisterSensor {
  /// Full scale of the gyroscopes; the raw value is the field GYRO_FS_SEL. (The chip also has 62.5, 31.25 and
  /// 15.625 °/s, which no vehicle stays within.)
  public enum GyroRange: UInt8, GyroFullScale {
    case dps2000 = 0
    case dps1000 = 1
    case dps500 = 2
    case dps250 = 3
    case dps125 = 4

    /// Full scale in °/s.
    public var degreesPerSecond: Int { 2000 >> Int(rawValue) }
  }

  /// Full scale of the accelerometers; the raw value is the field ACCEL_FS_SEL.
  public enum AccelerometerRange: UInt8, AccelerometerFullScale {
    case g16 = 0
    case g8 = 1
    case g4 = 2
    case g2 = 3

    /// Full scale in multiples of standard gravity.
    public var g: Int { 16 >> Int(rawValue) }
  }

  /// The user-interface filters, of second order, named by their nominal bandwidth at 1 kHz; the raw value is the
  /// field UI_FILT_BW (DS-000347, section 14.37: the output data rate divided by 2, 4, 5, 8, 10, 16, 20, 40).
  public enum LowPass: UInt8, InertialLowPass {
    case hz500 = 0
    case hz250 = 1
    case hz200 = 2
    case hz125 = 3
    case hz100 = 4
    case hz62 = 5
    case hz50 = 6
    case hz25 = 7

    /// Nominal bandwidth in Hz.
    public var hertz: Int { ([500, 250, 200, 125, 100, 62, 50, 25] as InlineArray<8, Int>)[Int(rawValue)] }
  }

  /// How the chip is used.
  public struct Options: InertialOptions {
    /// 7-bit address: 0x68, or 0x69 with the pin AP_AD0 high.
    public var address: UInt8 = 0x68
    /// Samples per second, at most 1000.
    public var rate: Double = 500
    /// Full scale of the gyroscopes.
    public var gyroRange = GyroRange.dps1000
    /// Full scale of the accelerometers.
    public var accelerometerRange = AccelerometerRange.g8
    /// The low-pass filters of both.
    public var lowPass = LowPass.hz100
    /// Values of WHO_AM_I that are taken for this chip.
    public var acceptedIdentities: [UInt8] = [0x47]
    /// Identical readings in a row that mean the chip no longer measures, although it claims new data. `nil` never
    /// complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }

  /// Registers of bank 0 (DS-000347 revision 1.6, section 13.1).
  private enum Register {
    static let deviceConfiguration: UInt16 = 0x11
    /// Temperature, accelerations, rates, two bytes of time, interrupt status: 17 bytes.
    static let data: UInt16 = 0x1D
    static let interfaceConfiguration: UInt16 = 0x4D
    static let powerManagement: UInt16 = 0x4E
    static let gyroConfiguration: UInt16 = 0x4F
    static let accelerometerConfiguration: UInt16 = 0x50
    static let filterConfiguration: UInt16 = 0x52
    static let interruptSource: UInt16 = 0x65
    static let whoAmI: UInt16 = 0x75
  }

  /// Output data rate of 1 kHz, in the low bits of both configurations.
  private static let kilohertz: UInt8 = 6
  private static let dataReady: UInt8 = 0x08

  /// How the chip is used.
  public let options: Options

  var core: SensorCore
  var lastTemperature: Float?

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 1000))
  }

  /// Die temperature in °C: raw/132.48 + 25 (DS-000347, section 4.13).
  public static func temperature(raw: Int16) -> Float { Float(raw) / 132.48 + 25 }

  // MARK: - Registers

  /// The gyroscopes need 30 ms from off to on and must stay on for 45 ms.
  var settlingTime: Int64 { 60_000 }

  /// The reset takes 1 ms.
  static let reset = ChipReset(command: RegisterSetting(Register.deviceConfiguration, 0x01), wait: 5_000)
  static let identityRegister = Register.whoAmI
  static let banks: RegisterBanks? = RegisterBanks(register: 0x76, shift: 0)

  var rows: Int { 6 }

  /// The register table; a reset chip is off (0x00 in the first row).
  func setting(at row: Int) -> RegisterSetting {
    switch row {
    case 0: RegisterSetting(Register.powerManagement, 0x0F)
    case 1: RegisterSetting(Register.gyroConfiguration, options.gyroRange.rawValue << 5 | Self.kilohertz)
    case 2:
      RegisterSetting(
        Register.accelerometerConfiguration, options.accelerometerRange.rawValue << 5 | Self.kilohertz)
    case 3:
      RegisterSetting(Register.filterConfiguration, options.lowPass.rawValue << 4 | options.lowPass.rawValue)
    case 4: RegisterSetting(Register.interruptSource, Self.dataReady)
    // Bits 7 and 6 to 01, the others as after a reset: with the adaptive full scale on, gyroscopes have stood still in
    // flight. The datasheet calls the bits reserved; autopilots set them since (ArduPilot, AP_InertialSensor_Invensensev3).
    default: RegisterSetting(Register.interfaceConfiguration, 0x51, mask: 0xC0)
    }
  }

  /// Power comes last: full scale and rate are set while the converters are off.
  func row(written step: Int) -> Int { rows - 1 - step }

  /// No register may be written for 200 µs after the converters are switched on.
  func pause(after row: Int) -> Int64 { row == 0 ? 300 : 0 }

  // MARK: - Sampling

  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> InertialFrame {
    let bytes: InlineArray<17, UInt8> = try readFrame(Register.data, &bus)
    return InertialFrame(
      acceleration: bytes.vector(bigEndianAt: 2), rate: bytes.vector(bigEndianAt: 8),
      temperature: bytes.int16(bigEndianAt: 0), isNew: bytes[16] & Self.dataReady != 0)
  }

  func celsius(_ raw: Int16) -> Float { Self.temperature(raw: raw) }
}

extension ICM42688P {
  /// The MPU-6050's family has its identity in the same place.
  private static func otherwise(_ identity: UInt8) -> LikelyPart? {
    switch MPU6050.likelyPart(identity: identity) {
    case .compatible(let name), .other(let name): .other(name)
    case let part: part
    }
  }

  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "icm42688p", addresses: [0x68, 0x69], maximumRate: 1000,
      bitsPerSample: TransferBits.readRegisters(17),
      identity: identity {
        switch $0 {
        case 0x47: .compatible("ICM-42688-P")
        case 0x42: .compatible("ICM-42605, the same registers")
        case 0x44: .other("ICM-42686-P")
        case 0xDB: .compatible("ICM-42688-V")
        default: otherwise($0)
        }
      },
      inertial: Options.ranges())
  }
}
