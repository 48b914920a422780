import HardwareInterfaces

/// Texas Instruments INA219: battery voltage, and current as the voltage across a shunt resistor, on I2C.
public struct INA219: PowerMonitor {
  /// How the chip is used.
  public typealias Options = PowerMonitorOptions

  /// How the chip is used.
  public let options: Options

  var core: SensorCore

  /// The power (datasheet SBOS448, section 8.6).
  private static let powerRegister: UInt8 = 0x03
  /// What the configuration holds after a reset; the chip has no identity register.
  private static let resetConfiguration: UInt16 = 0x399F
  /// 32 V and 320 mV full scale, both converters 12 bits averaged over 8 samples (4.26 ms), continuous: the first pair of
  /// conversions takes 8.5 ms.
  static let configuration: UInt16 = 0x3DDF
  /// Counts in that setting that are no reading of the shunt: they begin at its full scale, in V.
  private static let shuntFullScale: (volts: Double, counts: Int16) = (0.32, 32_000)
  /// Full scale of the bus voltage in that setting, in counts: 32 V.
  private static let busFullScale: UInt16 = 8_000
  /// Bit 1 of the bus voltage: both converters have finished since the power register was read last.
  private static let conversionReady: UInt16 = 0x0002
  static let shuntScale: Float = 0.00001
  static let keepsIdentity = false

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    core = SensorCore(rate: min(options.rate, 100))
  }

  /// Volts of a bus voltage register: bits 15 to 3, 4 mV each.
  public static func busVoltage(raw: UInt16) -> Float { Float(raw >> 3) * 0.004 }

  func isExpected<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    try bus.readWord(PowerMonitorRegister.configuration, of: options.address) == Self.resetConfiguration
  }

  func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> PowerFrame {
    let voltage = try bus.readWord(PowerMonitorRegister.busVoltage, of: options.address)
    let rawShunt = try bus.readWord(PowerMonitorRegister.shuntVoltage, of: options.address)
    // Reading the power clears the flag of a finished conversion.
    _ = try bus.readWord(Self.powerRegister, of: options.address)
    let shunt = Int16(bitPattern: rawShunt)
    let end = Self.shuntFullScale.counts
    // Bit 2 of the bus voltage is not used and reads 0, so all ones is out of the question too.
    return PowerFrame(
      voltage: Self.busVoltage(raw: voltage), shunt: shunt, isNew: voltage & Self.conversionReady != 0,
      isPlausible: voltage | rawShunt != 0 && voltage & 0x0004 == 0,
      isVoltageAtEnd: voltage >> 3 >= Self.busFullScale, isShuntAtEnd: !(-end < shunt && shunt < end))
  }

  /// See `ConfiguredSensor`; the chip is recognised by its configuration after a reset, not by an identity.
  public static var facts: ChipFacts {
    // Bus voltage, shunt voltage and power, which clears the flag of a finished conversion.
    ChipFacts(
      name: "ina219", addresses: Array(0x40...0x4F), maximumRate: 100,
      bitsPerSample: 3 * TransferBits.readRegisters(2), identity: nil,
      shuntFullScale: shuntFullScale.volts)
  }
}
