import PortableMath

/// InvenSense ICM-42688-P at register level (DS-000347 rev. 1.6).
///
/// Modelled: bank 0 and the bank selection, reset values, reset, power modes, output data rates, the user-interface
/// filter as one of first order, noise, offsets, full scale, quantisation, data that read −32768 until measured, the
/// flag of new data. Not modelled: FIFO, the other banks' filters, motion functions, self-test; one output data rate
/// serves both sensors.
public final class SimulatedICM42688P: SimulatedInertialChip {
  private enum Register {
    static let deviceConfiguration = 0x11
    static let data = 0x1D
    static let interruptStatus = 0x2D
    static let interfaceConfiguration = 0x4D
    static let powerManagement = 0x4E
    static let gyroConfiguration = 0x4F
    static let accelConfiguration = 0x50
    static let filterConfiguration = 0x52
    static let interruptSource = 0x65
    static let whoAmI = 0x75
    static let bankSelect = 0x76
  }

  /// Output data rates in Hz by GYRO_ODR; 0 where the code is reserved.
  private static let rates: InlineArray<16, Double> = [
    0, 32_000, 16_000, 8_000, 4_000, 2_000, 1_000, 200, 100, 50, 25, 12.5, 0, 0, 0, 500,
  ]
  /// What the output data rate is divided by for the bandwidth, by UI_FILT_BW.
  private static let divisors: InlineArray<8, Double> = [2, 4, 5, 8, 10, 16, 20, 40]

  private let identity: UInt8
  private var registers = RegisterFile<128>()
  private var bank: UInt8 = 0
  private var isResetting = false

  /// A chip mounted as given.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0x47, imperfections: InertialImperfections? = nil
  ) {
    self.identity = identity
    super.init(
      mounting: mounting,
      imperfections: imperfections ?? InertialImperfections(gyroNoise: 0.0028, accelerometerNoise: 70))
    reset()
  }

  override public func reset() {
    registers.clear()
    for index in 0..<7 { registers[Register.data + 2 * index] = 0x80 }
    registers[Register.interruptStatus] = 0x10
    registers[Register.interfaceConfiguration] = 0x91
    registers[Register.gyroConfiguration] = 0x06
    registers[Register.accelConfiguration] = 0x06
    registers[Register.filterConfiguration] = 0x11
    registers[Register.interruptSource] = 0x10
    registers[Register.whoAmI] = identity
    bank = 0
    pointer = 0
    isResetting = false
    emptyFilter()
    nextEvent = .max
  }

  // MARK: - Bus

  override func get(_ register: Int) -> UInt8 {
    // Of the other banks only the selection itself is modelled.
    guard bank == 0 else { return register == Register.bankSelect ? bank : 0 }
    if register == Register.whoAmI, faults.contains(.wrongIdentity) { return 0x98 }
    let value = registers[register]
    if register == Register.interruptStatus { registers[register] = 0 }
    return value
  }

  override func set(_ register: Int, _ value: UInt8) {
    // While the chip resets, what is written is lost.
    guard !isResetting else { return }
    if register == Register.bankSelect {
      bank = value & 7
      return
    }
    guard bank == 0 else { return }
    switch register {
    case Register.deviceConfiguration where value & 1 != 0:
      reset()
      isResetting = true
      nextEvent = now &+ 1_000_000
    case Register.powerManagement:
      registers[register] = value & 0x3F
      configure()
      emptyFilter()
      nextEvent = isOn ? now &+ period : .max
    case Register.gyroConfiguration, Register.accelConfiguration:
      registers[register] = value & 0xEF
      configure()
    case Register.filterConfiguration, Register.interfaceConfiguration:
      registers[register] = value
      configure()
    case Register.interruptSource:
      registers[register] = value & 0x7F
    default:
      // Read-only, reserved, or of a part that is not modelled.
      break
    }
  }

  // MARK: - Conversion

  /// Whether both sensors are in low-noise mode.
  private var isOn: Bool { registers[Register.powerManagement] & 0x0F == 0x0F }

  private func configure() {
    let gyro = registers[Register.gyroConfiguration]
    let accel = registers[Register.accelConfiguration]
    let filter = registers[Register.filterConfiguration]
    let rate = max(Self.rates[Int(gyro & 0x0F)], 12.5)
    configure(
      Converters(
        rate: rate, accelBandwidth: rate / Self.divisors[Int(filter >> 4 & 7)],
        gyroBandwidth: rate / Self.divisors[Int(filter & 7)],
        accelCounts: 32768 / (Double(16 >> min(Int(accel >> 5), 3)) * 9.80665),
        gyroCounts: 32768 / (2_000 / Double(1 << Int(gyro >> 5)) * Double.pi / 180)))
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    if isResetting {
      isResetting = false
      nextEvent = .max
      return
    }
    nextEvent = now &+ conversionTime(period)
    if faults.contains(.stuck) { return }
    let counts = convert(physics)
    // −32768 is kept for data that are not valid.
    registers.put(bigEndian: counts.acceleration, at: Register.data + 2, within: -32767...32767)
    registers.put(bigEndian: counts.rate, at: Register.data + 8, within: -32767...32767)
    let temperature = (physics.temperature - 25) * 132.48
    registers.put(bigEndian: temperature + imperfection.noise(10), at: Register.data, within: -32767...32767)
    registers[Register.interruptStatus] |= 0x08
  }
}
