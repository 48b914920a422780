import PortableMath

/// Microchip MCP23017 at register level (datasheet DS20001952).
///
/// Modelled: the registers in both maps (IOCON.BANK), directions, latches, polarity, pull-ups, and pins that are driven
/// from outside. Not modelled: interrupts, sequential mode off.
public final class SimulatedMCP23017: SimulatedRegisterChip {
  /// Registers of port A by their number in pairs; port B follows each.
  private enum Register {
    static let direction = 0x00
    static let polarity = 0x02
    static let control = 0x0A
    static let pullUp = 0x0C
    static let port = 0x12
    static let latch = 0x14
  }

  private var registers = InlineArray<22, UInt8>(repeating: 0)
  /// Pins that something outside drives, and the levels it drives them to.
  private var driven: UInt16 = 0
  private var outside: UInt16 = 0
  /// What drives pins over time.
  private var courses: [(pin: Int, isInverted: Bool, course: TimeCourse)] = []
  /// The levels that a stuck chip keeps.
  private var kept: UInt16?

  /// A chip at power-on: sixteen inputs.
  override public init() {
    super.init()
    reset()
  }

  override public var faultsItLacks: Set<FaultKind> { [.flat, .saturated, .slow, .wrongIdentity] }

  override public func reset() {
    for index in 0..<22 { registers[index] = 0 }
    registers[0] = 0xFF
    registers[1] = 0xFF
    pointer = 0
  }

  // MARK: - Pins

  /// Drives a pin, 0 to 15, from outside; `nil` lets go of it.
  public func drive(_ pin: Int, high: Bool?) {
    guard (0..<16).contains(pin) else { return }
    let bit: UInt16 = 1 << UInt16(pin)
    driven = high == nil ? driven & ~bit : driven | bit
    outside = high == true ? outside | bit : outside & ~bit
  }

  override func take(_ input: PhysicalInput) {
    guard case .pin(let pin, let isInverted) = input.quantity else { return super.take(input) }
    courses.append((pin, isInverted, input.course))
  }

  /// Drives the pins that follow a course as it says now.
  private func followCourses() {
    for (pin, isInverted, course) in courses {
      guard let value = course.value(at: now) else { continue }
      drive(pin, high: (value != 0) != isInverted)
    }
  }

  /// The level to which the chip drives a pin; `nil` while the pin is an input, or the chip has no supply.
  public func outputLevel(_ pin: Int) -> Bool? {
    guard (0..<16).contains(pin), !faults.contains(.off) else { return nil }
    let bit: UInt16 = 1 << UInt16(pin)
    return pair(Register.direction) & bit == 0 ? pair(Register.latch) & bit != 0 : nil
  }

  /// The levels of all pins: outputs by the latch, inputs by what drives them, or else their pull-up.
  private var levels: UInt16 {
    let inputs = pair(Register.direction)
    let undriven = pair(Register.pullUp) & ~driven
    return ~inputs & pair(Register.latch) | inputs & (outside & driven | undriven)
  }

  private func pair(_ register: Int) -> UInt16 {
    UInt16(registers[register]) | UInt16(registers[register + 1]) << 8
  }

  // MARK: - Bus

  /// The register of the paired map that an address means: with BANK = 1 the ports are sixteen apart.
  private func register(at address: Int) -> Int? {
    guard registers[Register.control] & 0x80 != 0 else { return address < 22 ? address : nil }
    let within = address & 0x0F
    return address < 0x20 && within < 11 ? within * 2 + address >> 4 : nil
  }

  override var addressBits: Int { 0x1F }

  /// Addresses beyond the last register are taken as they are, and mean none.
  override func point(to address: UInt8) { pointer = Int(address) }

  override func set(_ address: Int, _ value: UInt8) {
    guard let register = register(at: address) else { return }
    switch register {
    case Register.control, Register.control + 1:
      registers[Register.control] = value & 0xFE
      registers[Register.control + 1] = value & 0xFE
    case Register.port, Register.port + 1:
      // A write to the port is a write to its latch.
      registers[register + 2] = value
    case 0x0E...0x11:
      break
    default:
      registers[register] = value
    }
  }

  override func get(_ address: Int) -> UInt8 {
    guard let register = register(at: address) else { return 0 }
    guard register == Register.port || register == Register.port + 1 else { return registers[register] }
    followCourses()
    let seen = faults.contains(.bias) ? ~levels : levels
    kept = faults.contains(.stuck) ? kept ?? seen : nil
    let shown = (kept ?? seen) ^ pair(Register.polarity)
    return UInt8(truncatingIfNeeded: register == Register.port ? shown : shown >> 8)
  }
}

extension SimulatedMCP23017: SimulatedActuator {
  /// The level of a line; 0 also for one that the chip does not drive.
  public func output(_ channel: Int) -> Double { outputLevel(channel) == true ? 1 : 0 }
}
