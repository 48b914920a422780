import PortableMath

/// Texas Instruments ADS1115 at register level (datasheet SBAS444, sections 7 and 8).
///
/// Modelled: the four registers, single and continuous conversions, their duration, all eight inputs of the
/// multiplexer, the amplifier, saturation, offset, gain and noise. Not modelled: the comparator and the ready pin.
public final class SimulatedADS1115: SimulatedWordChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise in counts at 860 conversions per second (table 7-1: between half and two counts).
    public var noise = 0.6
    /// Standard deviation of the offset in counts: ±3 typical.
    public var offset = 3.0
    /// Standard deviation of the relative gain error: 0.01 % typical, 0.15 % at most.
    public var gain = 0.0004

    /// The figures above.
    public init() {}
  }

  private let imperfections: Imperfections
  private let converter: Int
  private var registers = InlineArray<4, UInt16>(repeating: 0)
  private var offset = 0.0
  private var gain = 1.0

  /// A chip at power-on: number `converter` of the vehicle's, from 0.
  public init(converter: Int = 0, imperfections: Imperfections = Imperfections()) {
    self.imperfections = imperfections
    self.converter = min(max(converter, 0), 3)
    super.init()
    reset()
  }

  override public func drawConstants() {
    offset = imperfection.bias(imperfections.offset)
    gain = 1 + imperfection.bias(imperfections.gain)
  }

  override public func reset() {
    registers = [0, 0x8583, 0x8000, 0x7FFF]
    pointer = 0
    nextEvent = .max
  }

  // MARK: - Bus

  override func set(_ register: UInt8, _ value: UInt16) {
    switch register & 3 {
    case 1:
      let isSingle = value & 0x0100 != 0
      // Bit 15 reads 1 while nothing converts; written 0 it does nothing.
      registers[1] = value & 0x7FFF | (isSingle && value & 0x8000 == 0 ? 0x8000 : 0)
      nextEvent = isSingle && value & 0x8000 == 0 ? .max : now &+ conversionTime(duration)
    case 2, 3:
      registers[Int(register & 3)] = value
    default:
      break
    }
  }

  override func get(_ register: UInt8) -> UInt16 {
    register & 3 == 2 && faults.contains(.wrongIdentity) ? 0 : registers[Int(register & 3)]
  }

  // MARK: - Conversion

  /// Duration of a conversion in ns by the field DR.
  private var duration: Int64 {
    switch registers[1] >> 5 & 7 {
    case 0: 125_000_000
    case 1: 62_500_000
    case 2: 31_250_000
    case 3: 15_625_000
    case 4: 7_812_500
    case 5: 4_000_000
    case 6: 2_105_263
    default: 1_162_791
    }
  }

  /// Full scale in V by the field PGA.
  private var fullScale: Double {
    switch registers[1] >> 9 & 7 {
    case 0: 6.144
    case 1: 4.096
    case 2: 2.048
    case 3: 1.024
    case 4: 0.512
    default: 0.256
    }
  }

  private func voltage(_ inputs: SIMD4<Double>) -> Double {
    switch registers[1] >> 12 & 7 {
    case 0: inputs[0] - inputs[1]
    case 1: inputs[0] - inputs[3]
    case 2: inputs[1] - inputs[3]
    case 3: inputs[2] - inputs[3]
    case let field: inputs[Int(field) - 4]
    }
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    let isSingle = registers[1] & 0x0100 != 0
    nextEvent = isSingle ? .max : now &+ conversionTime(duration)
    registers[1] |= isSingle ? 0x8000 : 0
    if faults.contains(.stuck) { return }
    let all = physics.voltages
    let first = 4 * converter
    var volts = voltage(SIMD4(all[first], all[first + 1], all[first + 2], all[first + 3]))
    if faults.contains(.bias) { volts *= 0.75 }
    let counts = volts / fullScale * 32768 * gain + offset + imperfection.noise(imperfections.noise)
    registers[0] = UInt16(truncatingIfNeeded: counts.quantized(-32768, 32767))
  }
}
