import HardwareInterfaces

/// ST LSM6DSOX: three accelerometers and three gyroscopes on I2C.
///
/// Both converters run at 1667 Hz, so a sample is never older than 0.6 ms. ST's sensitivities are not the full scale
/// divided by 32768 ("250 °/s" reaches 286 °/s), so they have figures of their own.
public struct LSM6DSOX: InertialRegisterSensor {
  /// Full scale of the gyroscopes; the raw value is the field FS_G with FS_125 as its lowest bit.
  public enum GyroRange: UInt8, GyroFullScale {
    case dps125 = 1
    case dps250 = 0
    case dps500 = 2
    case dps1000 = 4
    case dps2000 = 6

    /// Nominal full scale in °/s.
    public var degreesPerSecond: Int {
      switch self {
      case .dps125: 125
      case .dps250: 250
      case .dps500: 500
      case .dps1000: 1000
      case .dps2000: 2000
      }
    }

    /// rad/s per count: 4.375 m°/s at 125 °/s, and in proportion (DS12814, table 2).
    var scale: Float { 0.004375 * Float(degreesPerSecond / 125) * (Float.pi / 180) }
  }

  /// Full scale of the accelerometers; the raw value is the field FS_XL, which is not in order.
  public enum AccelerometerRange: UInt8, AccelerometerFullScale {
    case g2 = 0
    case g4 = 2
    case g8 = 3
    case g16 = 1

    /// Full scale in multiples of standard gravity.
    public var g: Int {
      switch self {
      case .g2: 2
      case .g4: 4
      case .g8: 8
      case .g16: 16
      }
    }

    /// m/s² per count: 0.061 mg at 2 g, and in proportion (DS12814, table 2).
    var scale: Float { 0.000061 * Float(g / 2) * 9.80665 }
  }

  /// The low-pass filters at 1667 Hz, named by the accelerometers' bandwidth (DS12814, tables 60 and 67).
  public enum LowPass: Int, InertialLowPass {
    case hz833 = 833
    case hz416 = 416
    case hz166 = 166
    case hz83 = 83
    case hz37 = 37
    case hz16 = 16

    /// Bandwidth of the accelerometers in Hz: the output data rate divided by 2, 4, 10, 20, 45, 100.
    public var hertz: Int { rawValue }

    /// The field HPCF_XL, or `nil` without the second filter.
    var accelerometerSetting: UInt8? {
      switch self {
      case .hz833: nil
      case .hz416: 0
      case .hz166: 1
      case .hz83: 2
      case .hz37: 3
      case .hz16: 4
      }
    }

    /// The field FTYPE: 304, 304, 167, 100, 50 and 25 Hz.
    var gyroSetting: UInt8 {
      switch self {
      case .hz833, .hz416: 0
      case .hz166: 2
      case .hz83: 4
      case .hz37: 5
      case .hz16: 6
      }
    }
  }

  /// How the chip is used.
  public struct Options: InertialOptions {
    /// 7-bit address: 0x6A, or 0x6B with the pin SA0 high.
    public var address: UInt8 = 0x6A
    /// Samples per second, at most 1600.
    public var rate: Double = 500
    /// Full scale of the gyroscopes.
    public var gyroRange = GyroRange.dps1000
    /// Full scale of the accelerometers.
    public var accelerometerRange = AccelerometerRange.g8
    /// The low-pass filters of both.
    public var lowPass = LowPass.hz83
    /// Values of WHO_AM_I that are taken for this chip; the LSM6DSO, which has the same registers but for its
    /// learning core, has the same.
    public var acceptedIdentities: [UInt8] = [0x6C]
    /// Identical readings in a row that mean the chip no longer measures, although it claims new data. `nil` never
    /// complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }

  /// Registers (DS12814 revision 4, section 8).
  private enum Register {
    static let whoAmI: UInt16 = 0x0F
    static let accelerometerControl: UInt16 = 0x10
    static let gyroControl: UInt16 = 0x11
    static let control3: UInt16 = 0x12
    static let control4: UInt16 = 0x13
    static let control6: UInt16 = 0x15
    static let control8: UInt16 = 0x17
    /// Status, one reserved byte, temperature, rates, accelerations: 16 bytes.
    static let status: UInt16 = 0x1E
  }

  /// Output data rate of 1667 Hz, in the high bits of both controls.
  private static let outputDataRate: UInt8 = 8 << 4
  /// New accelerations and new rates.
  private static let dataReady: UInt8 = 0x03

  /// How the chip is used.
  public let options: Options

  var core: SensorCore
  var lastTemperature: Float?

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 1600))
  }

  /// Die temperature in °C: raw/256 + 25 (DS12814, table 3).
  public static func temperature(raw: Int16) -> Float { Float(raw) / 256 + 25 }

  // MARK: - Registers

  /// The gyroscopes need 70 ms from power-down.
  var settlingTime: Int64 { 80_000 }

  /// The reset takes 50 µs, reading the trim back 10 ms.
  static let reset = ChipReset(command: RegisterSetting(Register.control3, 0x01), wait: 20_000)
  static let identityRegister = Register.whoAmI

  var rows: Int { 6 }

  /// The register table; a reset chip is off (0x00 in the first row).
  func setting(at row: Int) -> RegisterSetting {
    let accelerometerFilter = options.lowPass.accelerometerSetting
    return switch row {
    case 0:
      RegisterSetting(
        Register.accelerometerControl,
        Self.outputDataRate | options.accelerometerRange.rawValue << 2 | (accelerometerFilter == nil ? 0 : 2))
    case 1: RegisterSetting(Register.gyroControl, Self.outputDataRate | options.gyroRange.rawValue << 1)
    // Registers of one reading stay together until both bytes are read; addresses advance by themselves.
    case 2: RegisterSetting(Register.control3, 0x44)
    // The gyroscopes' filter is in the path.
    case 3: RegisterSetting(Register.control4, 0x02)
    case 4: RegisterSetting(Register.control6, options.lowPass.gyroSetting)
    default: RegisterSetting(Register.control8, (accelerometerFilter ?? 0) << 5)
    }
  }

  /// The converters are switched on last.
  func row(written step: Int) -> Int { rows - 1 - step }

  // MARK: - Sampling

  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> InertialFrame {
    let bytes: InlineArray<16, UInt8> = try readFrame(Register.status, &bus)
    return InertialFrame(
      acceleration: bytes.vector(littleEndianAt: 10), rate: bytes.vector(littleEndianAt: 4),
      temperature: bytes.int16(littleEndianAt: 2), isNew: bytes[0] & Self.dataReady == Self.dataReady)
  }

  func celsius(_ raw: Int16) -> Float { Self.temperature(raw: raw) }
}

extension LSM6DSOX {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "lsm6dsox", addresses: [0x6A, 0x6B], maximumRate: 1000,
      bitsPerSample: TransferBits.readRegisters(16),
      identity: identity {
        switch $0 {
        case 0x6C: .compatible("LSM6DSOX, or LSM6DSO")
        case 0x69: .other("LSM6DS3")
        case 0x6A: .other("LSM6DSL or LSM6DS3TR-C")
        case 0x6B: .other("LSM6DSR or ISM330DHCX")
        case 0x70: .other("LSM6DSV")
        default: nil
        }
      },
      inertial: Options.ranges())
  }
}
