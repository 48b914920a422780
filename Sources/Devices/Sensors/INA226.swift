import HardwareInterfaces

/// Texas Instruments INA226: battery voltage, and current as the voltage across a shunt resistor, on I2C.
///
/// As with the INA219, the current is worked out here from the shunt's voltage: the chip's own current register
/// needs a calibration value that it forgets without a word when its supply sags.
public struct INA226: StagedSensor {
  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address: 0x40 to 0x4F by two pins.
    public var address: UInt8 = 0x40
    /// Samples per second; at most 100, so that each is a new measurement.
    public var rate: Double = 10
    /// Resistance of the shunt in Ω: 0.1 on the usual breakout board, about 0.001 for a drone's current. Full scale
    /// is 81.92 mV across it.
    public var shuntResistance: Float = 0.1

    /// The defaults above.
    public init() {}
  }

  /// How the chip is used.
  public let options: Options
  /// The high byte of the manufacturer's number as read at the last start.
  public private(set) var identity: UInt8?
  /// Where the driver is between power-on and sampling.
  public var stage: DeviceStage { state.stage }

  var state = DeviceState()
  private var schedule: SampleSchedule
  private var repetition = FrameRepetition()

  /// Registers (datasheet SBOS547, section 7.6), 16 bits each, high byte first.
  private enum Register {
    static let configuration: UInt8 = 0x00
    static let shuntVoltage: UInt8 = 0x01
    static let busVoltage: UInt8 = 0x02
    static let maskEnable: UInt8 = 0x06
    static let manufacturer: UInt8 = 0xFE
    static let die: UInt8 = 0xFF
  }

  private static let resetCommand: UInt16 = 0x8000
  /// "TI", and the part with its revision in the last four bits.
  private static let manufacturer: UInt16 = 0x5449
  private static let die: UInt16 = 0x2260
  /// Averages of 4 conversions of 1.1 ms each of bus and shunt (8.8 ms), continuous.
  private static let configuration: UInt16 = 0x4327
  /// Full scale of the shunt's converter in V: all of its 16 bits.
  private static let shuntFullScale = 0.081_92
  /// Bit 3 of the mask register: conversions have ended since it was read last.
  private static let conversionReady: UInt16 = 0x0008
  /// Bits 9 to 5 of the mask register are not used and read 0.
  private static let maskUnused: UInt16 = 0x03E0

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, 100))
  }

  /// Volts of a bus voltage register: 1.25 mV each.
  public static func busVoltage(raw: UInt16) -> Float { Float(raw) * 0.00125 }

  /// Amperes through the shunt of a shunt voltage register, 2.5 µV each, and the resistance in Ω.
  public static func current(rawShunt: Int16, resistance: Float) -> Float {
    Float(rawShunt) * 0.0000025 / resistance
  }

  /// See `SensorDriver`.
  public mutating func poll<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) -> SensorPoll<PowerSample> { step(&bus, now: now) }

  // MARK: - Start

  mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    switch state.stage {
    case .reset:
      try bus.writeWord(Register.configuration, Self.resetCommand, of: options.address)
      state.enter(.identity, at: now.advanced(milliseconds: 1))
    case .identity:
      guard try isINA226(&bus) else { return state.retry(.wrongIdentity, now: now) }
      state.enter(.configure, at: now)
    case .configure:
      try bus.writeWord(Register.configuration, Self.configuration, of: options.address)
      state.enter(.verify, at: now)
    case .verify:
      guard try bus.readWord(Register.configuration, of: options.address) == Self.configuration else {
        return state.retry(.wrongRegister, now: now)
      }
      // The first average is ready after 8.8 ms, a tenth more with the chip's slowest clock.
      let first = now.advanced(milliseconds: 10)
      state.enter(.running, at: first)
      state.nextCheck = first
      schedule.start(at: first)
      repetition.reset()
    case .trim, .running:
      break
    }
  }

  private mutating func isINA226<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    let manufacturer = try bus.readWord(Register.manufacturer, of: options.address)
    identity = UInt8(truncatingIfNeeded: manufacturer >> 8)
    let die = try bus.readWord(Register.die, of: options.address)
    return manufacturer == Self.manufacturer && die & 0xFFF0 == Self.die
  }

  // MARK: - Sampling

  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> PowerSample? {
    schedule.advance(past: now)
    state.wake = schedule.next
    // Reading the flag clears it, so it comes first: a conversion that ends in between then counts for the next.
    let mask = try bus.readWord(Register.maskEnable, of: options.address)
    let voltage = try bus.readWord(Register.busVoltage, of: options.address)
    let shunt = try bus.readWord(Register.shuntVoltage, of: options.address)
    if now >= state.nextCheck, try !recheck(&bus, now: now) { return nil }
    // Bit 15 of the bus voltage reads 0, so all ones is out of the question too.
    guard voltage | shunt != 0, voltage & 0x8000 == 0, mask & Self.maskUnused == 0 else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    let isNew = mask & Self.conversionReady != 0
    return accept(voltage: voltage, shunt: Int16(bitPattern: shunt), isNew: isNew, now: now)
  }

  /// Looks at the configuration and, every other time, at the identity; returns whether all is well.
  private mutating func recheck<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    let isIdentityTurn = state.row == 1
    state.row = isIdentityTurn ? 0 : 1
    if isIdentityTurn {
      guard try isINA226(&bus) else {
        state.restart(.wrongIdentity, at: now)
        return false
      }
    } else {
      guard try bus.readWord(Register.configuration, of: options.address) == Self.configuration else {
        state.restart(.wrongRegister, at: now)
        return false
      }
    }
    return true
  }

  private mutating func accept(
    voltage: UInt16, shunt: Int16, isNew: Bool, now: MonotonicTime
  ) -> PowerSample? {
    // A battery at rest may well read the same for hours: only the chip's flag tells a stopped converter.
    let digest = FrameDigest(high: UInt64(voltage), low: UInt64(UInt16(bitPattern: shunt)))
    switch repetition.judge(digest, isNew: isNew, limit: nil) {
    case .old:
      state.failSilently(.notReady, now: now)
      return nil
    case .frozen:
      state.restart(.frozenData, at: now)
      return nil
    case .fresh:
      state.succeed()
      let isBeyond = shunt == .max || shunt == .min
      state.note(endOfRange: isBeyond || voltage == 0x7FFF, now: now)
      return PowerSample(
        voltage: Self.busVoltage(raw: voltage),
        current: isBeyond ? .nan : Self.current(rawShunt: shunt, resistance: options.shuntResistance))
    }
  }
}

extension INA226: ConfiguredSensor {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "ina226", addresses: Array(0x40...0x4F), maximumRate: 100,
      bitsPerSample: 3 * TransferBits.readRegisters(2),
      identity: ChipIdentity(
        register: [Register.manufacturer], values: [UInt8(truncatingIfNeeded: Self.manufacturer >> 8)]
      ) { $0 == 0x54 ? .compatible("INA226") : nil },
      shuntFullScale: shuntFullScale)
  }

  /// See `ConfiguredSensor`.
  public init(_ use: PowerUse) {
    var options = Options()
    options.address = use.sensor.address
    options.rate = use.sensor.rate
    options.shuntResistance = Float(use.shuntResistance)
    self.init(options: options)
  }
}
