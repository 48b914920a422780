import Devices
import HardwareInterfaces

/// Microchip MCP4725: a voltage of 12 bits between 0 and the supply, for the speed input of a motor's controller (datasheet DS22039D).
///
/// `poll` starts the chip and looks at it every 20 ms; `write` sends what it is to give. The memory that outlives power-down is never
/// written: it wears.
struct MCP4725: ActuatorDriver {
  private let address: UInt8
  private let supply: Float
  private var isReady = false
  private var next = MonotonicTime.zero
  /// The counts that were written last.
  private var counts: UInt16 = 0

  init(_ use: ActuatorUse) {
    address = use.address
    supply = Float(use.settings["supply_v"])
  }

  mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> ActuatorPoll {
    guard now >= next else { return ActuatorPoll(isReady: isReady, fault: .none, next: next) }
    next = now.advanced(milliseconds: 20)
    do throws(BusError) {
      if !isReady { try send(0, &bus) }
      // Status, then the register's upper eight and lower four bits (section 6.2).
      var seen: InlineArray<3, UInt8> = [0, 0, 0]
      try read(&seen, &bus)
      let held = UInt16(seen[1]) << 4 | UInt16(seen[2]) >> 4
      // Bits 1 and 2: powered down. A chip that lost its supply for a moment is started again.
      guard held == counts, seen[0] & 0x06 == 0 else {
        isReady = false
        return ActuatorPoll(isReady: false, fault: .wrongRegister, next: next)
      }
      isReady = true
      return ActuatorPoll(isReady: true, fault: .none, next: next)
    } catch {
      return failure(error)
    }
  }

  mutating func write<Bus: I2CBus & ~Copyable>(
    _ values: Span<Float>, from first: Int, to bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    guard isReady, first == 0, values.count > 0 else { return false }
    try send(Self.counts(volts: values[0], supply: supply), &bus)
    return true
  }

  /// The nearest that the chip can give; 0 for what is negative or no number.
  static func counts(volts: Float, supply: Float) -> UInt16 {
    guard volts > 0, supply > 0 else { return 0 }
    return UInt16(min((volts / supply * 4096).rounded(), 4095))
  }

  /// The fast write of two bytes (section 6.1.1): no power-down, the upper four bits, the lower eight.
  static func bytes(_ counts: UInt16) -> [UInt8] { [UInt8(counts >> 8), UInt8(counts & 0xFF)] }

  private mutating func send<Bus: I2CBus & ~Copyable>(_ wanted: UInt16, _ bus: inout Bus) throws(BusError) {
    let bytes: InlineArray<2, UInt8> = [UInt8(wanted >> 8), UInt8(wanted & 0xFF)]
    try bus.write(bytes.span, to: address)
    counts = wanted
  }

  private func read<Bus: I2CBus & ~Copyable>(
    _ buffer: inout InlineArray<3, UInt8>, _ bus: inout Bus
  ) throws(BusError) {
    var span = buffer.mutableSpan
    try bus.read(from: address, into: &span)
  }

  private mutating func failure(_ error: BusError) -> ActuatorPoll {
    isReady = false
    return ActuatorPoll(
      isReady: false, fault: DeviceFault(error), next: next)
  }
}

extension MCP4725: ConfiguredActuator {
  static let facts = ActuatorFacts(
    name: "mcp4725", addresses: Array(0x60...0x67), standardAddress: 0x60, channels: 1, takes: [.voltage],
    settings: [
      ActuatorSetting("supply_v", 2.7...5.5, standard: 5, "The chip's supply, its largest voltage.")
    ],
    bitsPerWrite: { _ in TransferBits.write(2) },
    most: { _, settings in settings["supply_v"] })

  /// What a guard without a driver sends: the safe voltage.
  static func safeWrites(_ use: ActuatorUse, isWhole: Bool) -> [[UInt8]] {
    let volts = use.channels.first { $0.number == 0 }?.safe ?? 0
    return [bytes(counts(volts: Float(volts), supply: Float(use.settings["supply_v"])))]
  }
}
