import HardwareInterfaces

/// Bosch BMP280 barometer on I2C, and the barometer inside the BME280.
///
/// The chip measures continuously; each sample is one burst of ten bytes that holds status, both settings
/// and the data, so a chip that was reset is noticed at the next sample.
public struct BMP280: BarometerRegisterSensor {
  /// How the chip is used.
  public let options: Options

  var core: SensorCore
  private var trim: Trim?

  /// Register addresses (BST-BMP280-DS001, section 4.2).
  enum Register {
    static let trim: UInt16 = 0x88
    static let identity: UInt16 = 0xD0
    static let reset: UInt16 = 0xE0
    /// Status, measurement control, configuration, one reserved byte, pressure and temperature.
    static let status: UInt16 = 0xF3
    static let measurementControl: UInt16 = 0xF4
    static let configuration: UInt16 = 0xF5
  }

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, options.maximumRate))
  }

  // MARK: - Start

  var settlingTime: Int64 { Int64(options.longestMeasurement) }

  /// Start-up takes 2 ms; twice that costs nothing.
  static let reset = ChipReset(command: RegisterSetting(Register.reset, 0xB6), wait: 4_000)
  static let identityRegister = Register.identity

  mutating func prepare<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    guard try hasCopiedTrim(&bus, now: now) else { return }
    let read = Trim(try readFrame(Register.trim, &bus))
    guard read.isPlausible else { return core.state.retry(.badTrim, now: now) }
    trim = read
    core.state.enter(.configure, at: now)
  }

  var rows: Int { 2 }

  func setting(at row: Int) -> RegisterSetting {
    row == 0 ? options.configuration : options.measurementControl
  }

  // MARK: - Sampling

  mutating func sample<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> PressureSample?
  {
    let frame: InlineArray<10, UInt8> = try readFrame(Register.status, &bus)
    guard !frame.isUniform(0x00), !frame.isUniform(0xFF) else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    guard options.configuration.holds(frame[2]), options.measurementControl.holds(frame[1]) else {
      core.state.restart(.wrongRegister, at: now)
      return nil
    }
    let pressure = Self.raw20(frame[4], frame[5], frame[6])
    let temperature = Self.raw20(frame[7], frame[8], frame[9])
    // 0x80000 stands for a measurement that was left out.
    guard pressure != 0x80000, temperature != 0x80000, let trim,
      let value = Self.compensate(rawPressure: pressure, rawTemperature: temperature, trim: trim),
      let sample = PressureSample(value, below: Self.endOfRange)
    else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    // The settings came with the frame; the identity is what is left to look at.
    core.state.row = rows
    let digest = FrameDigest(high: UInt64(pressure), low: UInt64(temperature))
    return isFreshUnflagged(digest, limit: options.frozenAfter, now: now) ? sample : nil
  }

  /// 1100 hPa, with some grace, in Pa.
  static let endOfRange = 115_000.0
}

extension RegisterSensor {
  /// Whether a Bosch barometer has copied its trim from its fuses (bit 0 of its status); if not, asks for a call in
  /// 2 ms, ten times.
  mutating func hasCopiedTrim<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> Bool
  {
    guard try read(BMP280.Register.status, &bus) & 0x01 != 0 else { return true }
    if core.state.row >= 10 {
      core.state.retry(.notReady, now: now)
    } else {
      core.state.row &+= 1
      core.state.wake = now.advanced(milliseconds: 2)
    }
    return false
  }

  /// Whether the frame with these measured bits is a new reading, for a chip that does not say and whose noise makes
  /// repetitions rare but not impossible: repeated frames are old until `limit` in a row count as frozen; without a
  /// limit every frame is taken.
  mutating func isFreshUnflagged(_ digest: FrameDigest, limit: Int?, now: MonotonicTime) -> Bool {
    guard let limit else {
      core.state.succeed()
      return true
    }
    switch core.repetition.judge(digest, isNew: true, limit: limit) {
    case .frozen:
      core.state.restart(.frozenData, at: now)
    case .fresh where !core.repetition.isRepeating:
      core.state.succeed()
      return true
    case .fresh, .old:
      core.state.failSilently(.notReady, now: now)
    }
    return false
  }
}
