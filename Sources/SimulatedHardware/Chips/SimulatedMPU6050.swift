import PortableMath

/// InvenSense MPU-6050 at register level (PS-MPU-6000A-00 rev. 3.4, RM-MPU-6000A-00 rev. 4.2).
///
/// Modelled: registers and their reset values, reset and sleep, the converters at their own output data
/// rate, the low-pass filter as one of first order, noise through that filter, offsets, full scale,
/// quantisation, the data-ready flag. Not modelled: FIFO, auxiliary bus, motion processor, self-test,
/// cross-axis sensitivity, drift with temperature.
public final class SimulatedMPU6050: SimulatedChip {
  /// Densities and constant errors, from the datasheet unless it says otherwise.
  public struct Imperfections: Sendable {
    /// Rate noise density in °/s/√Hz.
    public var gyroNoise = 0.005
    /// Acceleration noise density in m/s²/√Hz: 400 µg.
    public var accelerometerNoise = 400e-6 * 9.80665
    /// Standard deviation of the gyroscopes' offset in °/s: what careful boards show; the datasheet
    /// allows ±20 °/s.
    public var gyroBias = 0.5
    /// Standard deviation of the accelerometers' offset in m/s²: 5 mg, as after calibration; the datasheet
    /// allows ±50 mg on x and y, ±80 mg on z.
    public var accelerometerBias = 0.005 * 9.80665

    /// The figures above.
    public init() {}
  }

  private enum Register {
    static let sampleRateDivider = 0x19
    static let configuration = 0x1A
    static let gyroConfiguration = 0x1B
    static let accelConfiguration = 0x1C
    /// On the MPU-6500's family only.
    static let accelConfiguration2 = 0x1D
    static let interruptEnable = 0x38
    static let interruptStatus = 0x3A
    static let data = 0x3B
    static let powerManagement1 = 0x6B
    static let whoAmI = 0x75
  }

  /// Bandwidths in Hz by DLPF_CFG; 7 is reserved and taken as 0.
  private static let accelBandwidth: InlineArray<8, Double> = [260, 184, 94, 44, 21, 10, 5, 260]
  private static let gyroBandwidth: InlineArray<8, Double> = [256, 188, 98, 42, 20, 10, 5, 256]

  private let mounting: Mounting
  private let identity: UInt8
  private let imperfections: Imperfections
  private var registers = InlineArray<128, UInt8>(repeating: 0)
  private var pointer = 0
  private var isResetting = false
  private var accelBias = Vector3.zero
  private var gyroBias = Vector3.zero
  private var filteredAccel = Vector3.zero
  private var filteredRate = Vector3.zero
  private var filterIsEmpty = true
  private var sampling = Sampling()
  /// Counts per °C, and °C at count 0.
  private let temperatureLine: (slope: Double, zero: Double)

  /// What follows from the configuration registers, worked out when they are written.
  private struct Sampling {
    var period: Int64 = 125_000
    var accelWeight = 1.0
    var gyroWeight = 1.0
    var accelNoise = 0.0
    var gyroNoise = 0.0
    var accelCounts = 0.0
    var gyroCounts = 0.0
  }

