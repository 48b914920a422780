import PortableMath

/// Texas Instruments INA219 at register level (datasheet SBOS448, sections 8.3 to 8.6).
///
/// Modelled: the six registers, reset, conversion times and averaging, both converters' offset, noise and
/// quantisation, power and current by the calibration register, the flag of a finished conversion. Not
/// modelled: triggered modes and the reduced resolutions' rounding.
public final class SimulatedINA219: SimulatedPowerMonitor {
  private var registers = InlineArray<6, UInt16>(repeating: 0)

  /// A chip with a shunt of `shuntResistance` Ω. Offset ±10 µV and gain ±0.2 % are typical.
  public init(shuntResistance: Double = 0.1, imperfections: PowerImperfections? = nil) {
    super.init(
      shunt: shuntResistance,
      imperfections: imperfections
        ?? PowerImperfections(shuntNoise: 10e-6, busNoise: 4e-3, shuntBias: 10e-6, busGain: 0.002))
    reset()
  }

  override public func reset() {
    for index in 0..<6 { registers[index] = 0 }
    registers[0] = faults.contains(.wrongIdentity) ? 0x4127 : 0x399F
    pointer = 0
    nextEvent = now &+ cycle
  }

  // MARK: - Bus

  override func set(_ register: UInt8, _ value: UInt16) {
    switch register {
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

  override func get(_ register: UInt8) -> UInt16 {
    if register == 3 { registers[2] &= ~2 }
    return register < 6 ? registers[Int(register)] : 0
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

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = now &+ conversionTime(cycle)
    if faults.contains(.stuck) { return }
    let (shunt, bus) = measure(
      physics, shuntSamples: Self.samples(registers[0] >> 3 & 15),
      busSamples: Self.samples(registers[0] >> 7 & 15))
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
