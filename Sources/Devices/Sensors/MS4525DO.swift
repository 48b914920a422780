import HardwareInterfaces

/// TE (Measurement Specialties) MS4525DO on I2C: a differential pressure, as of a pitot tube, with output of type A and a range of either
/// sign, such as the `…DS5AI001DP` of ±1 psi that airspeed sensors are made of.
///
/// The chip has neither registers nor identity: a write asks it for a measurement, and four bytes are the last one, with two bits that say
/// whether it is new. Data: "MS4525DO" datasheet; bytes and formulas: "Interfacing to MEAS Digital Pressure Modules", TE Connectivity.
public struct MS4525DO: StagedSensor {
  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address: 0x28, or by the letter or digit of its part number.
    public var address: UInt8 = 0x28
    /// Samples per second.
    public var rate: Double = 50
    /// The pressure in Pa at the end of its range, of either sign.
    public var range: Double = MS4525DO.pascalPerPSI
    /// Identical readings in a row that mean the chip no longer measures. `nil` never complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }

  /// Pa of a pound-force for each square inch.
  public static let pascalPerPSI = 6894.757
  /// See `SensorDriver`.
  public typealias Sample = DifferentialPressureSample
  /// How the chip is used.
  public let options: Options

  var state = DeviceState()
  private var schedule: SampleSchedule
  private var repetition = FrameRepetition()
  private var hasAsked = false

  /// What the two bits in front say.
  private enum Status: UInt8 {
    case normal = 0
    case reserved = 1
    case stale = 2
    case fault = 3
  }

  /// Time in µs for waking up and for both conversions.
  private static let conversionTime: Int64 = 10_000

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, Double(Self.facts.maximumRate)))
  }

  /// Pressure in Pa of 14 bits: 10 % of the counts are the lower end of the range, 90 % the upper one.
  public static func pressure(raw: UInt16, range: Double) -> Double {
    (Double(raw) - 0.1 * 16383) * (2 * range) / (0.8 * 16383) - range
  }

  /// Temperature in °C of 11 bits.
  public static func temperature(raw: UInt16) -> Double { Double(raw) * 200 / 2047 - 50 }

  /// Whether a measurement is under way is not known.
  mutating func forget(now: MonotonicTime) { wait(now: now) }

  /// There is nothing to set: the chip is there when it takes a request.
  mutating func start<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    state.enter(.running, at: now)
    schedule.start(at: now)
    repetition.reset()
    try ask(&bus, now: now)
  }

  private mutating func ask<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    let bytes: InlineArray<1, UInt8> = [0]
    try bus.write(bytes.span, to: options.address)
    hasAsked = true
    state.wake = now.advanced(microseconds: Self.conversionTime)
  }

  private mutating func wait(now: MonotonicTime) {
    hasAsked = false
    schedule.advance(past: now)
    state.wake = schedule.next
  }

  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> DifferentialPressureSample? {
    guard hasAsked else {
      try ask(&bus, now: now)
      return nil
    }
    var bytes = InlineArray<4, UInt8>(repeating: 0)
    var buffer = bytes.mutableSpan
    try bus.read(from: options.address, into: &buffer)
    wait(now: now)
    let raw = UInt16(bytes[0] & 0x3F) << 8 | UInt16(bytes[1])
    let warmth = UInt16(bytes[2]) << 3 | UInt16(bytes[3]) >> 5
    // A bus that hangs gives all the same; so does no pressure.
    guard !bytes.isUniform(0x00), !bytes.isUniform(0xFF), raw != 0, raw != 0x3FFF else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    switch Status(rawValue: bytes[0] >> 6) {
    case .normal: return accept(raw: raw, warmth: warmth, now: now)
    case .stale: state.fail(.notReady, now: now)
    case .fault: state.fail(.selfReported, now: now)
    case .reserved, nil: state.fail(.implausibleData, now: now)
    }
    return nil
  }

  private mutating func accept(raw: UInt16, warmth: UInt16, now: MonotonicTime) -> DifferentialPressureSample?
  {
    let temperature = Self.temperature(raw: warmth)
    // It works from −25 to 105 °C, and gives 5 % beyond its range.
    guard temperature > -40, temperature < 120 else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    if let limit = options.frozenAfter {
      let digest = FrameDigest(high: UInt64(raw), low: UInt64(warmth))
      // Each sample asked for its own conversion, so a repeated one is new as long as it is rare.
      if repetition.judge(digest, isNew: true, limit: limit) == .frozen {
        state.restart(.frozenData, at: now)
        return nil
      }
    }
    state.succeed()
    let isBeyond = Double(raw) < 0.06 * 16383 || Double(raw) > 0.94 * 16383
    state.note(endOfRange: isBeyond, now: now)
    return DifferentialPressureSample(
      pressure: Float(Self.pressure(raw: raw, range: options.range)), temperature: Float(temperature))
  }
}

extension MS4525DO: ConfiguredSensor {
  /// See `ConfiguredSensor`.
  public static let facts = ChipFacts(
    name: "ms4525do",
    addresses: [0x28, 0x36, 0x46, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F, 0x50, 0x51],
    standardAddress: 0x28, maximumRate: 80, bitsPerSample: TransferBits.write(1) + TransferBits.read(4),
    identity: nil)

  /// See `ConfiguredSensor`.
  public init(_ use: DifferentialPressureUse) {
    var options = Options()
    (options.address, options.rate) = (use.sensor.address, use.sensor.rate)
    options.range = use.range
    if use.sensor.playsBack { options.frozenAfter = nil }
    self.init(options: options)
  }
}
