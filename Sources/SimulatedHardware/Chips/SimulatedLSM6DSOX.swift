import PortableMath

/// ST LSM6DSOX at register level (DS12814 rev. 4).
///
/// Modelled: registers and their reset values, reset, output data rates, the low-pass filters as ones of first order,
/// noise, offsets, ST's sensitivities, quantisation, the flags of new data, block data update. Not modelled: FIFO,
/// embedded functions, sensor hub, self-test, high-pass filters; the gyroscopes' output data rate serves both sensors.
public final class SimulatedLSM6DSOX: SimulatedInertialChip {
  private enum Register {
    static let whoAmI = 0x0F
    static let accelControl = 0x10
    static let gyroControl = 0x11
    static let control3 = 0x12
    static let control4 = 0x13
    static let control6 = 0x15
    static let control8 = 0x17
    static let status = 0x1E
    static let temperature = 0x20
    static let rate = 0x22
    static let acceleration = 0x28
  }

  /// Output data rates in Hz by ODR_G.
  private static let rates: InlineArray<16, Double> = [
    0, 12.5, 26, 52, 104, 208, 417, 833, 1_667, 3_333, 6_667, 0, 0, 0, 0, 0,
  ]
  /// Bandwidths in Hz of the gyroscopes' first filter by FTYPE at 1667 Hz (table 60).
  private static let gyroBandwidth: InlineArray<8, Double> = [
    304.2, 220.7, 166.6, 453.2, 99.6, 49.8, 25.1, 12.5,
  ]
  /// What the output data rate is divided by for the accelerometers' bandwidth, by HPCF_XL (table 67).
  private static let divisors: InlineArray<8, Double> = [4, 10, 20, 45, 100, 200, 400, 800]
  /// g per count by FS_XL, and °/s per count by FS_G.
  private static let accelSensitivity: InlineArray<4, Double> = [0.061e-3, 0.488e-3, 0.122e-3, 0.244e-3]
  private static let gyroSensitivity: InlineArray<4, Double> = [8.75e-3, 17.5e-3, 35e-3, 70e-3]

  private let identity: UInt8
  private var registers = RegisterFile<128>()
  private var isResetting = false

  /// A chip mounted as given.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0x6C, imperfections: InertialImperfections? = nil
  ) {
    self.identity = identity
    super.init(
      mounting: mounting,
      imperfections: imperfections ?? InertialImperfections(gyroNoise: 0.0038, accelerometerNoise: 70))
    reset()
  }

  override public func reset() {
    registers.clear()
    registers[Register.whoAmI] = identity
    registers[Register.control3] = 0x04
    pointer = 0
    isResetting = false
    emptyFilter()
    nextEvent = .max
  }

  // MARK: - Bus

  /// Addresses advance while IF_INC is set.
  override func advance() {
    if registers[Register.control3] & 0x04 != 0 { super.advance() }
  }

  override func get(_ register: Int) -> UInt8 {
    switch register {
    case Register.whoAmI where faults.contains(.wrongIdentity): return 0x69
    // The flags fall when the last byte of what they announce is read.
    case Register.rate + 5: registers[Register.status] &= ~0x02
    case Register.acceleration + 5: registers[Register.status] &= ~0x01
    case Register.temperature + 1: registers[Register.status] &= ~0x04
    default: break
    }
    return registers[register]
  }

  override func set(_ register: Int, _ value: UInt8) {
    // While the chip resets, what is written is lost.
    guard !isResetting else { return }
    switch register {
    case Register.control3 where value & 0x01 != 0:
      reset()
      registers[Register.control3] = 0x05
      isResetting = true
      nextEvent = now &+ 50_000
    case Register.control3, Register.control8:
      registers[register] = value
      configure()
    case Register.control4, Register.control6:
      registers[register] = value & 0x7F
      configure()
    case Register.accelControl, Register.gyroControl:
      let wasOn = isOn
      registers[register] = value & 0xFE
      configure()
      if isOn, !wasOn { emptyFilter() }
      nextEvent = isOn ? now &+ period : .max
    default:
      // Read-only, reserved, or of a part that is not modelled.
      break
    }
  }

  // MARK: - Conversion

  private var gyroRate: Double { Self.rates[Int(registers[Register.gyroControl] >> 4)] }
  private var accelRate: Double { Self.rates[Int(registers[Register.accelControl] >> 4)] }
  private var isOn: Bool { gyroRate > 0 && accelRate > 0 }

  private func configure() {
    guard isOn else { return }
    let accel = registers[Register.accelControl]
    let gyro = registers[Register.gyroControl]
    let hasSecondFilter = accel & 0x02 != 0
    let divisor = hasSecondFilter ? Self.divisors[Int(registers[Register.control8] >> 5)] : 2
    let isFiltered = registers[Register.control4] & 0x02 != 0
    let degrees = gyro & 0x02 != 0 ? 4.375e-3 : Self.gyroSensitivity[Int(gyro >> 2 & 3)]
    configure(
      Converters(
        rate: gyroRate, accelBandwidth: accelRate / divisor,
        gyroBandwidth: isFiltered
          ? min(Self.gyroBandwidth[Int(registers[Register.control6] & 7)], gyroRate / 3) : gyroRate / 3,
        accelCounts: 1 / (Self.accelSensitivity[Int(accel >> 2 & 3)] * 9.80665),
        gyroCounts: 1 / (degrees * Double.pi / 180)))
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    if isResetting {
      isResetting = false
      registers[Register.control3] = 0x04
      nextEvent = .max
      return
    }
    nextEvent = now &+ conversionTime(period)
    if faults.contains(.stuck) { return }
    let counts = convert(physics)
    registers.put(littleEndian: counts.acceleration, at: Register.acceleration)
    registers.put(littleEndian: counts.rate, at: Register.rate)
    let temperature = (physics.temperature - 25) * 256
    registers.put(littleEndian: temperature + imperfection.noise(10), at: Register.temperature)
    registers[Register.status] |= 0x07
  }
}
