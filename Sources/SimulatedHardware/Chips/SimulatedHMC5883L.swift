import PortableMath

/// Honeywell HMC5883L at register level (datasheet rev. E).
///
/// Modelled: continuous, single and idle mode, output data rates, gains, a new gain that counts from the second
/// measurement on, −4096 for a field that is too strong, the addresses that return from 8 to 3 and from 12 to 0. Not
/// modelled: averaging, bias currents, the lock of the data while they are read.
public final class SimulatedHMC5883L: SimulatedMagneticChip {
  private enum Register {
    static let configurationA = 0x00
    static let configurationB = 0x01
    static let mode = 0x02
    static let data = 0x03
    static let status = 0x09
    static let identity = 0x0A
  }

  private static let countsPerGauss: InlineArray<8, Double> = [1370, 1090, 820, 660, 440, 390, 330, 230]

  private let identity: UInt8
  private var registers = RegisterFile<13>()
  /// The gain of the next measurement.
  private var gain = 1

  /// A chip mounted as given. `identity` is the first of the three letters.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0x48,
    imperfections: MagneticImperfections = MagneticImperfections(noise: 0.2e-6)
  ) {
    self.identity = identity
    super.init(mounting: mounting, imperfections: imperfections)
    reset()
  }

  override public func reset() {
    registers.clear()
    registers[Register.configurationA] = 0x10
    registers[Register.configurationB] = 0x20
    registers[Register.mode] = 0x01
    registers[Register.identity] = identity
    registers[Register.identity + 1] = 0x34
    registers[Register.identity + 2] = 0x33
    pointer = 0
    gain = 1
    nextEvent = .max
  }

  // MARK: - Bus

  override func point(to address: UInt8) { pointer = min(Int(address), 0x0C) }

  override func advance() {
    pointer =
      switch pointer {
      case 0x08: 0x03
      case 0x0C: 0x00
      default: pointer + 1
      }
  }

  override func get(_ register: Int) -> UInt8 {
    register == Register.identity && faults.contains(.wrongIdentity) ? 0x33 : registers[register]
  }

  override func set(_ register: Int, _ value: UInt8) {
    switch register {
    case Register.configurationA:
      registers[register] = value & 0x7F
    case Register.configurationB:
      registers[register] = value & 0xE0
    case Register.mode:
      registers[register] = value & 0x03
      nextEvent =
        switch value & 0x03 {
        case 0: now &+ conversionTime(period)
        case 1: now &+ conversionTime(6_000_000)
        default: .max
        }
    default:
      break
    }
  }

  // MARK: - Measuring

  /// Time between measurements in ns: 0.75, 1.5, 3, 7.5, 15, 30 or 75 Hz.
  private var period: Int64 {
    switch registers[Register.configurationA] >> 2 & 7 {
    case 0: 1_333_333_333
    case 1: 666_666_667
    case 2: 333_333_333
    case 3: 133_333_333
    case 4: 66_666_667
    case 5: 33_333_333
    default: 13_333_333
    }
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    if registers[Register.mode] & 0x03 == 0 {
      nextEvent = now &+ conversionTime(period)
    } else {
      registers[Register.mode] = 0x03
      nextEvent = .max
    }
    if faults.contains(.stuck) { return }
    let counts = measure(physics) * (Self.countsPerGauss[gain] * 1e4)
    gain = Int(registers[Register.configurationB] >> 5)
    put(counts.x, at: Register.data)
    put(counts.z, at: Register.data + 2)
    put(counts.y, at: Register.data + 4)
    registers[Register.status] = 0x01
  }

  private func put(_ counts: Double, at register: Int) {
    let isOver = counts > 2_047 || counts < -2_048
    registers.put(bigEndian: isOver ? -4_096 : counts, at: register)
  }
}
