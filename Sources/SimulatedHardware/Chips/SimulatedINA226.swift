import PortableMath

/// Texas Instruments INA226 at register level (datasheet SBOS547, sections 7.3 to 7.6).
///
/// Modelled: the ten registers, reset, conversion times and averaging, offset, noise and quantisation, power and
/// current by the calibration register, the flag of finished conversions that reading clears. Not modelled: triggered
/// modes and the alert pin.
public final class SimulatedINA226: SimulatedChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise of one conversion of the shunt in V: one step. The datasheet gives none.
    public var shuntNoise = 2.5e-6
    /// RMS noise of one conversion of the bus in V: one step. The datasheet gives none.
    public var busNoise = 1.25e-3
    /// Standard deviation of the shunt's offset in V: ±2.5 µV typical.
    public var shuntBias = 2.5e-6
    /// Standard deviation of the bus voltage's relative error: ±0.02 % typical.
    public var busGain = 0.0002

    /// The figures above.
    public init() {}
  }

  private let shuntResistance: Double
  private let imperfections: Imperfections
  private var registers = InlineArray<8, UInt16>(repeating: 0)
  private var pointer: UInt8 = 0
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
    for index in 0..<8 { registers[index] = 0 }
    registers[0] = 0x4127
    pointer = 0
    nextEvent = now &+ cycle
  }

  // MARK: - Bus

  override func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = bytes[0]
    guard bytes.count >= 3 else { return }
    let value = UInt16(bytes[1]) << 8 | UInt16(bytes[2])
    switch pointer {
    case 0 where value & 0x8000 != 0:
      reset()
    case 0:
      registers[0] = value & 0x0FFF | 0x4000
      registers[6] &= ~0x000C
      nextEvent = registers[0] & 7 >= 5 ? now &+ conversionTime(cycle) : .max
    case 5:
      registers[5] = value & 0x7FFF
    case 6:
      registers[6] = registers[6] & 0x001C | value & 0xFC03
    case 7:
      registers[7] = value
    default:
      break
    }
  }

  /// The pointer stays where it is: every read gives the same register, high byte first.
  override func read(into buffer: inout MutableSpan<UInt8>) {
    let value =
      switch pointer {
      case 0...7: registers[Int(pointer)]
      case 0xFE: faults.contains(.wrongIdentity) ? UInt16(0x0190) : 0x5449
      case 0xFF: UInt16(0x2260)
      default: UInt16(0)
      }
    for index in 0..<buffer.count {
      buffer[index] = UInt8(truncatingIfNeeded: index & 1 == 0 ? value >> 8 : value)
    }
    if pointer == 6 { registers[6] &= ~0x0008 }
  }

  // MARK: - Conversion

  /// Conversion time of one value in ns by the fields VBUSCT and VSHCT (tables 7-7 and 7-8).
  private static func time(_ field: UInt16) -> Int64 {
    switch field {
    case 0: 140_000
    case 1: 204_000
    case 2: 332_000
    case 3: 588_000
    case 4: 1_100_000
    case 5: 2_116_000
    case 6: 4_156_000
    default: 8_244_000
    }
  }

  /// Conversions that are averaged, by the field AVG (table 7-6).
  private var samples: Int64 {
    switch registers[0] >> 9 & 7 {
    case 0: 1
    case 1: 4
    case 2: 16
    case 3: 64
    case 4: 128
    case 5: 256
    case 6: 512
    default: 1024
    }
  }

  private var cycle: Int64 {
    samples &* (Self.time(registers[0] >> 6 & 7) &+ Self.time(registers[0] >> 3 & 7))
  }

  override func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = now &+ conversionTime(cycle)
    if faults.contains(.stuck) { return }
    let averaging = Double(samples).squareRoot()
    var shunt =
      physics.batteryCurrent * shuntResistance + shuntBias
      + imperfection.noise(imperfections.shuntNoise / averaging)
    var bus = physics.batteryVoltage * busGain + imperfection.noise(imperfections.busNoise / averaging)
    if faults.contains(.bias) {
      shunt += 0.02
      bus *= 0.75
    }
    let shuntCounts = (shunt / 2.5e-6).quantized(-32768, 32767)
    let busCounts = (bus / 1.25e-3).quantized(0, 32767)
    registers[1] = UInt16(truncatingIfNeeded: shuntCounts)
    registers[2] = UInt16(busCounts)
    let current = shuntCounts * Int(registers[5]) / 2048
    registers[4] = UInt16(truncatingIfNeeded: current)
    registers[3] = UInt16(truncatingIfNeeded: abs(current) * busCounts / 20_000)
    registers[6] |= 0x0008
  }
}
