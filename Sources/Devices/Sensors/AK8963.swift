import HardwareInterfaces

/// Asahi Kasei AK8963: the magnetometer inside the MPU-9250, at an address of its own behind the MPU's bypass.
///
/// It answers only after the MPU-9250's driver has opened the bypass, and not while that chip is being reset. The
/// factory's sensitivity of each axis is read at the start and applied. Readings are in the axes of the MPU-9250's
/// accelerometers, so one mounting serves both.
public struct AK8963: MagneticRegisterSensor {
  /// How the chip is used.
  public struct Options: SensorOptions {
    /// 7-bit address: 0x0C inside the MPU-9250.
    public var address: UInt8 = 0x0C
    /// Samples per second, at most 100, the chip's own rate.
    public var rate: Double = 50
    /// Values of WIA that are taken for this chip.
    public var acceptedIdentities: [UInt8] = [0x48]
    /// Identical readings in a row that mean the chip no longer measures, although it claims new data. `nil` never
    /// complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }

  /// Registers (AK8963 datasheet MS1356-E-02, section 8).
  private enum Register {
    static let identity: UInt16 = 0x00
    /// Status 1, field, status 2, which releases the data: 8 bytes.
    static let status1: UInt16 = 0x02
    static let control1: UInt16 = 0x0A
    static let control2: UInt16 = 0x0B
    static let sensitivity: UInt16 = 0x10
  }

  private static let dataReady: UInt8 = 0x01
  private static let overflow: UInt8 = 0x08
  /// 16-bit readings, continuous at 100 Hz.
  private static let continuous: UInt8 = 0x16
  private static let fuseAccess: UInt8 = 0x1F
  private static let powerDown: UInt8 = 0x10

  /// How the chip is used.
  public let options: Options

  var core: SensorCore
  private var scale: (x: Float, y: Float, z: Float) = (0, 0, 0)

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 100))
  }

  /// T per count of an axis with the factory's adjustment `asa`: 0.15 µT · ((ASA − 128)/256 + 1) (sections 5.3 and
  /// 8.3.11).
  public static func scale(adjustment asa: UInt8) -> Float {
    0.15e-6 * ((Float(asa) - 128) / 256 + 1)
  }

  // MARK: - Registers

  /// Two measurements.
  var settlingTime: Int64 { 20_000 }

  static let reset = ChipReset(command: RegisterSetting(Register.control2, 0x01), wait: 1_000)
  static let identityRegister = Register.identity

  var rows: Int { 1 }

  func setting(at row: Int) -> RegisterSetting { RegisterSetting(Register.control1, Self.continuous) }

  /// The sensitivities stand in fuses that are read in a mode of their own; 100 µs must pass between two modes.
  mutating func prepare<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    let later = now.advanced(microseconds: 200)
    switch core.state.row {
    case 0:
      try write(RegisterSetting(Register.control1, Self.fuseAccess), &bus)
      core.state.row = 1
      core.state.wake = later
    case 1:
      let fuses: InlineArray<3, UInt8> = try readFrame(Register.sensitivity, &bus)
      guard !fuses.isUniform(0x00), !fuses.isUniform(0xFF) else {
        return core.state.retry(.badTrim, now: now)
      }
      scale = (
        Self.scale(adjustment: fuses[0]), Self.scale(adjustment: fuses[1]), Self.scale(adjustment: fuses[2])
      )
      core.state.row = 2
    default:
      try write(RegisterSetting(Register.control1, Self.powerDown), &bus)
      core.state.enter(.configure, at: later)
    }
  }

  // MARK: - Sampling

  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> MagneticFrame {
    let bytes: InlineArray<8, UInt8> = try readFrame(Register.status1, &bus)
    return MagneticFrame(
      field: bytes.vector(littleEndianAt: 1), isNew: bytes[0] & Self.dataReady != 0,
      isOverflow: bytes[7] & Self.overflow != 0)
  }

  /// The magnetometer's x and y are the accelerometers' y and x, and its z points the other way (PS-MPU-9250A-01,
  /// section 9.1).
  func sample(_ field: RawVector) -> MagneticSample {
    MagneticSample(
      field: (Float(field.y) * scale.y, Float(field.x) * scale.x, Float(field.z) * -scale.z))
  }
}

extension AK8963 {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "ak8963", addresses: [0x0C], standardAddress: 0x0C, maximumRate: 100,
      bitsPerSample: TransferBits.readRegisters(8),
      identity: identity { $0 == 0x48 ? .compatible("AK8963, or another magnetometer of its maker") : nil },
      carriers: ["mpu9250"])
  }
}
