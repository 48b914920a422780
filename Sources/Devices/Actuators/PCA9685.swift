import HardwareInterfaces

/// NXP PCA9685: sixteen pulse outputs of one rate on I2C, for motor controllers and servos.
///
/// `poll` starts the chip and watches its registers; `write` sets pulses once it runs. Until then, and after
/// every restart, all outputs are off. The chip keeps pulsing when the host dies: wire its pin OE (active
/// low) to a line with a pull-up.
public struct PCA9685: Sendable {
  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address, 0x40 to 0x7F by six pins.
    public var address: UInt8 = 0x40
    /// Output rate in Hz asked for, 24 to 1526; `rate` says what the prescaler makes of it.
    public var rate: Double = 400
    /// The oscillator's frequency in Hz: 25 MHz by the datasheet, up to 5 % off in a specimen. Put in the
    /// measured one where pulse widths matter.
    public var oscillator: Double = 25_000_000
    /// Time between two looks at a register, in ms; a motor chip that lost its settings turns nothing.
    public var checkPeriod: Int64 = 20

    /// The defaults above.
    public init() {}
  }

  /// Number of outputs.
  public static let channels = 16

  /// How the chip is used.
  public let options: Options
  /// The prescaler in use.
  public let prescale: UInt8
  /// Where the driver is between power-on and running.
  public var stage: DeviceStage { state.stage }
  /// Whether `write` reaches the outputs.
  public var isReady: Bool { state.stage == .running }
  /// When the driver wants to be polled next; a failed `write` can bring it forward.
  public var nextPoll: MonotonicTime { state.wake }
  /// The real output rate in Hz, if the oscillator is as given.
  public var rate: Double { Self.rate(prescale: prescale, oscillator: options.oscillator) }

  private var state = DeviceState()

  private enum Register {
    static let mode1: UInt8 = 0x00
    static let mode2: UInt8 = 0x01
    static let subaddress1: UInt8 = 0x02
    static let firstChannel: UInt8 = 0x06
    static let allChannelsOffHigh: UInt8 = 0xFD
    static let prescale: UInt8 = 0xFE
  }

  private enum Mode1 {
    static let restart: UInt8 = 0x80
    static let autoIncrement: UInt8 = 0x20
    static let sleep: UInt8 = 0x10
  }

  /// Bit 4 of a channel's OFF_H: the output is off, whatever else is set.
  private static let fullOff: UInt8 = 0x10

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    prescale = Self.prescale(rate: options.rate, oscillator: options.oscillator)
  }

  /// Moves the start on by one step or, while running, looks at one register when it is time. `now` is the
  /// time before the first transfer.
  public mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> ActuatorPoll {
    if now >= state.wake {
      do throws(BusError) {
        if state.stage == .running {
          try recheck(&bus, now: now)
        } else {
          try start(&bus, now: now)
        }
      } catch {
        state.failTransfer(error, now: now)
      }
    }
    return ActuatorPoll(isReady: isReady, fault: state.fault, next: max(state.wake, now))
  }

  /// Sets the pulse widths, in µs, of as many channels as `microseconds` has, beginning with `first`, in one
  /// transfer; they change together at the end of it. A width of 0, below 0 or not a number turns its output
  /// off. Widths beyond the last channel are ignored.
  ///
  /// - Returns: whether the chip took them: not while it is starting.
  @discardableResult
  public mutating func write<Bus: I2CBus & ~Copyable>(
    microseconds: Span<Float>, from first: Int = 0, to bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    guard isReady, first >= 0, first < Self.channels else { return false }
    let count = min(microseconds.count, Self.channels - first)
    guard count > 0 else { return false }
    var bytes = InlineArray<65, UInt8>(repeating: 0)
    bytes[0] = Register.firstChannel + 4 * UInt8(truncatingIfNeeded: first)
    for channel in 0..<count {
      // Every pulse begins at count 0; ON_L and ON_H stay 0.
      guard
        let counts = Self.counts(
          microseconds: microseconds[channel], prescale: prescale, oscillator: options.oscillator)
      else {
        bytes[4 * channel + 4] = Self.fullOff
        continue
      }
      bytes[4 * channel + 3] = UInt8(truncatingIfNeeded: counts)
      bytes[4 * channel + 4] = UInt8(truncatingIfNeeded: counts >> 8)
    }
    do throws(BusError) {
      try bus.write(bytes.span.extracting(0..<(1 + 4 * count)), to: options.address)
    } catch {
      state.failTransfer(error, now: now)
      throw error
    }
    state.succeed()
    return true
  }

  // MARK: - Start

  private mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    switch state.stage {
    case .reset:
      // Not the software reset of the general call: that would reset every chip of the family on the bus.
      try bus.writeRegister(Register.allChannelsOffHigh, Self.fullOff, of: options.address)
      try bus.writeRegister(Register.mode1, Mode1.sleep | Mode1.autoIncrement, of: options.address)
      state.enter(.identity, at: now)
    case .identity:
      guard try isPCA9685(&bus) else { return state.retry(.wrongIdentity, now: now) }
      state.enter(.configure, at: now)
    case .configure:
      let setting = setting(at: state.row)
      try bus.writeRegister(UInt8(truncatingIfNeeded: setting.register), setting.value, of: options.address)
      // The oscillator needs 500 µs after the last row woke it up.
      if state.nextRow(of: 3) { state.enter(.verify, at: now.advanced(milliseconds: 1)) }
    case .verify:
      let setting = setting(at: state.row)
      let read = try bus.readRegister(UInt8(truncatingIfNeeded: setting.register), of: options.address)
      guard setting.holds(read) else { return state.retry(.wrongRegister, now: now) }
      guard state.nextRow(of: 3) else { return }
      if read & Mode1.restart != 0 {
        // The chip was put to sleep while it pulsed; writing the bit clears it (section 7.3.1.1).
        try bus.writeRegister(Register.mode1, Mode1.restart | Mode1.autoIncrement, of: options.address)
      }
      state.enter(.running, at: now.advanced(milliseconds: options.checkPeriod))
      state.fault = .none
    case .trim, .running:
      break
    }
  }

  /// The chip has no identity register; the addresses it also answers to, which nobody changes, tell it from
  /// its neighbours in the address range (an INA219, for one).
  private func isPCA9685<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    let addresses: InlineArray<4, UInt8> = try bus.readRegisters(Register.subaddress1, of: options.address)
    return addresses[0] == 0xE2 && addresses[1] == 0xE4 && addresses[2] == 0xE8 && addresses[3] == 0xE0
  }

  /// The register table. The prescaler comes first, because it can be written only while the chip sleeps, and
  /// MODE1 last, because it wakes it up (and stops it answering to the all-call address).
  private func setting(at row: Int) -> RegisterSetting {
    switch row {
    case 0: RegisterSetting(UInt16(Register.prescale), prescale)
    case 1: RegisterSetting(UInt16(Register.mode2), 0x04)
    default: RegisterSetting(UInt16(Register.mode1), Mode1.autoIncrement, mask: ~Mode1.restart)
    }
  }

  // MARK: - Running

  /// Looks at MODE1, which tells a reset, every other time, and in between at the others and the identity.
  private mutating func recheck<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    state.wake = now.advanced(milliseconds: options.checkPeriod)
    let turn = state.row
    state.row = (turn + 1) % 6
    if turn == 5 {
      guard try isPCA9685(&bus) else { return state.restart(.wrongIdentity, at: now) }
    } else {
      let setting = setting(at: turn % 2 == 0 ? 2 : turn / 2)
      let read = try bus.readRegister(UInt8(truncatingIfNeeded: setting.register), of: options.address)
      guard setting.holds(read) else { return state.restart(.wrongRegister, at: now) }
    }
    state.succeed()
  }
}