  /// A chip mounted as given. `identity` is what WHO_AM_I holds: with any but 0x68 it is an MPU-6500 or a
  /// relative, which differs in its thermometer and in one register.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0x68, imperfections: Imperfections = Imperfections()
  ) {
    self.mounting = mounting
    self.identity = identity
    self.imperfections = imperfections
    temperatureLine = identity == 0x68 ? (340, 36.53) : (333.87, 21)
    super.init()
    reset()
  }

  override func drawConstants() {
    accelBias = draw(imperfections.accelerometerBias)
    gyroBias = draw(imperfections.gyroBias * Double.pi / 180)
  }

  private func draw(_ deviation: Double) -> Vector3 {
    let x = imperfection.bias(deviation)
    let y = imperfection.bias(deviation)
    let z = imperfection.bias(deviation)
    return Vector3(x, y, z)
  }

  override func reset() {
    for index in 0..<128 { registers[index] = 0 }
    registers[Register.powerManagement1] = 0x40
    registers[Register.whoAmI] = identity
    pointer = 0
    isResetting = false
    filterIsEmpty = true
    nextEvent = .max
  }

  // MARK: - Bus

  override func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = Int(bytes[0] & 0x7F)
    for index in 1..<max(1, bytes.count) {
      // While the chip resets, what is written is lost.
      if !isResetting { set(pointer, bytes[index]) }
      pointer = (pointer + 1) & 0x7F
    }
  }

  override func read(into buffer: inout MutableSpan<UInt8>) {
    for index in 0..<buffer.count {
      buffer[index] = registers[pointer]
      if pointer == Register.whoAmI, faults.contains(.wrongIdentity) { buffer[index] = identity ^ 0xF0 }
      // Reading the status clears it.
      if pointer == Register.interruptStatus { registers[pointer] = 0 }
      pointer = (pointer + 1) & 0x7F
    }
  }

  private func set(_ register: Int, _ value: UInt8) {
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
        filterIsEmpty = true
        nextEvent = now &+ sampling.period
      }
    case Register.accelConfiguration2 where identity != 0x68:
      registers[register] = value & 0x0F
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
    let rate = base / Double(Int(registers[Register.sampleRateDivider]) + 1)
    sampling.period = Int64((1e9 / rate).rounded())
    sampling.accelWeight = Self.weight(bandwidth: Self.accelBandwidth[lowPass], rate: rate)
    sampling.gyroWeight = Self.weight(bandwidth: Self.gyroBandwidth[lowPass], rate: rate)
    // White noise sampled at `rate` has the density of the datasheet when its deviation is density · √(rate/2).
    let toDeviation = (rate / 2).squareRoot() * imperfection.noiseScale
    sampling.accelNoise = imperfections.accelerometerNoise * toDeviation
    sampling.gyroNoise = imperfections.gyroNoise * Double.pi / 180 * toDeviation
    let accelRange = Double(2 << Int(registers[Register.accelConfiguration] >> 3 & 3))
    let gyroRange = Double(250 << Int(registers[Register.gyroConfiguration] >> 3 & 3))
    sampling.accelCounts = 32768 / (accelRange * 9.80665)
    sampling.gyroCounts = 32768 / (gyroRange * Double.pi / 180)
  }

  /// Weight of a new value in a first-order low-pass of the given bandwidth in Hz (backward difference).
  private static func weight(bandwidth: Double, rate: Double) -> Double {
    let w = 2 * Double.pi * bandwidth / rate
    return w / (1 + w)
  }

  override func handleEvent(_ physics: borrowing PhysicalState) {
    if isResetting {
      isResetting = false
      registers[Register.powerManagement1] = 0x40
      nextEvent = .max
      return
    }
    nextEvent = now &+ conversionTime(sampling.period)
    if faults.contains(.stuck) { return }
    convert(physics)
  }

  private func convert(_ physics: borrowing PhysicalState) {
    let accel = mounting.toSensor(physics.specificForce) + noise(sampling.accelNoise)
    let rate = mounting.toSensor(physics.angularRate) + noise(sampling.gyroNoise)
    if filterIsEmpty {
      (filteredAccel, filteredRate, filterIsEmpty) = (accel, rate, false)
    } else {
      filteredAccel += (accel - filteredAccel) * sampling.accelWeight
      filteredRate += (rate - filteredRate) * sampling.gyroWeight
    }
    var shownAccel = filteredAccel + accelBias
    var shownRate = filteredRate + gyroBias
    if faults.contains(.bias) {
      // A third of standard gravity and 20 °/s: far beyond what a calibration forgives.
      shownAccel += Vector3(3.3, -3.3, 3.3)
      shownRate += Vector3(0.35, -0.35, 0.35)
    }
    put(shownAccel * sampling.accelCounts, at: Register.data)
    put(shownRate * sampling.gyroCounts, at: Register.data + 8)
    let temperature = (physics.temperature - temperatureLine.zero) * temperatureLine.slope
    put(temperature + imperfection.noise(10), at: Register.data + 6)
    if registers[Register.interruptEnable] & 1 != 0 { registers[Register.interruptStatus] |= 1 }
  }

  private func noise(_ deviation: Double) -> Vector3 {
    guard deviation > 0 else { return .zero }
    let x = imperfection.random.nextGaussian()
    let y = imperfection.random.nextGaussian()
    let z = imperfection.random.nextGaussian()
    return Vector3(x, y, z) * deviation
  }

  private func put(_ counts: Vector3, at register: Int) {
    put(counts.x, at: register)
    put(counts.y, at: register + 2)
    put(counts.z, at: register + 4)
  }

  private func put(_ counts: Double, at register: Int) {
    let value = counts.quantized(-32768, 32767)
    registers[register] = UInt8(truncatingIfNeeded: value >> 8)
    registers[register + 1] = UInt8(truncatingIfNeeded: value)
  }
}
