import HardwareInterfaces

/// Texas Instruments ADS1115: four analog inputs, 16 bits, on I2C.
///
/// Each input is converted by itself, one after the other; a reading is one round over all that are used. A
/// conversion's end is asked for, not guessed: the chip's clock is up to 10 % off.
public struct ADS1115: SensorDriver {
  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address: 0x48 to 0x4B by one pin.
    public var address: UInt8 = 0x48
    /// Rounds per second; a round takes 1.5 ms for each input used at 860 conversions per second.
    public var rate: Double = 20
    /// The inputs used, a bit for each, against ground.
    public var inputs: UInt8 = 0x0F
    /// Full scale. It does not widen what the inputs bear: at most 0.3 V above the supply.
    public var range = Range.v4

    /// The defaults above.
    public init() {}
  }

  /// Full scale of the programmable amplifier (datasheet SBAS444, table 8-3).
  public enum Range: UInt16, CaseIterable, Sendable {
    case v6 = 0
    case v4 = 1
    case v2 = 2
    case v1 = 3
    case millivolts512 = 4
    case millivolts256 = 5

    /// Full scale in V, of either sign.
    public var volts: Float {
      switch self {
      case .v6: 6.144
      case .v4: 4.096
      case .v2: 2.048
      case .v1: 1.024
      case .millivolts512: 0.512
      case .millivolts256: 0.256
      }
    }
  }

  /// How the chip is used.
  public let options: Options
  /// Where the driver is between power-on and sampling.
  public var stage: DeviceStage { state.stage }

  private var state = DeviceState()
  private var schedule: SampleSchedule
  private var sample = AnalogSample(voltages: InlineArray(repeating: 0), clipped: 0)
  /// The input that converts now; `nil` between rounds.
  private var input: Int?
  /// How often the running conversion was found unfinished.
  private var waits = 0

  private enum Register {
    static let conversion: UInt8 = 0x00
    static let configuration: UInt8 = 0x01
    static let lowThreshold: UInt8 = 0x02
    static let highThreshold: UInt8 = 0x03
  }

  /// What the thresholds hold after power-on; nothing here writes them, so they tell the chip from others.
  private static let lowThreshold: UInt16 = 0x8000
  private static let highThreshold: UInt16 = 0x7FFF
  /// Written 1 starts a conversion, read 1 says that none runs.
  private static let ready: UInt16 = 0x8000
  /// One conversion, 860 per second, comparator off.
  private static let singleShot: UInt16 = 0x01E3
  /// 1/860 s, a tenth for the chip's clock and 25 µs to wake up, in µs.
  private static let conversionTime: Int64 = 1_305
  /// Looks at an unfinished conversion, 0.3 ms apart, before it counts as a failure.
  private static let mostWaits = 3

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, 150))
  }

  /// Volts of a conversion: 32768 counts are full scale.
  public static func voltage(raw: Int16, range: Range) -> Float { Float(raw) * (range.volts / 32768) }

  /// The configuration that starts a conversion of `input`, 0 to 3, against ground.
  public static func configuration(input: Int, range: Range) -> UInt16 {
    ready | (4 | UInt16(input & 3)) << 12 | range.rawValue << 9 | singleShot
  }

  /// See `SensorDriver`.
  public mutating func poll<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) -> SensorPoll<AnalogSample> {
    var sample: AnalogSample?
    if now >= state.wake {
      do throws(BusError) {
        if state.stage != .running {
          try start(&bus, now: now)
        } else if let input {
          sample = try collect(input, &bus, now: now)
        } else {
          try beginRound(&bus, now: now)
        }
      } catch {
        input = nil
        state.wake = max(schedule.next, now)
        state.failTransfer(error, now: now)
      }
    }
    return SensorPoll(sample: sample, fault: state.fault, next: max(state.wake, now))
  }

  /// The chip has no identity and only the reset of the general call, which would reset its neighbours.
  private mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    guard try isADS1115(&bus) else { return state.retry(.wrongIdentity, now: now) }
    state.enter(.running, at: now)
    state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    schedule.start(at: now)
    input = nil
  }

  private func isADS1115<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    guard try bus.readWord(Register.lowThreshold, of: options.address) == Self.lowThreshold else {
      return false
    }
    return try bus.readWord(Register.highThreshold, of: options.address) == Self.highThreshold
  }

  // MARK: - Sampling

  private mutating func beginRound<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    schedule.advance(past: now)
    state.wake = schedule.next
    if now >= state.nextCheck {
      state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
      guard try isADS1115(&bus) else { return state.restart(.wrongRegister, at: now) }
    }
    sample = AnalogSample(voltages: InlineArray(repeating: 0), clipped: 0)
    guard let first = nextInput(after: -1) else { return }
    try convert(first, &bus, now: now)
  }

  private func nextInput(after input: Int) -> Int? {
    var next = input + 1
    while next < 4 {
      if options.inputs >> UInt8(next) & 1 != 0 { return next }
      next += 1
    }
    return nil
  }

  private mutating func convert<Bus: I2CBus & ~Copyable>(
    _ next: Int, _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    try bus.writeWord(
      Register.configuration, Self.configuration(input: next, range: options.range), of: options.address)
    (input, waits) = (next, 0)
    state.wake = now.advanced(microseconds: Self.conversionTime)
  }

  /// Takes the conversion of `input`, if it has ended, and starts the next; the sample when the round is over.
  private mutating func collect<Bus: I2CBus & ~Copyable>(
    _ input: Int, _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> AnalogSample? {
    let wanted = Self.configuration(input: input, range: options.range)
    let configuration = try bus.readWord(Register.configuration, of: options.address)
    guard configuration | Self.ready == wanted else {
      // The chip was reset under way, or something else answers.
      self.input = nil
      state.restart(.wrongRegister, at: now)
      return nil
    }
    guard configuration & Self.ready != 0 else {
      waits += 1
      state.wake = now.advanced(microseconds: 300)
      guard waits > Self.mostWaits else { return nil }
      self.input = nil
      state.fail(.notReady, now: now)
      return nil
    }
    let raw = Int16(bitPattern: try bus.readWord(Register.conversion, of: options.address))
    sample.voltages[input] = Self.voltage(raw: raw, range: options.range)
    if raw == .max || raw == .min { sample.clipped |= 1 << UInt8(input) }
    if let next = nextInput(after: input) {
      try convert(next, &bus, now: now)
      return nil
    }
    self.input = nil
    state.wake = schedule.next
    state.succeed()
    state.note(endOfRange: sample.clipped != 0, now: now)
    return sample
  }
}

extension ADS1115: ConfiguredSensor {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    // Of each of four inputs: the order to convert, the look whether it has, and the result.
    let bits = TransferBits.write(3) + 2 * TransferBits.readRegisters(2)
    return ChipFacts(
      name: "ads1115", addresses: [0x48, 0x49, 0x4A, 0x4B], maximumRate: 150, bitsPerSample: 4 * bits,
      identity: nil)
  }

  /// See `ConfiguredSensor`.
  public init(_ use: AnalogUse) {
    var options = Options()
    (options.address, options.rate) = (use.sensor.address, use.sensor.rate)
    options.inputs = use.inputs
    // The smallest that takes what is asked for; a Float is not the decimal number that it was written as.
    options.range = Range.allCases.last { Double($0.volts) * 1.0001 >= use.fullScale } ?? .v6
    self.init(options: options)
  }
}
