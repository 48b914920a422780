import PortableMath

/// ST LIS3MDL at register level (DocID024204 rev. 6).
///
/// Modelled: continuous, single and power-down mode, output data rates, full scale, the flag of new data, addresses
/// that advance only with bit 7 set and return from the last byte of data to the first, soft reset. Not modelled:
/// interrupts, self-test, the thermometer, noise by operating mode.
public final class SimulatedLIS3MDL: SimulatedMagneticChip {
  private enum Register {
    static let whoAmI = 0x0F
    static let control1 = 0x20
    static let control2 = 0x21
    static let control3 = 0x22
    static let control5 = 0x24
    static let status = 0x27
    static let data = 0x28
  }

  private static let countsPerGauss: InlineArray<4, Double> = [6842, 3421, 2281, 1711]

  private let identity: UInt8
  private var registers = RegisterFile<64>()
  private var advances = false

  /// A chip mounted as given.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0x3D,
    imperfections: MagneticImperfections = MagneticImperfections(noise: 0.35e-6)
  ) {
    self.identity = identity
    super.init(mounting: mounting, imperfections: imperfections)
    reset()
  }

  override public func reset() {
    registers.clear()
    registers[Register.whoAmI] = identity
    registers[Register.control1] = 0x10
    registers[Register.control3] = 0x03
    pointer = 0
    nextEvent = .max
  }

  // MARK: - Bus

  override func point(to address: UInt8) {
    super.point(to: address)
    advances = address & 0x80 != 0
  }

  override func advance() {
    guard advances else { return }
    pointer = pointer == Register.data + 5 ? Register.data : (pointer + 1) & addressBits
  }

  override var addressBits: Int { 0x3F }

  override func get(_ register: Int) -> UInt8 {
    if register == Register.whoAmI, faults.contains(.wrongIdentity) { return 0x40 }
    if register == Register.data + 5 { registers[Register.status] = 0 }
    return registers[register]
  }

  override func set(_ register: Int, _ value: UInt8) {
    switch register {
    case Register.control2 where value & 0x04 != 0:
      reset()
    case Register.control2:
      registers[register] = value & 0x60
    case Register.control3:
      registers[register] = value & 0x27
      nextEvent = value & 0x03 == 0 ? now &+ conversionTime(period) : .max
    case Register.control1, 0x23:
      registers[register] = value
    case Register.control5:
      registers[register] = value & 0xC0
    default:
      break
    }
  }

  // MARK: - Measuring

  /// Time between measurements in ns: 0.625 Hz doubled seven times, or by the operating mode when fast.
  private var period: Int64 {
    let control = registers[Register.control1]
    if control & 0x02 != 0 {
      return switch control >> 5 & 3 {
      case 0: 1_000_000
      case 1: 1_785_714
      case 2: 3_333_333
      default: 6_451_613
      }
    }
    return 1_600_000_000 >> Int64(control >> 2 & 7)
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = now &+ conversionTime(period)
    if faults.contains(.stuck) { return }
    let scale = Self.countsPerGauss[Int(registers[Register.control2] >> 5)] * 1e4
    registers.put(littleEndian: measure(physics) * scale, at: Register.data)
    registers[Register.status] = registers[Register.status] & 0x08 != 0 ? 0xFF : 0x0F
  }
}
