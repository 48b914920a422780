import PortableMath

/// Asahi Kasei AK8963 at register level, as it sits inside the MPU-9250 (MS1356-E-02; PS-MPU-9250A-01, section 9.1).
///
/// Modelled: power-down, continuous modes at 8 and 100 Hz, fuse access, the rule that a mode is left through
/// power-down, the flags of new data, overrun and overflow, data held until status 2 is read, sensitivities in fuses,
/// its axes against the accelerometers'. Not modelled: single measurements, self-test, 14-bit readings.
public final class SimulatedAK8963: SimulatedMagneticChip {
  private enum Register {
    static let identity = 0x00
    static let information = 0x01
    static let status1 = 0x02
    static let data = 0x03
    static let status2 = 0x09
    static let control1 = 0x0A
    static let control2 = 0x0B
    static let sensitivity = 0x10
  }

  private let identity: UInt8
  private let sensitivity: InlineArray<3, UInt8>
  private var registers = RegisterFile<32>()
  private var isHeld = false

  /// A chip in an MPU-9250 that is mounted as given, with the sensitivities in its fuses.
  public init(
    mounting: Mounting = .aligned, identity: UInt8 = 0x48,
    sensitivity: InlineArray<3, UInt8> = [176, 178, 166],
    imperfections: MagneticImperfections = MagneticImperfections(noise: 0.4e-6)
  ) {
    (self.identity, self.sensitivity) = (identity, sensitivity)
    super.init(mounting: mounting, imperfections: imperfections)
    reset()
  }

  override public func reset() {
    registers.clear()
    registers[Register.identity] = identity
    registers[Register.information] = 0x9A
    pointer = 0
    isHeld = false
    nextEvent = .max
  }

  // MARK: - Bus

  override var addressBits: Int { 0x1F }

  /// After status 2 the address goes on to the first register, except for who started behind it.
  override func advance() { pointer = pointer == Register.control1 + 2 ? 0 : (pointer + 1) & addressBits }

  override func get(_ register: Int) -> UInt8 {
    switch register {
    case Register.identity where faults.contains(.wrongIdentity): return 0x09
    case Register.data..<Register.status2: isHeld = true
    case Register.status2:
      // Releases the data; the flags fall.
      isHeld = false
      registers[Register.status1] = 0
    case Register.sensitivity..<Register.sensitivity + 3:
      return mode == 0x0F ? sensitivity[register - Register.sensitivity] : 0
    default: break
    }
    return registers[register]
  }

  private var mode: UInt8 { registers[Register.control1] & 0x0F }

  override func set(_ register: Int, _ value: UInt8) {
    switch register {
    case Register.control2 where value & 1 != 0:
      reset()
    case Register.control1:
      // A mode is left through power-down only.
      guard mode == 0 || value & 0x0F == 0 else { return }
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
    case 0x02: 125_000_000
    case 0x06: 10_000_000
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
    // Its x and y are the accelerometers' y and x, its z points the other way.
    let field = Vector3(body.y, body.x, -body.z)
    registers.put(littleEndian: field.x / scale(0), at: Register.data, within: -32760...32760)
    registers.put(littleEndian: field.y / scale(1), at: Register.data + 2, within: -32760...32760)
    registers.put(littleEndian: field.z / scale(2), at: Register.data + 4, within: -32760...32760)
    let sum = abs(field.x) + abs(field.y) + abs(field.z)
    registers[Register.status2] = 0x10 | (sum >= 4_912e-6 ? 0x08 : 0)
    registers[Register.status1] = registers[Register.status1] & 1 != 0 ? 0x03 : 0x01
  }

  /// T per count of an axis.
  private func scale(_ axis: Int) -> Double {
    0.15e-6 * ((Double(sensitivity[axis]) - 128) * 0.5 / 128 + 1)
  }
}
