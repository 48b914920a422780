import PortableMath

/// InvenSense MPU-6050 at register level (PS-MPU-6000A-00 rev. 3.4, RM-MPU-6000A-00 rev. 4.2), and with another
/// identity MPU-6500 and MPU-9250 (RM-MPU-6500A-00 rev. 2.1).
///
/// Modelled: registers and their reset values, reset and sleep, the converters at their own output data
/// rate, the low-pass filter as one of first order, noise through that filter, offsets, full scale,
/// quantisation, the data-ready flag, the bypass to the auxiliary bus. Not modelled: FIFO, the chip as master of its
/// auxiliary bus, motion processor, self-test, cross-axis sensitivity, drift with temperature.
public final class SimulatedMPU6050: SimulatedInertialChip {
  private enum Register {
    static let sampleRateDivider = 0x19
    static let configuration = 0x1A
    static let gyroConfiguration = 0x1B
    static let accelConfiguration = 0x1C
    /// On the MPU-6500's family only.
    static let accelConfiguration2 = 0x1D
    static let interruptPin = 0x37
    static let interruptEnable = 0x38
    static let interruptStatus = 0x3A
    static let data = 0x3B
    static let userControl = 0x6A
    static let powerManagement1 = 0x6B
    static let whoAmI = 0x75
  }

  /// Bandwidths in Hz by DLPF_CFG; 7 is reserved and taken as 0.
  private static let accelBandwidth: InlineArray<8, Double> = [260, 184, 94, 44, 21, 10, 5, 260]
  private static let gyroBandwidth: InlineArray<8, Double> = [256, 188, 98, 42, 20, 10, 5, 256]
  /// The same of the MPU-6500; the accelerometers' by A_DLPF_CFG.
  private static let accelBandwidth6500: InlineArray<8, Double> = [460, 184, 92, 41, 20, 10, 5, 460]
  private static let gyroBandwidth6500: InlineArray<8, Double> = [250, 184, 92, 41, 20, 10, 5, 3600]

  private let identity: UInt8
  private var registers = RegisterFile<128>()
  private var isResetting = false
  private var is6050: Bool { identity == 0x68 }

  /// A chip mounted as given. `identity` is what WHO_AM_I holds: with any but 0x68 it is an MPU-6500 or a
  /// relative, which differs in its thermometer, its noise and one register.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0x68, imperfections: InertialImperfections? = nil
  ) {
    self.identity = identity
    let standard =
      identity == 0x68
      ? InertialImperfections(gyroNoise: 0.005, accelerometerNoise: 400)
      : InertialImperfections(gyroNoise: 0.01, accelerometerNoise: 300)
    super.init(mounting: mounting, imperfections: imperfections ?? standard)
    reset()
  }

  override public func reset() {
    registers.clear()
    registers[Register.powerManagement1] = 0x40
    registers[Register.whoAmI] = identity
    pointer = 0
    isResetting = false
    emptyFilter()
    nextEvent = .max
  }

  override public var joinsAuxiliaryBus: Bool {
    registers[Register.interruptPin] & 0x02 != 0 && registers[Register.userControl] & 0x20 == 0
  }

  // MARK: - Bus

  override func get(_ register: Int) -> UInt8 {
    if register == Register.whoAmI, faults.contains(.wrongIdentity) { return identity ^ 0xF0 }
    let value = registers[register]
    // Reading the status clears it.
    if register == Register.interruptStatus { registers[register] = 0 }
    return value
  }

  override func set(_ register: Int, _ value: UInt8) {
    // While the chip resets, what is written is lost.
    guard !isResetting else { return }
    switch register {
    case Register.powerManagement1 where value & 0x80 != 0:
      reset()
      registers[Register.powerManagement1] = 0xC0
      isResetting = true
      nextEvent = now &+ 30_000_000
    case Register.powerManagement1:
      let wasAsleep = registers[register] & 0x40 != 0
      registers[register] = value & 0x6F
      let sleeps = value & 0x40 != 0
      if sleeps {
        nextEvent = .max
      } else if wasAsleep {
        configure()
        emptyFilter()
        nextEvent = now &+ period
      }
    case Register.accelConfiguration2 where !is6050:
      registers[register] = value & 0x0F
      configure()
    case 0x00...0x18, 0x1D...0x24, 0x3A...0x60, 0x70...0x7F:
      // Read-only, reserved, or of a part that is not modelled.
      break
    case Register.accelConfiguration, Register.gyroConfiguration:
      registers[register] = value & 0xF8
      configure()
    case Register.configuration:
      registers[register] = value & 0x3F
      configure()
    case Register.sampleRateDivider:
      registers[register] = value
      configure()
    case Register.interruptEnable:
      registers[register] = value & 0x59
    default:
      registers[register] = value
    }
  }

  // MARK: - Conversion

  private func configure() {
    let lowPass = Int(registers[Register.configuration] & 7)
    let base = lowPass == 0 || lowPass == 7 ? 8_000.0 : 1_000.0
    let accelRange = Double(2 << Int(registers[Register.accelConfiguration] >> 3 & 3))
    let gyroRange = Double(250 << Int(registers[Register.gyroConfiguration] >> 3 & 3))
    configure(
      Converters(
        rate: base / Double(Int(registers[Register.sampleRateDivider]) + 1),
        accelBandwidth: is6050
          ? Self.accelBandwidth[lowPass]
          : Self.accelBandwidth6500[Int(registers[Register.accelConfiguration2] & 7)],
        gyroBandwidth: is6050 ? Self.gyroBandwidth[lowPass] : Self.gyroBandwidth6500[lowPass],
        accelCounts: 32768 / (accelRange * 9.80665), gyroCounts: 32768 / (gyroRange * Double.pi / 180)))
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    if isResetting {
      isResetting = false
      registers[Register.powerManagement1] = 0x40
      nextEvent = .max
      return
    }
    nextEvent = now &+ conversionTime(period)
    if faults.contains(.stuck) { return }
    let counts = convert(physics)
    registers.put(bigEndian: counts.acceleration, at: Register.data)
    registers.put(bigEndian: counts.rate, at: Register.data + 8)
    let temperature =
      is6050 ? (physics.temperature - 36.53) * 340 : (physics.temperature - 21) * 333.87
    registers.put(bigEndian: temperature + imperfection.noise(10), at: Register.data + 6)
    if registers[Register.interruptEnable] & 1 != 0 { registers[Register.interruptStatus] |= 1 }
  }
}
