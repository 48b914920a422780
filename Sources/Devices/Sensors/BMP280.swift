import HardwareInterfaces

/// Bosch BMP280 barometer on I2C, and the barometer inside the BME280.
///
/// The chip measures continuously; each sample is one burst of ten bytes that holds status, both settings
/// and the data, so a chip that was reset is noticed at the next sample.
public struct BMP280: SensorDriver {
  /// How the chip is used.
  public let options: Options
  /// The chip identity at the last start, if it could be read; `likelyPart(identity:)` puts a name to it.
  public private(set) var identity: UInt8?
  /// Where the driver is between power-on and sampling.
  public var stage: DeviceStage { state.stage }

  private var state = DeviceState()
  private var schedule: SampleSchedule
  private var repetition = FrameRepetition()
  private var trim: Trim?

  /// Register addresses (BST-BMP280-DS001, section 4.2).
  enum Register {
    static let trim: UInt8 = 0x88
    static let identity: UInt8 = 0xD0
    static let reset: UInt8 = 0xE0
    /// Status, measurement control, configuration, one reserved byte, pressure and temperature.
    static let status: UInt8 = 0xF3
    static let measurementControl: UInt8 = 0xF4
    static let configuration: UInt8 = 0xF5
  }

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, options.maximumRate))
  }

  /// See `SensorDriver`.
  public mutating func poll<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) -> SensorPoll<PressureSample> {
    var sample: PressureSample?
    if now >= state.wake {
      do throws(BusError) {
        if state.stage == .running {
          sample = try run(&bus, now: now)
        } else {
          try start(&bus, now: now)
        }
      } catch {
        state.failTransfer(error, now: now)
      }
    }
    return SensorPoll(sample: sample, fault: state.fault, next: max(state.wake, now))
  }

  // MARK: - Start

  private mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    switch state.stage {
    case .reset:
      try bus.writeRegister(Register.reset, 0xB6, of: options.address)
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
      // Bit 0: the trim is still being copied from the fuses.
      guard try bus.readRegister(Register.status, of: options.address) & 0x01 == 0 else {
        return waitForTrim(now: now)
      }
      let bytes: InlineArray<24, UInt8> = try bus.readRegisters(Register.trim, of: options.address)
      let read = Trim(bytes)
      guard read.isPlausible else { return state.retry(.badTrim, now: now) }
      trim = read
      state.enter(.configure, at: now)
    case .configure:
      // Row 0 comes first because the chip takes `config` reliably only while it sleeps.
      let setting = setting(at: state.row)
      try bus.writeRegister(UInt8(truncatingIfNeeded: setting.register), setting.value, of: options.address)
      if state.nextRow(of: 2) { state.enter(.verify, at: now) }
    case .verify:
      let setting = setting(at: state.row)
      let read = try bus.readRegister(UInt8(truncatingIfNeeded: setting.register), of: options.address)
      guard setting.holds(read) else { return state.retry(.wrongRegister, now: now) }
      if state.nextRow(of: 2) { beginSampling(now: now) }
    case .running:
      break
    }
  }

  private mutating func waitForTrim(now: MonotonicTime) {
    guard state.row < 10 else { return state.retry(.notReady, now: now) }
    state.row &+= 1
    state.wake = now.advanced(milliseconds: 2)
  }

  private mutating func beginSampling(now: MonotonicTime) {
    let first = now.advanced(microseconds: Int64(options.longestMeasurement))
    state.enter(.running, at: first)
    state.nextCheck = first
    schedule.start(at: first)
    repetition.reset()
  }

  /// The register table: configuration, then measurement control, which also starts the measurements.
  private func setting(at row: Int) -> RegisterSetting {
    // Standby field 0: 0.5 ms between measurements. Mode 3: continuous.
    row == 0
      ? RegisterSetting(UInt16(Register.configuration), options.filter.rawValue << 2, mask: 0xFD)
      : RegisterSetting(
        UInt16(Register.measurementControl),
        options.temperatureOversampling.rawValue << 5 | options.pressureOversampling.rawValue << 2 | 3)
  }

  // MARK: - Sampling

  private mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> PressureSample? {
    schedule.advance(past: now)
    state.wake = schedule.next
    let frame: InlineArray<10, UInt8> = try bus.readRegisters(Register.status, of: options.address)
    guard !frame.isUniform(0x00), !frame.isUniform(0xFF) else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    guard setting(at: 0).holds(frame[2]), setting(at: 1).holds(frame[1]) else {
      state.restart(.wrongRegister, at: now)
      return nil
    }
    let pressure = Self.raw20(frame[4], frame[5], frame[6])
    let temperature = Self.raw20(frame[7], frame[8], frame[9])
    // 0x80000 stands for a measurement that was left out.
    guard pressure != 0x80000, temperature != 0x80000, let trim,
      let value = Self.compensate(rawPressure: pressure, rawTemperature: temperature, trim: trim),
      Self.isInRange(value)
    else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    if now >= state.nextCheck {
      // The settings came with the frame; the identity is what is left to look at.
      state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
      guard try bus.readRegister(Register.identity, of: options.address) == identity else {
        state.restart(.wrongIdentity, at: now)
        return nil
      }
    }
    return accept(value, FrameDigest(high: UInt64(pressure), low: UInt64(temperature)), now: now)
  }

  private mutating func accept(
    _ value: (pressure: Double, temperature: Double), _ digest: FrameDigest, now: MonotonicTime
  ) -> PressureSample? {
    let sample = PressureSample(pressure: Float(value.pressure), temperature: Float(value.temperature))
    guard let limit = options.frozenAfter else {
      state.succeed()
      return sample
    }
    // The chip does not say whether a measurement is new; at the rates it can keep, nearly all are.
    switch repetition.judge(digest, isNew: true, limit: limit) {
    case .frozen:
      state.restart(.frozenData, at: now)
      return nil
    case .fresh where !repetition.isRepeating:
      state.succeed()
      return sample
    case .fresh, .old:
      state.failSilently(.notReady, now: now)
      return nil
    }
  }

  /// Whether the chip could have measured it: 300 to 1100 hPa and −40 to 85 °C, with some grace.
  private static func isInRange(_ value: (pressure: Double, temperature: Double)) -> Bool {
    value.pressure > 25_000 && value.pressure < 115_000 && value.temperature > -45 && value.temperature < 95
  }
}
