import PortableMath

/// Texas Instruments INA219 at register level (datasheet SBOS448, sections 8.3 to 8.6).
///
/// Modelled: the six registers, reset, conversion times and averaging, both converters' offset, noise and
/// quantisation, power and current by the calibration register, the flag of a finished conversion. Not
/// modelled: triggered modes and the reduced resolutions' rounding.
public final class SimulatedINA219: SimulatedChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise of one conversion of the shunt in V: one step. The datasheet gives none.
    public var shuntNoise = 10e-6
    /// RMS noise of one conversion of the bus in V: one step. The datasheet gives none.
    public var busNoise = 4e-3
    /// Standard deviation of the shunt's offset in V: ±10 µV typical.
    public var shuntBias = 10e-6
    /// Standard deviation of the bus voltage's relative error: ±0.2 % typical.
    public var busGain = 0.002

    /// The figures above.
    public init() {}
  }

  private let shuntResistance: Double
  private let imperfections: Imperfections
  private var registers = InlineArray<6, UInt16>(repeating: 0)
  private var pointer = 0
  private var shuntBias = 0.0
  private var busGain = 1.0

  /// A chip with a shunt of `shuntResistance` Ω.
  public init(shuntResistance: Double = 0.1, imperfections: Imperfections = Imperfections()) {
    self.shuntResistance = shuntResistance
    self.imperfections = imperfections
    super.init()
    reset()
  }

  override func drawConstants() {
    shuntBias = imperfection.bias(imperfections.shuntBias)
    busGain = 1 + imperfection.bias(imperfections.busGain)
  }

  override func reset() {
    for index in 0..<6 { registers[index] = 0 }
    registers[0] = faults.contains(.wrongIdentity) ? 0x4127 : 0x399F
    pointer = 0
    nextEvent = now &+ cycle
  }

  // MARK: - Bus

  override func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = Int(bytes[0])
    guard bytes.count >= 3 else { return }
    let value = UInt16(bytes[1]) << 8 | UInt16(bytes[2])
    switch pointer {
    case 0 where value & 0x8000 != 0:
      reset()
    case 0:
      registers[0] = value & 0x3FFF
      registers[2] &= ~2
      nextEvent = registers[0] & 7 >= 5 ? now &+ conversionTime(cycle) : .max
    case 5:
      registers[5] = value & 0xFFFE
    default:
      break
    }
  }

  /// The pointer stays where it is: every read gives the same register, high byte first.
  override func read(into buffer: inout MutableSpan<UInt8>) {
    let value = pointer < 6 ? registers[pointer] : 0
    for index in 0..<buffer.count {
      buffer[index] = UInt8(truncatingIfNeeded: index & 1 == 0 ? value >> 8 : value)
    }
    if pointer == 3 { registers[2] &= ~2 }
  }

  // MARK: - Conversion

  private var cycle: Int64 { Self.time(registers[0] >> 7 & 15) &+ Self.time(registers[0] >> 3 & 15) }

  /// Conversion time in ns by the field BADC or SADC (table 5): 84, 148, 276 or 532 µs, or 2 to 128 samples.
  private static func time(_ field: UInt16) -> Int64 {
    switch field {
    case 0, 4: 84_000
    case 1, 5: 148_000
    case 2, 6: 276_000
    case 3, 7, 8: 532_000
    default: 532_000 << Int64(field - 8)
    }
  }

  private static func samples(_ field: UInt16) -> Double { field > 8 ? Double(1 << (field - 8)) : 1 }

  override func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = now &+ conversionTime(cycle)
    if faults.contains(.stuck) { return }
    let shuntNoise = imperfections.shuntNoise / Self.samples(registers[0] >> 3 & 15).squareRoot()
    let busNoise = imperfections.busNoise / Self.samples(registers[0] >> 7 & 15).squareRoot()
    var shunt = physics.batteryCurrent * shuntResistance + shuntBias + imperfection.noise(shuntNoise)
    var bus = physics.batteryVoltage * busGain + imperfection.noise(busNoise)
    if faults.contains(.bias) {
      shunt += 0.02
      bus *= 0.75
    }
    let fullScale = 4_000 << Int(registers[0] >> 11 & 3)
    let shuntCounts = (shunt / 10e-6).quantized(-fullScale, fullScale)
    let busCounts = (bus / 4e-3).quantized(0, registers[0] & 0x2000 != 0 ? 8_000 : 4_000)
    registers[1] = UInt16(truncatingIfNeeded: shuntCounts)
    registers[2] = UInt16(busCounts) << 3 | 2
    let current = shuntCounts * Int(registers[5]) / 4096
    registers[4] = UInt16(truncatingIfNeeded: current)
    registers[3] = UInt16(truncatingIfNeeded: current * busCounts / 5000)
  }
}
