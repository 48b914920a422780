import HardwareInterfaces

/// InvenSense MPU-6050, MPU-6500 and MPU-9250: three accelerometers and three gyroscopes on I2C; their relatives
/// work too, when the configuration accepts their identity.
///
/// The sample rate divider stays 0, so the chip converts at 1 kHz whatever the driver's rate: a sample is
/// never older than 1 ms, and the low-pass filter alone decides the bandwidth. The magnetometer inside the
/// MPU-9250 is another chip on the same bus, the `AK8963`, which answers once this driver has opened the way.
public struct MPU6050: InertialRegisterSensor {
  /// How the chip is used.
  public let options: Options

  var core: SensorCore
  var lastTemperature: Float?

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 1000))
  }

  // MARK: - Start

  /// The gyroscopes need 60 ms after wake-up (30 ms typical) before their rates are true.
  var settlingTime: Int64 { 60_000 }

  static let reset = ChipReset(
    command: RegisterSetting(MPU6050Register.powerManagement1, MPU6050Register.deviceReset), wait: 100_000)
  static let identityRegister = MPU6050Register.whoAmI

  private var filtersApart: Bool { Self.isOfFamily6500(identity ?? 0) }

  /// Rows of the register table: one more for the family that filters its accelerometers apart, and one for the way
  /// to the auxiliary bus.
  var rows: Int { 8 + (filtersApart ? 1 : 0) + (options.auxiliaryBypass ? 1 : 0) }

  /// The register table; the first row is the one that tells a reset chip (it falls asleep).
  func setting(at row: Int) -> RegisterSetting {
    switch row {
    case 0: RegisterSetting(MPU6050Register.powerManagement1, MPU6050Register.clockFromGyroX)
    case 1: RegisterSetting(MPU6050Register.gyroConfiguration, options.gyroRange.rawValue << 3)
    case 2:
      RegisterSetting(MPU6050Register.accelerometerConfiguration, options.accelerometerRange.rawValue << 3)
    case 3: RegisterSetting(MPU6050Register.configuration, options.lowPass.rawValue)
    case 4: RegisterSetting(MPU6050Register.sampleRateDivider, 0)
    case 5: RegisterSetting(MPU6050Register.interruptEnable, MPU6050Register.dataReady)
    case 6: RegisterSetting(MPU6050Register.userControl, 0)
    case 7: RegisterSetting(MPU6050Register.powerManagement2, 0)
    case 8 where filtersApart:
      RegisterSetting(MPU6050Register.accelerometerConfiguration2, options.lowPass.rawValue)
    default: RegisterSetting(MPU6050Register.interruptPin, MPU6050Register.bypass)
    }
  }

  // MARK: - Sampling

  /// Status, acceleration, temperature, rate.
  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> InertialFrame {
    let bytes: InlineArray<15, UInt8> = try readFrame(MPU6050Register.interruptStatus, &bus)
    return InertialFrame(
      acceleration: bytes.vector(bigEndianAt: 1), rate: bytes.vector(bigEndianAt: 9),
      temperature: bytes.int16(bigEndianAt: 7), isNew: bytes[0] & MPU6050Register.dataReady != 0)
  }

  func celsius(_ raw: Int16) -> Float { Self.temperature(raw: raw, identity: identity ?? 0x68) }
}
