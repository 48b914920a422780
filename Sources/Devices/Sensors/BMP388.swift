import HardwareInterfaces

/// Bosch BMP388 barometer on I2C, and its successor BMP390.
///
/// The chip measures continuously; each sample is one burst of eight bytes that holds the error flags, the
/// data-ready flags and the data.
public struct BMP388: BarometerRegisterSensor {
  /// How the chip is used.
  public let options: Options

  var core: SensorCore
  private var trim: Trim?

  /// Register addresses (BST-BMP388-DS001, section 4.2).
  enum Register {
    static let identity: UInt16 = 0x00
    /// Error flags, status, pressure, temperature.
    static let errors: UInt16 = 0x02
    static let powerControl: UInt16 = 0x1B
    static let oversampling: UInt16 = 0x1C
    static let dataRate: UInt16 = 0x1D
    static let configuration: UInt16 = 0x1F
    /// Check value, then the trim.
    static let trim: UInt16 = 0x30
    static let command: UInt16 = 0x7E
  }

  /// Both data-ready flags of the status.
  private static let dataReady: UInt8 = 0x60

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, options.maximumRate))
  }

  // MARK: - Start

  /// Start-up takes 2 ms; twice that costs nothing.
  static let reset = ChipReset(command: RegisterSetting(Register.command, 0xB6), wait: 4_000)
  static let identityRegister = Register.identity
  var settlingTime: Int64 { 5_000 << Int64(options.dataRateSetting) }

  mutating func prepare<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    // The burst has a call of its own.
    guard core.state.row > 0 else { return core.state.row = 1 }
    let bytes: InlineArray<22, UInt8> = try readFrame(Register.trim, &bus)
    guard bytes[0] == Self.checksum(bytes, from: 1), !bytes.isUniform(0x00, from: 1) else {
      return core.state.retry(.badTrim, now: now)
    }
    trim = Trim(bytes, at: 1)
    core.state.enter(.configure, at: now)
  }

  var rows: Int { 4 }

  /// The register table: power control with both sensors on and continuous mode, which a reset clears; then
  /// oversampling, data rate, and the recursive filter, off.
  func setting(at row: Int) -> RegisterSetting {
    switch row {
    case 0: RegisterSetting(Register.powerControl, 0x33)
    case 1:
      RegisterSetting(
        Register.oversampling,
        options.temperatureOversampling.rawValue << 3 | options.pressureOversampling.rawValue)
    case 2: RegisterSetting(Register.dataRate, options.dataRateSetting)
    default: RegisterSetting(Register.configuration, 0x00)
    }
  }

  /// From the last row to the first, which starts the measurements.
  func row(written step: Int) -> Int { rows - 1 - step }

  /// The chip says, once, that the settings do not go together; then it sleeps.
  mutating func refusesSettings<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    try read(Register.errors, &bus) & 0x07 != 0
  }

  // MARK: - Sampling

  mutating func sample<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> PressureSample?
  {
    let frame: InlineArray<8, UInt8> = try readFrame(Register.errors, &bus)
    let pressure = Self.raw24(frame, at: 2)
    let temperature = Self.raw24(frame, at: 5)
    // 0x800000 stands for a measurement that has not been made.
    guard !frame.isUniform(0xFF), !frame.isUniform(0x00, from: 2), pressure != 0x80_0000,
      temperature != 0x80_0000, let trim
    else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    guard frame[0] & 0x07 == 0 else {
      core.state.fail(.selfReported, now: now)
      return nil
    }
    let value = Self.compensate(rawPressure: pressure, rawTemperature: temperature, trim: trim)
    guard let sample = PressureSample(value, below: 130_000) else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    let isNew = frame[1] & Self.dataReady == Self.dataReady
    let digest = FrameDigest(high: UInt64(pressure), low: UInt64(temperature))
    return core.isFresh(digest, isNew: isNew, limit: options.frozenAfter, now: now) ? sample : nil
  }

  /// The little-endian 24-bit number at `offset`.
  private static func raw24(_ frame: InlineArray<8, UInt8>, at offset: Int) -> UInt32 {
    UInt32(frame[offset]) | UInt32(frame[offset + 1]) << 8 | UInt32(frame[offset + 2]) << 16
  }
}
