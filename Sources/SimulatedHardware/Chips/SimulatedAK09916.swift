import PortableMath

/// Asahi Kasei AK09916 at register level, as it sits inside the ICM-20948 (014007044-E-00; DS-000189, figure 13).
///
/// Modelled: power-down, continuous modes at 10, 20, 50 and 100 Hz, the rule that a mode is left through power-down,
/// the flags of new data, overrun and overflow, data held until status 2 is read, its axes against the
/// accelerometers'. Not modelled: single measurements, self-test.
public final class SimulatedAK09916: SimulatedMagneticChip {
  private enum Register {
    static let company = 0x00
    static let identity = 0x01
    static let status1 = 0x10
    static let data = 0x11
    static let status2 = 0x18
    static let control2 = 0x31
    static let control3 = 0x32
  }

  private let identity: UInt8
  private var registers = RegisterFile<64>()
  private var isHeld = false

  /// A chip in an ICM-20948 that is mounted as given.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0x09,
    imperfections: MagneticImperfections = MagneticImperfections(noise: 0.4e-6)
  ) {
    self.identity = identity
    super.init(mounting: mounting, imperfections: imperfections)
    reset()
  }

  override public func reset() {
    registers.clear()
    registers[Register.company] = 0x48
    registers[Register.identity] = identity
    pointer = 0
    isHeld = false
    nextEvent = .max
  }

  // MARK: - Bus

  override var addressBits: Int { 0x3F }

  override func get(_ register: Int) -> UInt8 {
    switch register {
    case Register.identity where faults.contains(.wrongIdentity): return 0x05
    case Register.data..<Register.status2: isHeld = true
    case Register.status2:
      // Releases the data; the flags fall.
      isHeld = false
      registers[Register.status1] = 0
    default: break
    }
    return registers[register]
  }

  private var mode: UInt8 { registers[Register.control2] }

  override func set(_ register: Int, _ value: UInt8) {
    switch register {
    case Register.control3 where value & 1 != 0:
      reset()
    case Register.control2:
      // A mode is left through power-down only.
      guard mode == 0 || value & 0x1F == 0 else { return }
      registers[register] = value & 0x1F
      nextEvent = period.map { now &+ conversionTime($0) } ?? .max
    default:
      break
    }
  }

  // MARK: - Measuring

  /// Time between measurements in ns; `nil` while there are none.
  private var period: Int64? {
    switch mode {
    case 0x02: 100_000_000
    case 0x04: 50_000_000
    case 0x06: 20_000_000
    case 0x08: 10_000_000
    default: nil
    }
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = period.map { now &+ conversionTime($0) } ?? .max
    if faults.contains(.stuck) { return }
    if isHeld {
      registers[Register.status1] |= 0x02
      return
    }
    let body = measure(physics)
    // Its y and z point the other way than the accelerometers'.
    let field = Vector3(body.x, -body.y, -body.z)
    registers.put(littleEndian: field * (1 / 0.15e-6), at: Register.data, within: -32752...32752)
    let sum = abs(field.x) + abs(field.y) + abs(field.z)
    registers[Register.status2] = sum >= 4_912e-6 ? 0x08 : 0
    registers[Register.status1] = registers[Register.status1] & 1 != 0 ? 0x03 : 0x01
  }
}
