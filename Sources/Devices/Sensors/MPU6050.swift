import HardwareInterfaces

/// InvenSense MPU-6050: three accelerometers and three gyroscopes on I2C; its relatives of the MPU-6500
/// family work too, when the configuration accepts their identity.
///
/// The sample rate divider stays 0, so the chip converts at 1 kHz whatever the driver's rate: a sample is
/// never older than 1 ms, and the low-pass filter alone decides the bandwidth.
public struct MPU6050: SensorDriver {
  /// How the chip is used.
  public let options: Options
  /// What WHO_AM_I held at the last start, if it could be read; `likelyPart(identity:)` puts a name to it.
  public private(set) var identity: UInt8?
  /// Where the driver is between power-on and sampling.
  public var stage: DeviceStage { state.stage }

  private var state = DeviceState()
  private var schedule: SampleSchedule
  private var repetition = FrameRepetition()
  private var lastTemperature: Int16?
  private let accelerometerScale: Float
  private let gyroScale: Float

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, 1000))
    accelerometerScale = Self.accelerometerScale(options.accelerometerRange)
    gyroScale = Self.gyroScale(options.gyroRange)
  }

  /// See `SensorDriver`.
  public mutating func poll<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) -> SensorPoll<InertialSample> {
    var sample: InertialSample?
    if now >= state.wake {
      do throws(BusError) {
        if state.stage == .running {
          sample = try run(&bus, now: now)
        } else {
          try start(&bus, now: now)
        }
      } catch {
        sample = nil
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
      try bus.writeRegister(
        UInt8(MPU6050Register.powerManagement1), MPU6050Register.deviceReset, of: options.address)
      state.enter(.identity, at: now.advanced(milliseconds: 100))
    case .identity:
      let seen = try bus.readRegister(MPU6050Register.whoAmI, of: options.address)
      identity = seen
      guard options.acceptedIdentities.contains(seen) else {
        return state.retry(.wrongIdentity, now: now)
      }
      state.enter(.configure, at: now)
    case .configure:
      let setting = setting(at: state.row)
      try bus.writeRegister(UInt8(truncatingIfNeeded: setting.register), setting.value, of: options.address)
      if state.nextRow(of: rows) { state.enter(.verify, at: now) }
    case .verify:
      let setting = setting(at: state.row)
      let read = try bus.readRegister(UInt8(truncatingIfNeeded: setting.register), of: options.address)
      guard setting.holds(read) else { return state.retry(.wrongRegister, now: now) }
      if state.nextRow(of: rows) { beginSampling(now: now) }
    case .trim, .running:
      break
    }
  }

  private mutating func beginSampling(now: MonotonicTime) {
    // The gyroscopes need 60 ms after wake-up (30 ms typical) before their rates are true.
    let first = now.advanced(milliseconds: 60)
    state.enter(.running, at: first)
    state.nextCheck = first
    schedule.start(at: first)
    repetition.reset()
    lastTemperature = nil
  }

  /// Rows of the register table: one more for the family that filters its accelerometers apart.
  private var rows: Int { Self.isOfFamily6500(identity ?? 0) ? 9 : 8 }

  /// The register table; the first row is the one that tells a reset chip (it falls asleep).
  private func setting(at row: Int) -> RegisterSetting {
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
    default: RegisterSetting(MPU6050Register.accelerometerConfiguration2, options.lowPass.rawValue)
    }
  }

  // MARK: - Sampling

  private mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> InertialSample? {
    schedule.advance(past: now)
    state.wake = schedule.next
    let frame: InlineArray<15, UInt8> = try bus.readRegisters(
      MPU6050Register.interruptStatus, of: options.address)
    let sample = accept(frame, now: now)
    guard state.stage == .running, now >= state.nextCheck else { return sample }
    return try recheck(&bus, now: now) ? sample : nil
  }

  /// Judges a raw frame: status, acceleration, temperature, rate.
  private mutating func accept(_ frame: InlineArray<15, UInt8>, now: MonotonicTime) -> InertialSample? {
    guard isPlausible(frame) else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    let isNew = frame[0] & MPU6050Register.dataReady != 0
    switch repetition.judge(Self.digest(frame), isNew: isNew, limit: options.frozenAfter) {
    case .fresh:
      break
    case .old:
      // The chip converts at least as fast as it is asked; once is a matter of clocks, often is a fault.
      state.failSilently(.notReady, now: now)
      return nil
    case .frozen:
      state.restart(.frozenData, at: now)
      return nil
    }
    state.succeed()
    return sample(frame)
  }

  private func sample(_ frame: InlineArray<15, UInt8>) -> InertialSample {
    InertialSample(
      acceleration: (
        Float(frame.int16(bigEndianAt: 1)) * accelerometerScale,
        Float(frame.int16(bigEndianAt: 3)) * accelerometerScale,
        Float(frame.int16(bigEndianAt: 5)) * accelerometerScale
      ),
      rate: (
        Float(frame.int16(bigEndianAt: 9)) * gyroScale,
        Float(frame.int16(bigEndianAt: 11)) * gyroScale,
        Float(frame.int16(bigEndianAt: 13)) * gyroScale
      ),
      temperature: Self.temperature(raw: frame.int16(bigEndianAt: 7), identity: identity ?? 0x68))
  }

  /// Whether a living chip could have sent the frame. Its data are neither all zero nor all one; its die is
  /// neither colder than −50 °C nor hotter than 110 °C, and does not warm by 10 °C between two readings.
  private mutating func isPlausible(_ frame: InlineArray<15, UInt8>) -> Bool {
    guard !frame.isUniform(0x00, from: 1), !frame.isUniform(0xFF, from: 1) else { return false }
    let raw = frame.int16(bigEndianAt: 7)
    defer { lastTemperature = raw }
    let celsius = Self.temperature(raw: raw, identity: identity ?? 0x68)
    guard celsius > -50, celsius < 110 else { return false }
    guard let last = lastTemperature else { return true }
    return abs(Int(raw) - Int(last)) < 3_400
  }

  /// Looks at one register of the table, or after the last at the identity; returns whether all is well.
  private mutating func recheck<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    if state.row >= rows {
      guard try bus.readRegister(MPU6050Register.whoAmI, of: options.address) == identity else {
        state.restart(.wrongIdentity, at: now)
        return false
      }
      state.row = 0
      return true
    }
    let setting = setting(at: state.row)
    let read = try bus.readRegister(UInt8(truncatingIfNeeded: setting.register), of: options.address)
    guard setting.holds(read) else {
      state.restart(.wrongRegister, at: now)
      return false
    }
    state.row &+= 1
    return true
  }
}
