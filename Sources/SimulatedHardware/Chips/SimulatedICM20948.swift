import PortableMath

/// InvenSense ICM-20948 at register level (DS-000189 rev. 1.3).
///
/// Modelled: four banks of registers and their reset values, reset and sleep, the converters with their dividers, the
/// low-pass filters as ones of first order, noise, offsets, full scale, quantisation, the data-ready flag, the bypass
/// to the auxiliary bus. Not modelled: FIFO, the chip as master of its auxiliary bus, motion processor, self-test;
/// the accelerometers' own divider is not told apart from the gyroscopes'.
public final class SimulatedICM20948: SimulatedInertialChip {
  /// Registers, the bank times 128 added.
  private enum Register {
    static let whoAmI = 0x00
    static let userControl = 0x03
    static let powerManagement1 = 0x06
    static let powerManagement2 = 0x07
    static let interruptPin = 0x0F
    static let interruptStatus1 = 0x1A
    static let data = 0x2D
    static let bankSelect = 0x7F
    static let gyroDivider = 0x100
    static let gyroConfiguration = 0x101
    static let accelDividerHigh = 0x110
    static let accelDividerLow = 0x111
    static let accelConfiguration = 0x114
  }

  /// Bandwidths in Hz by DLPFCFG (tables 16 and 18).
  private static let gyroBandwidth: InlineArray<8, Double> = [
    196.6, 151.8, 119.5, 51.2, 23.9, 11.6, 5.7, 361.4,
  ]
  private static let accelBandwidth: InlineArray<8, Double> = [246, 246, 111.4, 50.4, 23.9, 11.5, 5.7, 473]

  private let identity: UInt8
  private var registers = RegisterFile<512>()
  private var bank = 0
  private var isResetting = false

  /// A chip mounted as given.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0xEA, imperfections: InertialImperfections? = nil
  ) {
    self.identity = identity
    super.init(
      mounting: mounting,
      imperfections: imperfections ?? InertialImperfections(gyroNoise: 0.015, accelerometerNoise: 230))
    reset()
  }

  override public func reset() {
    registers.clear()
    registers[Register.whoAmI] = identity
    registers[Register.powerManagement1] = 0x41
    registers[Register.gyroConfiguration] = 0x01
    registers[Register.accelConfiguration] = 0x01
    bank = 0
    pointer = 0
    isResetting = false
    emptyFilter()
    nextEvent = .max
  }

  override public var joinsAuxiliaryBus: Bool {
    registers[Register.interruptPin] & 0x02 != 0 && registers[Register.userControl] & 0x20 == 0
  }

  // MARK: - Bus

  override func get(_ address: Int) -> UInt8 {
    let register = address == Register.bankSelect ? Register.bankSelect : bank << 7 | address
    if register == Register.whoAmI, faults.contains(.wrongIdentity) { return 0xE1 }
    let value = registers[register]
    // Reading the status clears it.
    if register == Register.interruptStatus1 { registers[register] = 0 }
    return value
  }

  override func set(_ address: Int, _ value: UInt8) {
    // While the chip resets, what is written is lost.
    guard !isResetting else { return }
    if address == Register.bankSelect {
      bank = Int(value >> 4 & 3)
      registers[Register.bankSelect] = value & 0x30
      return
    }
    let register = bank << 7 | address
    switch register {
    case Register.powerManagement1 where value & 0x80 != 0:
      reset()
      isResetting = true
      nextEvent = now &+ 11_000_000
    case Register.powerManagement1:
      let wasAsleep = registers[register] & 0x40 != 0
      registers[register] = value & 0x6F
      if value & 0x40 != 0 {
        nextEvent = .max
      } else if wasAsleep {
        configure()
        emptyFilter()
        nextEvent = now &+ period
      }
    case Register.powerManagement2, Register.userControl, Register.interruptPin:
      registers[register] = value
    case Register.gyroDivider, Register.accelDividerLow:
      registers[register] = value
      configure()
    case Register.accelDividerHigh:
      registers[register] = value & 0x0F
    case Register.gyroConfiguration, Register.accelConfiguration:
      registers[register] = value & 0x3F
      configure()
    default:
      // Read-only, reserved, or of a part that is not modelled.
      break
    }
  }

  // MARK: - Conversion

  private func configure() {
    let gyro = registers[Register.gyroConfiguration]
    let accel = registers[Register.accelConfiguration]
    let isFiltered = gyro & 1 != 0
    let divider = Double(Int(registers[Register.gyroDivider]) + 1)
    configure(
      Converters(
        rate: isFiltered ? 1_125 / divider : 9_000,
        accelBandwidth: accel & 1 != 0 ? Self.accelBandwidth[Int(accel >> 3 & 7)] : 1_209,
        gyroBandwidth: isFiltered ? Self.gyroBandwidth[Int(gyro >> 3 & 7)] : 12_106,
        accelCounts: 32768 / (Double(2 << Int(accel >> 1 & 3)) * 9.80665),
        gyroCounts: 32768 / (Double(250 << Int(gyro >> 1 & 3)) * Double.pi / 180)))
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
    registers.put(bigEndian: counts.acceleration, at: Register.data)
    registers.put(bigEndian: counts.rate, at: Register.data + 6)
    let temperature = (physics.temperature - 21) * 333.87
    registers.put(bigEndian: temperature + imperfection.noise(10), at: Register.data + 12)
    registers[Register.interruptStatus1] |= 1
  }
}
