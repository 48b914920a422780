import PortableMath

/// Texas Instruments INA226 at register level (datasheet SBOS547, sections 7.3 to 7.6).
///
/// Modelled: the ten registers, reset, conversion times and averaging, offset, noise and quantisation, power and
/// current by the calibration register, the flag of finished conversions that reading clears. Not modelled: triggered
/// modes and the alert pin.
public final class SimulatedINA226: SimulatedPowerMonitor {
  private var registers = InlineArray<8, UInt16>(repeating: 0)

  /// A chip with a shunt of `shuntResistance` Ω. Offset ±2.5 µV and gain ±0.02 % are typical.
  public init(shuntResistance: Double = 0.1, imperfections: PowerImperfections? = nil) {
    super.init(
      shunt: shuntResistance,
      imperfections: imperfections
        ?? PowerImperfections(
          shuntNoise: 2.5e-6, busNoise: 1.25e-3, shuntBias: 2.5e-6, busGain: 0.0002))
    reset()
  }

  override public func reset() {
    for index in 0..<8 { registers[index] = 0 }
    registers[0] = 0x4127
    pointer = 0
    nextEvent = now &+ cycle
  }

  // MARK: - Bus

  override func set(_ register: UInt8, _ value: UInt16) {
    switch register {
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

  override func get(_ register: UInt8) -> UInt16 {
    switch register {
    case 6:
      let value = registers[6]
      registers[6] &= ~0x0008
      return value
    case 0...7: return registers[Int(register)]
    case 0xFE: return faults.contains(.wrongIdentity) ? 0x0190 : 0x5449
    case 0xFF: return 0x2260
    default: return 0
    }
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

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = now &+ conversionTime(cycle)
    if faults.contains(.stuck) { return }
    let (shunt, bus) = measure(physics, shuntSamples: Double(samples), busSamples: Double(samples))
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
