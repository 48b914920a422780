import HardwareInterfaces

/// Bosch BMP388 barometer on I2C, and its successor BMP390.
///
/// The chip measures continuously; each sample is one burst of eight bytes that holds the error flags, the
/// data-ready flags and the data.
public struct BMP388: StagedSensor {
  /// How the chip is used.
  public let options: Options
  /// The chip identity at the last start, if it could be read; `likelyPart(identity:)` puts a name to it.
  public private(set) var identity: UInt8?
  /// Where the driver is between power-on and sampling.
  public var stage: DeviceStage { state.stage }

  var state = DeviceState()
  private var schedule: SampleSchedule
  private var repetition = FrameRepetition()
  private var trim: Trim?

  /// Register addresses (BST-BMP388-DS001, section 4.2).
  enum Register {
    static let identity: UInt8 = 0x00
    /// Error flags, status, pressure, temperature.
    static let errors: UInt8 = 0x02
    /// Check value, then the trim.
    static let trim: UInt8 = 0x30
    static let command: UInt8 = 0x7E
  }

  /// Both data-ready flags of the status.
  private static let dataReady: UInt8 = 0x60
  private static let rows = 4

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, options.maximumRate))
  }

  /// See `SensorDriver`.
  public mutating func poll<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) -> SensorPoll<PressureSample> { step(&bus, now: now) }

  // MARK: - Start

  mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    switch state.stage {
    case .reset:
      try bus.writeRegister(Register.command, 0xB6, of: options.address)
      // Start-up takes 2 ms; twice that costs nothing.
      state.enter(.identity, at: now.advanced(milliseconds: 4))
    case .identity:
      let seen = try bus.readRegister(Register.identity, of: options.address)
      identity = seen
      guard options.acceptedIdentities.contains(seen) else {
        return state.retry(.wrongIdentity, now: now)
      }
      state.enter(.trim, at: now)
    case .trim:
      let bytes: InlineArray<22, UInt8> = try bus.readRegisters(Register.trim, of: options.address)
      guard bytes[0] == Self.checksum(bytes, from: 1), !bytes.isUniform(0x00, from: 1) else {
        return state.retry(.badTrim, now: now)
      }
      trim = Trim(bytes, at: 1)
      state.enter(.configure, at: now)
    case .configure:
      // From the last row to the first, which starts the measurements.
      let setting = Self.setting(at: Self.rows - 1 - state.row, options)
      try bus.writeRegister(UInt8(truncatingIfNeeded: setting.register), setting.value, of: options.address)
      if state.nextRow(of: Self.rows) { state.enter(.verify, at: now) }
    case .verify:
      // The chip says here, once, that the settings do not go together; then it sleeps.
      if state.row == 0, try bus.readRegister(Register.errors, of: options.address) & 0x07 != 0 {
        return state.retry(.selfReported, now: now)
      }
      let setting = Self.setting(at: state.row, options)
      let read = try bus.readRegister(UInt8(truncatingIfNeeded: setting.register), of: options.address)
      guard setting.holds(read) else { return state.retry(.wrongRegister, now: now) }
      if state.nextRow(of: Self.rows) { beginSampling(now: now) }
    case .running:
      break
    }
  }

  private mutating func beginSampling(now: MonotonicTime) {
    let first = now.advanced(microseconds: Int64(5_000 << Int(options.dataRateSetting)))
    state.enter(.running, at: first)
    state.nextCheck = first
    schedule.start(at: first)
    repetition.reset()
  }

  /// The register table: power control with both sensors on and continuous mode, which a reset clears; then
  /// oversampling, data rate, and the recursive filter, off.
  private static func setting(at row: Int, _ options: Options) -> RegisterSetting {
    switch row {
    case 0: RegisterSetting(0x1B, 0x33)
    case 1:
      RegisterSetting(
        0x1C, options.temperatureOversampling.rawValue << 3 | options.pressureOversampling.rawValue)
    case 2: RegisterSetting(0x1D, options.dataRateSetting)
    default: RegisterSetting(0x1F, 0x00)
    }
  }

  // MARK: - Sampling

  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> PressureSample? {
    schedule.advance(past: now)
    state.wake = schedule.next
    let frame: InlineArray<8, UInt8> = try bus.readRegisters(Register.errors, of: options.address)
    let sample = accept(frame, now: now)
    guard state.stage == .running, now >= state.nextCheck else { return sample }
    return try recheck(&bus, now: now) ? sample : nil
  }

  private mutating func accept(_ frame: InlineArray<8, UInt8>, now: MonotonicTime) -> PressureSample? {
    let pressure = Self.raw24(frame, at: 2)
    let temperature = Self.raw24(frame, at: 5)
    // 0x800000 stands for a measurement that has not been made.
    guard !frame.isUniform(0xFF), !frame.isUniform(0x00, from: 2), pressure != 0x80_0000,
      temperature != 0x80_0000, let trim
    else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    guard frame[0] & 0x07 == 0 else {
      state.fail(.selfReported, now: now)
      return nil
    }
    let value = Self.compensate(rawPressure: pressure, rawTemperature: temperature, trim: trim)
    guard value.pressure > 25_000, value.pressure < 130_000, value.temperature > -45, value.temperature < 95
    else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    let isNew = frame[1] & Self.dataReady == Self.dataReady
    let digest = FrameDigest(high: UInt64(pressure), low: UInt64(temperature))
    switch repetition.judge(digest, isNew: isNew, limit: options.frozenAfter) {
    case .old:
      state.failSilently(.notReady, now: now)
      return nil
    case .frozen:
      state.restart(.frozenData, at: now)
      return nil
    case .fresh:
      state.succeed()
      return PressureSample(pressure: Float(value.pressure), temperature: Float(value.temperature))
    }
  }

  /// The little-endian 24-bit number at `offset`.
  private static func raw24(_ frame: InlineArray<8, UInt8>, at offset: Int) -> UInt32 {
    UInt32(frame[offset]) | UInt32(frame[offset + 1]) << 8 | UInt32(frame[offset + 2]) << 16
  }

  /// Looks at one register of the table, or after the last at the identity; returns whether all is well.
  private mutating func recheck<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    if state.row >= Self.rows {
      guard try bus.readRegister(Register.identity, of: options.address) == identity else {
        state.restart(.wrongIdentity, at: now)
        return false
      }
      state.row = 0
      return true
    }
    let setting = Self.setting(at: state.row, options)
    let read = try bus.readRegister(UInt8(truncatingIfNeeded: setting.register), of: options.address)
    guard setting.holds(read) else {
      state.restart(.wrongRegister, at: now)
      return false
    }
    state.row &+= 1
    return true
  }
}
