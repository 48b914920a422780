import PortableMath

/// ST VL53L1X at register level (datasheet DS12385; registers by ST's published map).
///
/// Modelled: reset and boot, identity, the factory's oscillator values, timed ranging with the timing budget and
/// period that the registers say, a result that is held until the interrupt is cleared, range limits by
/// distance mode, noise, offset, millimetre steps, status and count. Not modelled: the laser and the
/// photodiodes (signal rates are made up), cross-talk, the region of interest, thresholds.
public final class SimulatedVL53L1X: SimulatedChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise in m at no distance.
    public var noise = 0.002
    /// RMS noise per metre of distance; with `noise` it is about the datasheet's repeatability in the dark.
    public var noisePerMetre = 0.003
    /// Standard deviation of the offset in m; the datasheet allows ±20 mm.
    public var bias = 0.007

    /// The figures above.
    public init() {}
  }

  private enum Register {
    static let softReset = 0x0000
    static let fastOscillator = 0x0006
    static let gpioStatus = 0x0031
    static let rangeTimeoutA = 0x005E
    static let laserPeriodA = 0x0060
    static let validPhaseHigh = 0x0069
    static let period = 0x006C
    static let interruptClear = 0x0086
    static let modeStart = 0x0087
    static let rangeStatus = 0x0089
    static let slowOscillator = 0x00DE
    static let firmwareStatus = 0x00E5
    static let identity = 0x010F
  }

  private let imperfections: Imperfections
  private var registers = InlineArray<512, UInt8>(repeating: 0)
  private var pointer = 0
  private var isBooting = false
  private var count: UInt8 = 0
  private var isFirst = true
  private var bias = 0.0

  /// A chip at power-on, booted.
  public init(imperfections: Imperfections = Imperfections()) {
    self.imperfections = imperfections
    super.init()
    reset()
    isBooting = false
    registers[Register.firmwareStatus] = 0x03
    nextEvent = .max
  }

  override public func drawConstants() {
    bias = imperfection.bias(imperfections.bias)
  }

  override public func reset() {
    for index in 0..<512 { registers[index] = 0 }
    put(0xEACC, at: Register.identity)
    // 11.55 MHz in 4.12 fixed point, and 960 counts of the slow oscillator per ms.
    put(0xB8CD, at: Register.fastOscillator)
    put(960, at: Register.slowOscillator)
    registers[0x0030] = 0x11
    registers[Register.gpioStatus] = 0x03
    registers[Register.laserPeriodA] = 0x0B
    registers[0x0063] = 0x09
    registers[Register.validPhaseHigh] = 0x44
    registers[0x000B] = 0x80
    registers[0x00D8] = 0x0B
    pointer = 0
    count = 0
    isFirst = true
    isBooting = true
    nextEvent = now &+ 1_200_000
  }

  // MARK: - Bus

  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count >= 2 else { return }
    pointer = Int(bytes[0] & 1) << 8 | Int(bytes[1])
    for index in 2..<max(2, bytes.count) {
      set(pointer, bytes[index])
      pointer = (pointer + 1) & 0x1FF
    }
  }

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    for index in 0..<buffer.count {
      buffer[index] = registers[pointer]
      if pointer == Register.identity, faults.contains(.wrongIdentity) { buffer[index] = 0xEE }
      pointer = (pointer + 1) & 0x1FF
    }
  }

  private func set(_ register: Int, _ value: UInt8) {
    switch register {
    case Register.softReset:
      // Held in reset while 0; boots at 1.
      reset()
      if value & 1 == 0 { nextEvent = .max }
    case _ where isBooting:
      break
    case Register.interruptClear:
      if value & 1 == 1 { registers[Register.gpioStatus] |= 1 }
    case Register.modeStart:
      registers[register] = value
      isFirst = true
      nextEvent = value == 0x40 ? now &+ conversionTime(budget) : .max
    case Register.gpioStatus:
      registers[register] = registers[register] & 1 | value & 0xFE
    case Register.fastOscillator, Register.fastOscillator + 1, Register.rangeStatus...0xFF, 0x100...0x1FF:
      break
    default:
      registers[register] = value
    }
  }

  // MARK: - Ranging

  private func word(_ register: Int) -> Int { Int(registers[register]) << 8 | Int(registers[register + 1]) }

  private func put(_ value: Int, at register: Int) {
    registers[register] = UInt8(truncatingIfNeeded: value >> 8)
    registers[register + 1] = UInt8(truncatingIfNeeded: value)
  }

  /// Time of one measurement in ns: two steps of timeout A, in macro periods, and 4.528 ms.
  private var budget: Int64 {
    let coded = word(Register.rangeTimeoutA)
    let macroPeriods = Double((coded & 0xFF) << min(coded >> 8, 20) + 1)
    let clock = 1 / (Double(word(Register.fastOscillator)) / 4096 * 64)
    let macroPeriod = 2304 * 2 * (Double(registers[Register.laserPeriodA]) + 1) * clock
    return Int64((2 * macroPeriods * macroPeriod + 4_528) * 1_000)
  }

  private var period: Int64 {
    let counts = Double(word(Register.period) << 16 | word(Register.period + 2))
    return Int64(counts / Double(word(Register.slowOscillator)) * 1e6)
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    if isBooting {
      isBooting = false
      registers[Register.firmwareStatus] = 0x03
      nextEvent = .max
      return
    }
    nextEvent = now &+ conversionTime(max(budget, period))
    // The result waits until the host has cleared the interrupt.
    guard registers[Register.gpioStatus] & 1 == 1 else { return }
    registers[Register.gpioStatus] &= 0xFE
    if !faults.contains(.stuck) { measure(physics) }
  }

  /// Farthest target in m, by the far phase limit that makes the distance mode.
  private var reach: Double {
    switch registers[Register.validPhaseHigh] {
    case 0xB8: 3.6
    case 0x78: 2.9
    default: 1.36
    }
  }

  private func measure(_ physics: borrowing PhysicalState) {
    count = isFirst ? 0 : (count == 255 ? 128 : count + 1)
    isFirst = false
    registers[Register.rangeStatus + 2] = count
    put(0x0C00, at: Register.rangeStatus + 3)
    put(200, at: Register.rangeStatus + 7)
    guard let distance = physics.rangeToGround, distance >= 0, distance <= reach else {
      registers[Register.rangeStatus] = 4
      put(0, at: Register.rangeStatus + 13)
      put(20, at: Register.rangeStatus + 15)
      return
    }
    let deviation = imperfections.noise + imperfections.noisePerMetre * distance
    var shown = distance + bias + imperfection.noise(deviation)
    if faults.contains(.bias) { shown += 0.5 }
    registers[Register.rangeStatus] = 9
    put((shown * 1000 * 2048 / 2011).quantized(0, 7_999), at: Register.rangeStatus + 13)
    put((2_000 / (1 + distance)).quantized(1, 0xFFFF), at: Register.rangeStatus + 15)
  }
}
