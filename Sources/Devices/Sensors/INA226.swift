import HardwareInterfaces

/// Texas Instruments INA226: battery voltage, and current as the voltage across a shunt resistor of at most 81.92 mV,
/// on I2C.
public struct INA226: PowerMonitor {
  /// How the chip is used.
  public typealias Options = PowerMonitorOptions

  /// How the chip is used.
  public let options: Options
  /// The high byte of the manufacturer's number as read last.
  public var identity: UInt8? { core.identity }

  var core: SensorCore

  /// Registers (datasheet SBOS547, section 7.6).
  private enum Register {
    static let maskEnable: UInt8 = 0x06
    static let manufacturer: UInt8 = 0xFE
    static let die: UInt8 = 0xFF
  }

  /// "TI", and the part with its revision in the last four bits.
  private static let manufacturer: UInt16 = 0x5449
  private static let die: UInt16 = 0x2260
  /// Averages of 4 conversions of 1.1 ms each of bus and shunt, continuous: the first is ready after 8.8 ms, a tenth more
  /// with the chip's slowest clock.
  static let configuration: UInt16 = 0x4327
  /// Bit 3 of the mask register: conversions have ended since it was read last.
  private static let conversionReady: UInt16 = 0x0008
  /// Bits 9 to 5 of the mask register are not used and read 0.
  private static let maskUnused: UInt16 = 0x03E0
  static let shuntScale: Float = 0.0000025
  static let keepsIdentity = true

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 100))
  }

  /// Volts of a bus voltage register: 1.25 mV each.
  public static func busVoltage(raw: UInt16) -> Float { Float(raw) * 0.00125 }

  mutating func isExpected<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    let manufacturer = try bus.readWord(Register.manufacturer, of: options.address)
    core.identity = UInt8(truncatingIfNeeded: manufacturer >> 8)
    let die = try bus.readWord(Register.die, of: options.address)
    return manufacturer == Self.manufacturer && die & 0xFFF0 == Self.die
  }

  func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> PowerFrame {
    // Reading the flag clears it, so it comes first: a conversion that ends in between then counts for the next.
    let mask = try bus.readWord(Register.maskEnable, of: options.address)
    let voltage = try bus.readWord(PowerMonitorRegister.busVoltage, of: options.address)
    let rawShunt = try bus.readWord(PowerMonitorRegister.shuntVoltage, of: options.address)
    let shunt = Int16(bitPattern: rawShunt)
    // Bit 15 of the bus voltage reads 0, so all ones is out of the question too.
    return PowerFrame(
      voltage: Self.busVoltage(raw: voltage), shunt: shunt, isNew: mask & Self.conversionReady != 0,
      isPlausible: voltage | rawShunt != 0 && voltage & 0x8000 == 0 && mask & Self.maskUnused == 0,
      isVoltageAtEnd: voltage == 0x7FFF, isShuntAtEnd: shunt == .max || shunt == .min)
  }

  /// See `ConfiguredSensor`; full scale of the shunt's converter is all of its 16 bits.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "ina226", addresses: Array(0x40...0x4F), maximumRate: 100,
      bitsPerSample: 3 * TransferBits.readRegisters(2),
      identity: ChipIdentity(
        register: [Register.manufacturer], values: [UInt8(truncatingIfNeeded: Self.manufacturer >> 8)]
      ) { $0 == 0x54 ? .compatible("INA226") : nil },
      shuntFullScale: 0.081_92)
  }
}
