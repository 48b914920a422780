import PortableMath

/// NXP PCA9685 at register level (datasheet rev. 4, sections 7.2 to 7.4).
///
/// Modelled: registers and reset values, auto-increment, sleep with its restart flag, the prescaler that is
/// writable only in sleep, full on and full off, new pulses that begin with a cycle of the outputs, an
/// oscillator off its nominal frequency. Not modelled: staggered switching, inversion, external clock.
public final class SimulatedPCA9685: SimulatedRegisterChip {
  /// Number of outputs.
  public static let channels = 16

  private enum Register {
    static let mode1 = 0x00
    static let mode2 = 0x01
    static let firstChannel = 0x06
    static let endOfChannels = 0x46
    static let allChannels = 0xFA
    static let prescale = 0xFE
  }

  /// The oscillator's frequency in Hz if every specimen were alike.
  private let oscillator: Double
  /// Standard deviation of the oscillator's relative error.
  private let oscillatorSpread: Double
  private var oscillatorError = 0.0
  private var registers = InlineArray<256, UInt8>(repeating: 0)
  /// Width of each output's pulse in µs, as of the last cycle's beginning; 0 is off.
  private var widths = InlineArray<16, Double>(repeating: 0)
  /// When the oscillator began to run; `.max` while it does not.
  private var cycleStart = Int64.max

  /// A chip at power-on. `oscillatorSpread` is the standard deviation of a specimen's relative frequency error.
  public init(oscillator: Double = 25_000_000, oscillatorSpread: Double = 0) {
    self.oscillator = oscillator
    self.oscillatorSpread = oscillatorSpread
    super.init()
    reset()
  }

  override public var faultsItLacks: Set<FaultKind> { [.flat, .saturated, .slow] }

  override public func drawConstants() {
    oscillatorError = imperfection.bias(oscillatorSpread)
  }

  override public func reset() {
    for index in 0..<256 { registers[index] = 0 }
    registers[Register.mode1] = 0x11
    registers[Register.mode2] = 0x04
    registers[2] = 0xE2
    registers[3] = 0xE4
    registers[4] = 0xE8
    registers[5] = 0xE0
    for channel in 0..<Self.channels { registers[Register.firstChannel + 4 * channel + 3] = 0x10 }
    registers[Register.prescale] = 0x1E
    for channel in 0..<Self.channels { widths[channel] = 0 }
    pointer = 0
    cycleStart = .max
    nextEvent = .max
  }

  // MARK: - Outputs

  /// Width in µs of the pulses that leave a channel, or `nil` while it gives none: full off, asleep, without
  /// supply, or no such channel. Full on is the whole period.
  public func pulseWidth(_ channel: Int) -> Double? {
    guard channel >= 0, channel < Self.channels, cycleStart <= now, !faults.contains(.off) else { return nil }
    let width = widths[channel]
    return width > 0 ? width : nil
  }

  /// Period of the outputs in s.
  private var period: Double {
    let error = faults.contains(.bias) ? oscillatorError - 0.1 : oscillatorError
    return 4096 * (Double(registers[Register.prescale]) + 1) / (oscillator * (1 + error))
  }

  private var isAsleep: Bool { registers[Register.mode1] & 0x10 != 0 }

  /// New values take effect where a cycle ends, so that no pulse is cut (section 7.3.3).
  private func scheduleUpdate() {
    guard !isAsleep else { return }
    let cycle = max(1, Int64(period * 1e9))
    let first = cycleStart
    nextEvent = now < first ? first : first &+ ((now &- first) / cycle &+ 1) &* cycle
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = .max
    guard !faults.contains(.stuck) else { return }
    let microsecondsPerCount = period / 4096 * 1e6
    for channel in 0..<Self.channels { widths[channel] = Double(counts(of: channel)) * microsecondsPerCount }
  }

  /// Counts of a channel's pulse; 0 is off, 4096 always on.
  private func counts(of channel: Int) -> UInt16 {
    let base = Register.firstChannel + 4 * channel
    if registers[base + 3] & 0x10 != 0 { return 0 }
    if registers[base + 1] & 0x10 != 0 { return 4096 }
    let on = UInt16(registers[base + 1] & 0x0F) << 8 | UInt16(registers[base])
    let off = UInt16(registers[base + 3] & 0x0F) << 8 | UInt16(registers[base + 2])
    return (off &- on) & 0x0FFF
  }

  // MARK: - Bus

  override var addressBits: Int { 0xFF }

  override public func write(_ bytes: Span<UInt8>) {
    super.write(bytes)
    if bytes.count > 1 { scheduleUpdate() }
  }

  override func advance() {
    guard registers[Register.mode1] & 0x20 != 0 else { return }
    pointer = pointer + 1 == Register.endOfChannels ? 0 : (pointer + 1) & addressBits
  }

  override func get(_ register: Int) -> UInt8 {
    faults.contains(.wrongIdentity) && (2..<6).contains(register) ? 0 : registers[register]
  }

  override func set(_ register: Int, _ value: UInt8) {
    switch register {
    case Register.mode1:
      setMode1(value)
    case Register.prescale:
      if isAsleep { registers[register] = max(3, value) }
    case Register.mode2:
      registers[register] = value & 0x1F
    case 0x02...0x05:
      registers[register] = value & 0xFE
    case Register.firstChannel..<Register.endOfChannels:
      registers[register] = channelValue(value, field: (register - Register.firstChannel) & 3)
      clearRestart()
    case Register.allChannels..<(Register.allChannels + 4):
      let field = register - Register.allChannels
      for channel in 0..<Self.channels {
        registers[Register.firstChannel + 4 * channel + field] = channelValue(value, field: field)
      }
      clearRestart()
    default:
      break
    }
  }

  /// The high bytes have five bits: four of the count, and full on or full off.
  private func channelValue(_ value: UInt8, field: Int) -> UInt8 { field & 1 == 1 ? value & 0x1F : value }

  private func clearRestart() {
    if !isAsleep { registers[Register.mode1] &= 0x7F }
  }

  private func setMode1(_ value: UInt8) {
    let wasAsleep = isAsleep
    let sleeps = value & 0x10 != 0
    // RESTART is cleared by writing one, and set when the chip falls asleep while it pulses. EXTCLK stays set.
    var restart = value & 0x80 != 0 ? 0 : registers[Register.mode1] & 0x80
    if sleeps, !wasAsleep, isPulsing { restart = 0x80 }
    registers[Register.mode1] = value & 0x3F | restart | (value | registers[Register.mode1]) & 0x40
    if sleeps {
      cycleStart = .max
      nextEvent = .max
    } else if wasAsleep {
      cycleStart = now &+ 500_000
    }
  }

  private var isPulsing: Bool {
    for channel in 0..<Self.channels where widths[channel] != 0 { return true }
    return false
  }
}

extension SimulatedPCA9685: SimulatedActuator {
  /// Width of the pulses in µs.
  public func output(_ channel: Int) -> Double { pulseWidth(channel) ?? 0 }

  /// The time between pulses in µs.
  public var wholeDuty: Double { period * 1e6 }
}
