import HardwareInterfaces

/// TE (Measurement Specialties) MS5611 barometer on I2C, and the MS5607, which boards sold as GY-63 often carry.
///
/// The chip knows commands, not registers: convert, and read what came out. One sample is a conversion of the
/// temperature, one of the pressure, and both results. It has no identity; what it has is a factory trim with a
/// checksum, which is read at the start and, a word at a time, again while sampling.
public struct MS5611: StagedSensor {
  /// Which chip: the two differ in the powers of two of their formulas, and take each other's trim without a murmur.
  public enum Variant: Sendable {
    case ms5611
    case ms5607
  }

  /// Conversions averaged into one; the raw value is added to the command.
  public enum Oversampling: UInt8, CaseIterable, Sendable {
    case x256 = 0
    case x512 = 2
    case x1024 = 4
    case x2048 = 6
    case x4096 = 8

    /// Longest conversion in µs (MS5611-01BA03, page 3).
    public var longestConversion: Int64 {
      switch self {
      case .x256: 600
      case .x512: 1_170
      case .x1024: 2_280
      case .x2048: 4_540
      case .x4096: 9_040
      }
    }
  }

  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address: 0x77, or 0x76 with the pin CSB high.
    public var address: UInt8 = 0x77
    /// Which chip.
    public var variant = Variant.ms5611
    /// Samples per second; `maximumRate` says what the oversampling allows.
    public var rate: Double = 25
    /// Oversampling of both quantities.
    public var oversampling = Oversampling.x4096
    /// Identical readings in a row that mean the chip no longer measures. `nil` never complains.
    public var frozenAfter: Int? = 8

    /// The defaults above.
    public init() {}

    /// Time in µs that the driver gives a conversion: the longest, and a tenth for the clocks.
    var conversionTime: Int64 { oversampling.longestConversion + oversampling.longestConversion / 10 }

    /// Samples per second that two conversions and their transfers leave time for.
    public var maximumRate: Double { 1e6 / Double(2 * conversionTime + 1_000) }
  }

  /// Where within a sample the driver is.
  private enum Phase: Sendable {
    case temperature, pressure, result
  }

  private enum Command {
    static let reset: UInt8 = 0x1E
    static let convertPressure: UInt8 = 0x40
    static let convertTemperature: UInt8 = 0x50
    static let readConverter: UInt8 = 0x00
    static let readTrim: UInt8 = 0xA0
  }

  /// See `SensorDriver`.
  public typealias Sample = PressureSample
  /// How the chip is used.
  public let options: Options

  var state = DeviceState()
  private var schedule: SampleSchedule
  private var repetition = FrameRepetition()
  private var words = InlineArray<8, UInt16>(repeating: 0)
  private var phase = Phase.temperature
  private var rawTemperature: UInt32 = 0

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, options.maximumRate))
  }

  /// What was being converted is unknown.
  mutating func forget(now: MonotonicTime) { waitForNext(now: now) }

  // MARK: - Start

  mutating func start<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    switch state.stage {
    case .reset:
      try send(Command.reset, &bus)
      // The trim is reloaded within 2.8 ms.
      state.enter(.trim, at: now.advanced(milliseconds: 5))
    case .trim:
      if state.row < 8 {
        words[state.row] = try word(state.row, &bus)
        state.row &+= 1
        return
      }
      // A blank trim would pass its checksum.
      guard Self.checksum(words) == UInt8(truncatingIfNeeded: words[7] & 0x000F), !isBlank else {
        return state.retry(.badTrim, now: now)
      }
      state.enter(.running, at: now)
      state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
      schedule.start(at: now)
      phase = .temperature
      repetition.reset()
    case .identity, .configure, .verify, .running:
      break
    }
  }

  private var isBlank: Bool {
    for index in 1..<7 where words[index] == 0 || words[index] == 0xFFFF { return true }
    return false
  }

  private func send<Bus: I2CBus & ~Copyable>(_ command: UInt8, _ bus: inout Bus) throws(BusError) {
    let bytes: InlineArray<1, UInt8> = [command]
    try bus.write(bytes.span, to: options.address)
  }

  private func word<Bus: I2CBus & ~Copyable>(_ index: Int, _ bus: inout Bus) throws(BusError) -> UInt16 {
    let bytes: InlineArray<2, UInt8> = try bus.readRegisters(
      Command.readTrim | UInt8(truncatingIfNeeded: index << 1), of: options.address)
    return bytes.uint16(bigEndianAt: 0)
  }

  // MARK: - Sampling

  private mutating func waitForNext(now: MonotonicTime) {
    phase = .temperature
    schedule.advance(past: now)
    state.wake = schedule.next
  }

  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> PressureSample?
  {
    let later = now.advanced(microseconds: options.conversionTime)
    switch phase {
    case .temperature:
      try recheck(&bus, now: now)
      guard state.stage == .running else { return nil }
      try send(Command.convertTemperature | options.oversampling.rawValue, &bus)
      phase = .pressure
      state.wake = later
    case .pressure:
      guard let raw = try result(&bus, now: now) else { return nil }
      rawTemperature = raw
      try send(Command.convertPressure | options.oversampling.rawValue, &bus)
      phase = .result
      state.wake = later
    case .result:
      guard let raw = try result(&bus, now: now) else { return nil }
      waitForNext(now: now)
      return accept(rawPressure: raw, now: now)
    }
    return nil
  }

  /// What the converter holds, or `nil` after a failure was noted. 0 means that nothing was converted: the conversion
  /// still runs, or the chip lost its supply in between, so it is started again.
  private mutating func result<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime)
    throws(BusError) -> UInt32?
  {
    let bytes: InlineArray<3, UInt8> = try bus.readRegisters(Command.readConverter, of: options.address)
    if bytes.isUniform(0x00) {
      state.restart(.notReady, at: now)
      return nil
    }
    guard !bytes.isUniform(0xFF) else {
      waitForNext(now: now)
      state.fail(.implausibleData, now: now)
      return nil
    }
    return UInt32(bytes[0]) << 16 | UInt32(bytes[1]) << 8 | UInt32(bytes[2])
  }

  private mutating func accept(rawPressure: UInt32, now: MonotonicTime) -> PressureSample? {
    let value = Self.compensate(
      rawPressure: rawPressure, rawTemperature: rawTemperature, words: words, variant: options.variant)
    // 1200 hPa, with some grace.
    guard let sample = PressureSample(value, below: 125_000) else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    guard let limit = options.frozenAfter else {
      state.succeed()
      return sample
    }
    let digest = FrameDigest(high: UInt64(rawPressure), low: UInt64(rawTemperature))
    // Each sample asked for its own conversions, so a repeated one is new as long as it is rare.
    if repetition.judge(digest, isNew: true, limit: limit) == .frozen {
      state.restart(.frozenData, at: now)
      return nil
    }
    state.succeed()
    return sample
  }

  /// Reads one word of the trim again from time to time, and after any suspicion: another chip, or a chip that lost
  /// its supply, would hold another.
  private mutating func recheck<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime)
    throws(BusError)
  {
    guard now >= state.nextCheck else { return }
    state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    let index = 1 + state.row % 6
    guard try word(index, &bus) == words[index] else { return state.restart(.wrongRegister, at: now) }
    state.row = (state.row + 1) % 6
  }
}
