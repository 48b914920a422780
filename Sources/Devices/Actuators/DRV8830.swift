import HardwareInterfaces

/// Texas Instruments DRV8830: an H bridge for one small motor, with its voltage set over I2C.
///
/// `poll` starts the chip and looks at its fault register; `write` sets the voltage once it runs. The chip regulates
/// the motor's voltage itself, by pulses from its supply of 2.75 to 6.8 V.
public struct DRV8830: Sendable {
  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address: 0x60 to 0x68 by two pins.
    public var address: UInt8 = 0x60
    /// Whether the motor is braked, and not let run out, at no voltage.
    public var brakes = true
    /// Time between two looks at the fault register, in ms.
    public var checkPeriod: Int64 = 20

    /// The defaults above.
    public init() {}
  }

  /// What the fault register says (datasheet SLVSAB2, table 5).
  public struct Faults: OptionSet, Sendable {
    /// The register's bits.
    public let rawValue: UInt8
    /// From the register's bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Any fault.
    public static let any = Faults(rawValue: 1)
    /// Too much current: a short circuit. The outputs are off until the fault is cleared.
    public static let overcurrent = Faults(rawValue: 2)
    /// The supply is too low. The outputs are off while it is.
    public static let undervoltage = Faults(rawValue: 4)
    /// Too hot. The outputs are off while it is.
    public static let overtemperature = Faults(rawValue: 8)
    /// At the current limit for 275 ms, as a motor that is held; the motor is still driven.
    public static let currentLimit = Faults(rawValue: 16)
  }

  /// How the chip is used.
  public let options: Options
  /// The faults that the chip reported last.
  public private(set) var faults: Faults = []
  /// Where the driver is between power-on and running.
  public var stage: DeviceStage { state.stage }
  /// Whether `write` reaches the motor.
  public var isReady: Bool { state.stage == .running }

  private var state = DeviceState()
  /// The control register as written last.
  private var control = coast

  private enum Register {
    static let control: UInt8 = 0x00
    static let fault: UInt8 = 0x01
  }

  private static let coast: UInt8 = 0
  private static let brake: UInt8 = 3
  private static let clear: UInt8 = 0x80
  /// Bits 6 and 5 of the fault register are not used; bit 7 reads 0.
  private static let unusedFaults: UInt8 = 0xE0
  /// V for each step of VSET, of which 6 to 63 may be set: 4 · 1.285 / 64. The datasheet's table of voltages is this
  /// times VSET; its formula says VSET + 1, one step more. The table is taken.
  private static let step: Float = 4 * 1.285 / 64

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) { self.options = options }

  /// The control register for a voltage in V, positive for forward (OUT1 high): the nearest that the chip has, at
  /// most 5.06 V, and none below half of the smallest, 0.48 V, or when it is not a number.
  public static func control(volts: Float, brakes: Bool) -> UInt8 {
    let steps = volts.magnitude / step
    guard steps >= 3 else { return brakes ? brake : coast }
    let setting = UInt8(min(max(steps.rounded(), 6), 63))
    return setting << 2 | (volts > 0 ? 1 : 2)
  }

  /// The voltage in V that a control register stands for; 0 for coasting and braking.
  public static func volts(control: UInt8) -> Float {
    switch control & 3 {
    case 1: Float(control >> 2) * step
    case 2: -Float(control >> 2) * step
    default: 0
    }
  }

  /// Moves the start on by one step or, while running, looks at the fault register when it is time. `now` is the time
  /// before the first transfer.
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

  /// Sets the motor's voltage in V; see `control(volts:brakes:)`.
  ///
  /// A motor that turns round passes through no voltage: the chip switches its bridge without overlap by itself.
  ///
  /// - Returns: whether the chip took it: not while it is starting.
  @discardableResult
  public mutating func write<Bus: I2CBus & ~Copyable>(
    volts: Float, to bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    guard isReady else { return false }
    let wanted = Self.control(volts: volts, brakes: options.brakes)
    do throws(BusError) {
      try bus.writeRegister(Register.control, wanted, of: options.address)
    } catch {
      state.failTransfer(error, now: now)
      throw error
    }
    control = wanted
    return true
  }

  private mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    switch state.stage {
    case .reset, .identity, .trim:
      // Off first, whatever a program before left it at; then what it had to complain of is forgotten.
      try bus.writeRegister(Register.control, Self.coast, of: options.address)
      control = Self.coast
      try bus.writeRegister(Register.fault, Self.clear, of: options.address)
      state.enter(.verify, at: now.advanced(milliseconds: 1))
    case .configure, .verify:
      guard try bus.readRegister(Register.control, of: options.address) == control else {
        return state.retry(.wrongRegister, now: now)
      }
      let seen = try bus.readRegister(Register.fault, of: options.address)
      guard seen & Self.unusedFaults == 0 else { return state.retry(.wrongIdentity, now: now) }
      faults = Faults(rawValue: seen)
      guard faults.isEmpty else { return state.retry(.selfReported, now: now) }
      state.enter(.running, at: now.advanced(milliseconds: options.checkPeriod))
      state.fault = .none
    case .running:
      break
    }
  }

  private mutating func recheck<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    state.wake = now.advanced(milliseconds: options.checkPeriod)
    let seen: InlineArray<2, UInt8> = try bus.readRegisters(Register.control, of: options.address)
    guard seen[0] == control else { return state.restart(.wrongRegister, at: now) }
    guard seen[1] & Self.unusedFaults == 0 else { return state.fail(.implausibleData, now: now) }
    faults = Faults(rawValue: seen[1])
    // From scratch: the outputs go off, the fault is cleared, and while it lasts the start is tried again.
    guard faults.isEmpty else { return state.restart(.selfReported, at: now) }
    state.succeed()
  }
}

extension DRV8830: ConfiguredActuator {
  /// See `ConfiguredActuator`.
  public static let facts = ActuatorFacts(
    name: "drv8830", addresses: Array(0x60...0x68), standardAddress: 0x60, channels: 1, takes: [.voltage],
    settings: [
      ActuatorSetting(
        "brakes", 0...1, standard: 1, "Whether the motor is braked (1), or runs out (0), at no voltage.")
    ],
    bitsPerWrite: { _ in TransferBits.write(2) }, most: { _, _ in Double(63 * step) })

  /// A driver at power-on for a chip used so.
  public init(_ use: ActuatorUse) {
    var options = Options()
    options.address = use.address
    options.brakes = use.settings["brakes"] != 0
    self.init(options: options)
  }

  /// See `ConfiguredActuator`.
  public static func safeWrites(_ use: ActuatorUse, isWhole: Bool) -> [[UInt8]] {
    let volts = use.channels.first { $0.number == 0 }?.safe ?? 0
    return [[Register.control, control(volts: Float(volts), brakes: use.settings["brakes"] != 0)]]
  }

  /// See `ActuatorDriver`: a voltage in V.
  public mutating func write<Bus: I2CBus & ~Copyable>(
    _ values: Span<Float>, from first: Int, to bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    guard first == 0, values.count > 0 else { return false }
    return try write(volts: values[0], to: &bus, now: now)
  }
}
