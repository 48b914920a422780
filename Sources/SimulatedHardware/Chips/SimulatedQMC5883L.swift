import PortableMath

/// QST QMC5883L at register level (datasheet 1.0).
///
/// Modelled: standby and continuous mode, output data rates, full scale, the flags of new data, overrun and overflow,
/// the flag that falls with the first byte of data read, soft reset. Not modelled: pointer roll-over, interrupts, the
/// thermometer, noise by oversampling.
public final class SimulatedQMC5883L: SimulatedMagneticChip {
  private enum Register {
    static let data = 0x00
    static let status = 0x06
    static let control1 = 0x09
    static let control2 = 0x0A
    static let period = 0x0B
    static let identity = 0x0D
  }

  private let identity: UInt8
  private var registers = RegisterFile<16>()

  /// A chip mounted as given.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0xFF,
    imperfections: MagneticImperfections = MagneticImperfections(noise: 0.2e-6)
  ) {
    self.identity = identity
    super.init(mounting: mounting, imperfections: imperfections)
    reset()
  }

  override public func reset() {
    registers.clear()
    registers[Register.identity] = identity
    pointer = 0
    nextEvent = .max
  }

  // MARK: - Bus

  override var addressBits: Int { 0x0F }

  override func get(_ register: Int) -> UInt8 {
    if register == Register.identity, faults.contains(.wrongIdentity) { return 0x80 }
    if register < Register.status { registers[Register.status] = 0 }
    return registers[register]
  }

  override func set(_ register: Int, _ value: UInt8) {
    switch register {
    case Register.control2 where value & 0x80 != 0:
      reset()
    case Register.control2:
      registers[register] = value & 0x41
    case Register.control1:
      registers[register] = value
      nextEvent = value & 0x03 == 0x01 ? now &+ conversionTime(period) : .max
    case Register.period:
      registers[register] = value
    default:
      break
    }
  }

  // MARK: - Measuring

  /// Time between measurements in ns: 10, 50, 100 or 200 Hz.
  private var period: Int64 {
    switch registers[Register.control1] >> 2 & 3 {
    case 0: 100_000_000
    case 1: 20_000_000
    case 2: 10_000_000
    default: 5_000_000
    }
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = now &+ conversionTime(period)
    if faults.contains(.stuck) { return }
    let countsPerGauss = registers[Register.control1] >> 4 & 3 == 0 ? 12_000.0 : 3_000.0
    let counts = measure(physics) * (countsPerGauss * 1e4)
    registers.put(littleEndian: counts, at: Register.data)
    let isOver = max(abs(counts.x), max(abs(counts.y), abs(counts.z))) > 32_767
    let overrun: UInt8 = registers[Register.status] & 1 != 0 ? 0x04 : 0
    registers[Register.status] = 0x01 | overrun | (isOver ? 0x02 : 0)
  }
}
