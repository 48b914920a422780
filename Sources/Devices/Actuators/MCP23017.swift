import HardwareInterfaces

/// Microchip MCP23017: sixteen digital lines on I2C, as inputs and outputs.
///
/// `poll` starts the chip, samples all lines, outputs included, and watches the registers; `write` sets outputs once it
/// runs. Outputs are given their level before they become outputs, so none ever drives another one. Bit 0 to 7 are port A, 8 to 15
/// port B. Lines over a bus are slow and may fail: no enable line belongs here.
public struct MCP23017: StagedSensor {
  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address: 0x20 to 0x27 by three pins.
    public var address: UInt8 = 0x20
    /// Samples of the lines per second.
    public var rate: Double = 100
    /// The lines that are outputs, a bit for each. By the newer datasheets lines 7 and 15 are outputs only.
    public var outputs: UInt16 = 0
    /// Levels of the outputs from the start, and again after a restart.
    public var initialLevels: UInt16 = 0
    /// Inputs with a pull-up resistor of 100 kΩ.
    public var pullUps: UInt16 = 0

    /// The defaults above: sixteen inputs.
    public init() {}
  }

  /// See `SensorDriver`.
  public typealias Sample = PortSample
  /// How the chip is used.
  public let options: Options
  /// Whether `write` reaches the outputs.
  public var isReady: Bool { state.stage == .running }
  /// The outputs' levels as written last.
  public private(set) var levels: UInt16

  var state = DeviceState()
  private var schedule: SampleSchedule

  /// Registers with IOCON.BANK = 0 (datasheet DS20001952, table 3-1): pairs of port A and B.
  private enum Register {
    static let direction: UInt8 = 0x00
    static let polarity: UInt8 = 0x02
    static let interruptEnable: UInt8 = 0x04
    static let control: UInt8 = 0x0A
    static let pullUp: UInt8 = 0x0C
    static let port: UInt8 = 0x12
    static let latch: UInt8 = 0x14
    /// IOCON where a crashed program left BANK = 1; with BANK = 0 it is GPINTENB, which is to be 0 as well.
    static let controlOfBank1: UInt8 = 0x05
  }

  /// The output latch of port A; port B's follows.
  static let latch = Register.latch

  /// A pair of registers, port A in the low byte.
  private struct Pair {
    var register: UInt8
    var value: UInt16
  }

  /// Rows of the table. The latch comes first and the direction last; the direction tells a reset best.
  private static let rows = 6

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    levels = options.initialLevels & options.outputs
    schedule = SampleSchedule(rate: min(options.rate, 1000))
  }

  private func setting(at row: Int) -> Pair {
    switch row {
    case 0: Pair(register: Register.latch, value: levels)
    case 1: Pair(register: Register.polarity, value: 0)
    case 2: Pair(register: Register.interruptEnable, value: 0)
    case 3: Pair(register: Register.control, value: 0)
    case 4: Pair(register: Register.pullUp, value: options.pullUps)
    default: Pair(register: Register.direction, value: ~options.outputs)
    }
  }

  /// Sets the outputs in `mask` to `levels` in one transfer; bits of inputs are ignored.
  ///
  /// - Returns: whether the chip took them: not while it is starting.
  @discardableResult
  public mutating func write<Bus: I2CBus & ~Copyable>(
    levels wanted: UInt16, mask: UInt16 = .max, to bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    guard isReady else { return false }
    let mask = mask & options.outputs
    let new = levels & ~mask | wanted & mask
    do throws(BusError) {
      try write(Pair(register: Register.latch, value: new), &bus)
    } catch {
      state.failTransfer(error, now: now)
      throw error
    }
    levels = new
    return true
  }

  /// Has the register that tells a reset best looked at with the next sample.
  mutating func suspect(now: MonotonicTime) { (state.row, state.nextCheck) = (0, now) }

  private func write<Bus: I2CBus & ~Copyable>(_ pair: Pair, _ bus: inout Bus) throws(BusError) {
    let bytes: InlineArray<3, UInt8> = [
      pair.register, UInt8(truncatingIfNeeded: pair.value), UInt8(truncatingIfNeeded: pair.value >> 8),
    ]
    try bus.write(bytes.span, to: options.address)
  }

  private func read<Bus: I2CBus & ~Copyable>(_ register: UInt8, _ bus: inout Bus) throws(BusError) -> UInt16 {
    let bytes: InlineArray<2, UInt8> = try bus.readRegisters(register, of: options.address)
    return bytes.uint16(littleEndianAt: 0)
  }

  /// The chip has a reset pin but no reset command and no identity: every register that matters is written.
  mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    switch state.stage {
    case .reset, .identity, .trim:
      levels = options.initialLevels & options.outputs
      try bus.writeRegister(Register.controlOfBank1, 0, of: options.address)
      state.enter(.configure, at: now)
    case .configure:
      try write(setting(at: state.row), &bus)
      if state.nextRow(of: Self.rows) { state.enter(.verify, at: now) }
    case .verify:
      let setting = setting(at: state.row)
      guard try read(setting.register, &bus) == setting.value else {
        return state.retry(.wrongRegister, now: now)
      }
      guard state.nextRow(of: Self.rows) else { return }
      state.enter(.running, at: now)
      state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
      schedule.start(at: now)
    case .running:
      break
    }
  }

  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> PortSample? {
    schedule.advance(past: now)
    state.wake = schedule.next
    let lines = try read(Register.port, &bus)
    if now >= state.nextCheck {
      state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
      // From the last row, which tells a reset, backwards.
      let setting = setting(at: Self.rows - 1 - state.row)
      guard try read(setting.register, &bus) == setting.value else {
        state.restart(.wrongRegister, at: now)
        return nil
      }
      state.row = (state.row + 1) % Self.rows
    }
    state.succeed()
    return PortSample(levels: lines)
  }
}
