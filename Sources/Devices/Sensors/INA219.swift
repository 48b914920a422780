import HardwareInterfaces

/// Texas Instruments INA219: battery voltage, and current as the voltage across a shunt resistor, on I2C.
///
/// The current is worked out here from the shunt's voltage: the chip's own current register needs a
/// calibration value that it forgets without a word when its supply sags.
public struct INA219: StagedSensor {
  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address: 0x40 to 0x4F by two pins.
    public var address: UInt8 = 0x40
    /// Samples per second; at most 100, so that each is a new measurement.
    public var rate: Double = 10
    /// Resistance of the shunt in Ω: 0.1 on the usual breakout board, about 0.001 for a drone's current.
    public var shuntResistance: Float = 0.1

    /// The defaults above.
    public init() {}
  }

  /// How the chip is used.
  public let options: Options
  /// Where the driver is between power-on and sampling.
  public var stage: DeviceStage { state.stage }

  var state = DeviceState()
  private var schedule: SampleSchedule
  private var repetition = FrameRepetition()

  /// Registers (datasheet SBOS448, section 8.6), 16 bits each, high byte first.
  private enum Register {
    static let configuration: UInt8 = 0x00
    static let shuntVoltage: UInt8 = 0x01
    static let busVoltage: UInt8 = 0x02
    static let power: UInt8 = 0x03
  }

  private static let resetCommand: UInt16 = 0x8000
  /// What the configuration holds after a reset; the chip has no identity register.
  private static let resetConfiguration: UInt16 = 0x399F
  /// 32 V and 320 mV full scale, both converters 12 bits averaged over 8 samples (4.26 ms), continuous.
  private static let configuration: UInt16 = 0x3DDF
  /// Full scale of the shunt's converter in that setting, in V and in counts.
  private static let shuntFullScale: (volts: Double, counts: Int16) = (0.32, 32_000)
  /// Full scale of the bus voltage in that setting, in counts: 32 V.
  private static let busFullScale: UInt16 = 8_000
  /// Bit 1 of the bus voltage: both converters have finished since the power register was read last.
  private static let conversionReady: UInt16 = 0x0002

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, 100))
  }

  /// Volts of a bus voltage register: bits 15 to 3, 4 mV each.
  public static func busVoltage(raw: UInt16) -> Float { Float(raw >> 3) * 0.004 }

  /// Amperes through the shunt of a shunt voltage register, 10 µV each, and the resistance in Ω.
  public static func current(rawShunt: Int16, resistance: Float) -> Float {
    Float(rawShunt) * 0.00001 / resistance
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
      guard try bus.readWord(Register.configuration, of: options.address) == Self.resetConfiguration else {
        return state.retry(.wrongIdentity, now: now)
      }
      state.enter(.configure, at: now)
    case .configure:
      try bus.writeWord(Register.configuration, Self.configuration, of: options.address)
      state.enter(.verify, at: now)
    case .verify:
      guard try bus.readWord(Register.configuration, of: options.address) == Self.configuration else {
        return state.retry(.wrongRegister, now: now)
      }
      // The first pair of conversions takes 8.5 ms.
      let first = now.advanced(milliseconds: 10)
      state.enter(.running, at: first)
      state.nextCheck = first
      schedule.start(at: first)
      repetition.reset()
    case .trim, .running:
      break
    }
  }

  // MARK: - Sampling

  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> PowerSample? {
    schedule.advance(past: now)
    state.wake = schedule.next
    let voltage = try bus.readWord(Register.busVoltage, of: options.address)
    let shunt = try bus.readWord(Register.shuntVoltage, of: options.address)
    // Reading the power clears the flag of a finished conversion.
    _ = try bus.readWord(Register.power, of: options.address)
    if now >= state.nextCheck {
      state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
      guard try bus.readWord(Register.configuration, of: options.address) == Self.configuration else {
        state.restart(.wrongRegister, at: now)
        return nil
      }
    }
    // Bit 2 of the bus voltage is not used and reads 0, so all ones is out of the question too.
    guard voltage | shunt != 0, voltage & 0x0004 == 0 else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    return accept(voltage: voltage, shunt: Int16(bitPattern: shunt), now: now)
  }

  private mutating func accept(voltage: UInt16, shunt: Int16, now: MonotonicTime) -> PowerSample? {
    // A battery at rest may well read the same for hours: only the chip's flag tells a stopped converter.
    let digest = FrameDigest(high: UInt64(voltage >> 3), low: UInt64(UInt16(bitPattern: shunt)))
    let isNew = voltage & Self.conversionReady != 0
    switch repetition.judge(digest, isNew: isNew, limit: nil) {
    case .old:
      state.failSilently(.notReady, now: now)
      return nil
    case .frozen:
      state.restart(.frozenData, at: now)
      return nil
    case .fresh:
      state.succeed()
      let isBeyond = !(-Self.shuntFullScale.counts < shunt && shunt < Self.shuntFullScale.counts)
      state.note(endOfRange: isBeyond || voltage >> 3 >= Self.busFullScale, now: now)
      return PowerSample(
        voltage: Self.busVoltage(raw: voltage),
        current: isBeyond ? .nan : Self.current(rawShunt: shunt, resistance: options.shuntResistance))
    }
  }
}

extension INA219: ConfiguredSensor {
  /// See `ConfiguredSensor`; the chip is recognised by its configuration after a reset, not by an identity.
  public static var facts: ChipFacts {
    // Bus voltage, shunt voltage and power, which clears the flag of a finished conversion.
    ChipFacts(
      name: "ina219", addresses: Array(0x40...0x4F), maximumRate: 100,
      bitsPerSample: 3 * TransferBits.readRegisters(2), identity: nil,
      shuntFullScale: shuntFullScale.volts)
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