extension PCA9685: ConfiguredActuator {
  /// See `ConfiguredActuator`. Prescaler 3 to 255 at 25 MHz (datasheet rev. 4, 7.3.5).
  public static let facts = ActuatorFacts(
    name: "pca9685", addresses: Array(0x40...0x77), standardAddress: 0x40, channels: channels,
    takes: [.pulse, .duty],
    settings: [
      ActuatorSetting(
        "rate_hz", 24...1526, standard: Options().rate, "Pulses in a second, the same for all channels."),
      ActuatorSetting(
        "oscillator_hz", 20e6...30e6, standard: Options().oscillator,
        "The chip's oscillator as measured: real ones are off by up to 5 %, and so are the pulses."),
    ],
    // One burst of four registers for each channel from the first to the last.
    bitsPerWrite: { TransferBits.write(1 + 4 * (($0.max() ?? 0) - ($0.min() ?? 0) + 1)) },
    most: { $0 == .pulse ? period($1) : nil })

  /// Time between pulses in µs that the prescaler really gives.
  private static func period(_ settings: ActuatorSettings) -> Double {
    let oscillator = settings["oscillator_hz"]
    return 1e6 / rate(prescale: prescale(settings), oscillator: oscillator)
  }

  private static func prescale(_ settings: ActuatorSettings) -> UInt8 {
    prescale(rate: settings["rate_hz"], oscillator: settings["oscillator_hz"])
  }

  /// A driver at power-on for a chip used so.
  public init(_ use: ActuatorUse) {
    var options = Options()
    options.address = use.address
    options.rate = use.settings["rate_hz"]
    options.oscillator = use.settings["oscillator_hz"]
    self.init(options: options)
  }

  /// See `ConfiguredActuator`: a duty is a share of the time between pulses.
  public static func factor(of quantity: ActuatorQuantity, _ settings: ActuatorSettings) -> Double {
    quantity == .duty ? period(settings) : 1
  }

  /// See `ConfiguredActuator`. A pulse takes four registers: where they would change one by one, all channels are turned off.
  public static func safeWrites(_ use: ActuatorUse, isWhole: Bool) -> [[UInt8]] {
    guard isWhole else { return [allOff] }
    return use.channels.map { channel in
      pulse(
        channel: channel.number,
        microseconds: Float(channel.safe * factor(of: channel.quantity, use.settings)),
        prescale: prescale(use.settings), oscillator: use.settings["oscillator_hz"])
    }
  }

  /// See `ActuatorDriver`: widths of pulses in µs.
  public mutating func write<Bus: I2CBus & ~Copyable>(
    _ values: Span<Float>, from first: Int, to bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    try write(microseconds: values, from: first, to: &bus, now: now)
  }
}
