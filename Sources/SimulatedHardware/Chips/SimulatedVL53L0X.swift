import PortableMath

/// ST VL53L0X at register level (datasheet DS11555; registers by ST's API, STSW-IMG005).
///
/// Modelled: reset and boot, identity, pages, the stop variable and the factory's memory with the steps that open them,
/// the two calibrations before ranging, ranging back to back or by the period, with the duration that the timeouts in the
/// registers make, results that stay until the next, the limit of the signal rate, noise, offset, millimetre steps, status.
/// A chip that was not calibrated, or whose map of reference photodiodes is not the factory's, gives no range, as a
/// careless driver would find out. Not modelled: the photodiodes and the laser (signal rates are made up), cross-talk, the
/// thresholds, other addresses, and what the tuning does beyond the registers of the timing: the chip takes it and keeps it.
public final class SimulatedVL53L0X: SimulatedRegisterChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise in m at no distance.
    public var noise = 0.002
    /// RMS noise per metre of distance. Assumed; at 1.2 m about a third of the 4 % that the datasheet gives as the standard
    /// deviation.
    public var noisePerMetre = 0.012
    /// Standard deviation of the offset in m; assumed.
    public var bias = 0.01

    /// The figures above.
    public init() {}
  }

  /// What the chip is busy with.
  private enum Work {
    case nothing, boot, memory, voltage, phase, ranging
  }

  /// Signal in millions of counts per second from a white target at 1 m: 0.25 of it come from 1.2 m.
  private static let signalAtOneMetre = 0.36
  private static let stopVariable: UInt8 = 0x3C
  /// A word of the factory's memory: seven reference photodiodes behind the aperture, of which three among the first ten
  /// are not good.
  private static func factoryMemory(_ address: UInt8) -> InlineArray<4, UInt8> {
    switch address {
    case 0x6B: [0x00, 0x00, 0x87, 0x00]
    case 0x24: [0xFE, 0x5F, 0xEF, 0xFF]
    case 0x25: [0xFF, 0x0F, 0x00, 0x00]
    default: [0x00, 0x00, 0x00, 0x00]
    }
  }

  private let imperfections: Imperfections
  private var pages = InlineArray<8, InlineArray<256, UInt8>>(repeating: InlineArray(repeating: 0))
  private var page = 0
  private var work = Work.nothing
  private var hasVoltage = false
  private var hasPhase = false
  private var bias = 0.0

  /// A chip at power-on, booted.
  public init(imperfections: Imperfections = Imperfections()) {
    self.imperfections = imperfections
    super.init()
    reset()
    finishBoot()
  }

  override public func drawConstants() {
    bias = imperfection.bias(imperfections.bias)
  }

  override public func reset() {
    for page in 0..<8 {
      for index in 0..<256 { pages[page][index] = 0 }
    }
    (page, pointer, hasVoltage, hasPhase) = (0, 0, false, false)
    (work, nextEvent) = (.boot, now &+ 1_200_000)
  }

  private func finishBoot() {
    (work, nextEvent) = (.nothing, .max)
    for (index, value) in [(0, 0xEE), (1, 0xAA), (2, 0x10)] as [(Int, UInt8)] {
      pages[0][0xC0 + index] = value
    }
    pages[0][0x01] = 0xFF
    pages[0][0x84] = 0x11
    pages[1][0x91] = Self.stopVariable
    put(1_000, at: 0xF8)
    // Timeouts and periods of the laser; the tuning has others.
    for (register, value) in [
      (0x46, 0x20), (0x50, 0x05), (0x52, 0x80), (0x70, 0x03), (0x71, 0x02), (0x72, 0x80),
    ]
      as [(Int, UInt8)]
    {
      pages[0][register] = value
    }
    for index in 0..<6 { pages[0][0xB0 + index] = Self.good(index) }
  }

  // MARK: - Bus

  override var addressBits: Int { 0xFF }

  /// Whether the host has opened what page 1 hides.
  private var isOpen: Bool { pages[0][0x80] & 1 == 1 && pages[1][0x00] == 0 }

  override func get(_ register: Int) -> UInt8 {
    switch (page, register) {
    case (_, 0xFF): UInt8(truncatingIfNeeded: page)
    case (_, 0x80): pages[0][0x80]
    case (0, 0xC0) where faults.contains(.wrongIdentity) && work != .boot: 0xEB
    case (1, 0x91) where !isOpen: 0
    case (7, 0x83): pages[6][0x83] & 0x04 != 0 ? pages[7][0x83] : 0
    default: pages[page][register]
    }
  }

  override func set(_ register: Int, _ value: UInt8) {
    // In reset it takes nothing but the end of it.
    if work == .boot, register != 0xBF { return }
    switch (page, register) {
    case (_, 0xFF):
      page = Int(value & 0x07)
    case (_, 0x80):
      pages[0][0x80] = value
    case (0, 0xBF):
      reset()
      if value & 1 == 0 { nextEvent = .max }
    case (0, 0x00):
      start(value)
    case (0, 0x0B):
      if value & 1 == 1 { pages[0][0x13] = 0 }
    case (0, 0x13...0x21), (0, 0xC0...0xC2), (0, 0xF8...0xF9):
      break
    case (1, 0x91):
      if isOpen { pages[1][0x91] = value }
    case (7, 0x83):
      pages[7][0x83] = value
      guard value == 0, isOpen, pages[6][0x83] & 0x04 != 0, pages[7][0x81] == 1 else { return }
      (work, nextEvent) = (.memory, now &+ 150_000)
    default:
      pages[page][register] = value
    }
  }

  private func word(_ register: Int) -> Int { Int(pages[0][register]) << 8 | Int(pages[0][register + 1]) }

  private func put(_ value: Int, at register: Int) {
    pages[0][register] = UInt8(truncatingIfNeeded: value >> 8)
    pages[0][register + 1] = UInt8(truncatingIfNeeded: value)
  }

  // MARK: - Work

  private func start(_ value: UInt8) {
    pages[0][0x00] = value
    switch (pages[0][0x01], value) {
    case (0x01, 0x41): (work, nextEvent) = (.voltage, now &+ conversionTime(3_000_000))
    case (0x02, 0x01): (work, nextEvent) = (.phase, now &+ conversionTime(2_000_000))
    case (_, 0x02), (_, 0x04):
      // Without its stop variable it does not start.
      guard pages[1][0x91] == Self.stopVariable else { return (work, nextEvent) = (.nothing, .max) }
      (work, nextEvent) = (.ranging, now &+ conversionTime(duration))
    default: (work, nextEvent) = (.nothing, .max)
    }
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    switch work {
    case .boot:
      finishBoot()
    case .memory:
      let data = Self.factoryMemory(pages[7][0x94])
      for index in 0..<4 { pages[7][0x90 + index] = data[index] }
      pages[7][0x83] = 1
      (work, nextEvent) = (.nothing, .max)
    case .voltage, .phase:
      if work == .voltage { hasVoltage = true } else { hasPhase = hasVoltage }
      if pages[0][0x0A] & 0x07 == 4 { pages[0][0x13] = 0x04 }
      (work, nextEvent) = (.nothing, .max)
    case .ranging:
      let isTimed = pages[0][0x00] == 0x04
      nextEvent = now &+ conversionTime(isTimed ? max(duration, period) : duration)
      if !faults.contains(.stuck) { measure(physics) }
      if pages[0][0x0A] & 0x07 == 4 { pages[0][0x13] = 0x04 }
    case .nothing:
      nextEvent = .max
    }
  }

  /// Time of one measurement in ns: the choice of photodiodes twice, pre-range and final range, and what is between them.
  private var duration: Int64 {
    func macroPeriods(_ register: Int) -> Double {
      let coded = word(register)
      return Double((coded & 0xFF) << min(coded >> 8, 20) + 1)
    }
    func macroPeriod(_ register: Int) -> Double { 2304 * 2 * (Double(pages[0][register]) + 1) * 1.655e-3 }
    let step = (Double(pages[0][0x46]) + 1) * macroPeriod(0x50)
    let preRange = macroPeriods(0x51) * macroPeriod(0x50)
    let finalRange = max(0, macroPeriods(0x71) - macroPeriods(0x51)) * macroPeriod(0x70)
    let total = 2_870 + 2 * (step + 690) + preRange + 660 + finalRange + 550
    return Int64(total * 1_000)
  }

  private var period: Int64 {
    Int64(Double(word(0x04) << 16 | word(0x06)) / Double(max(1, word(0xF8))) * 1e6)
  }

  /// A byte of the factory's map of good photodiodes.
  private static func good(_ index: Int) -> UInt8 {
    let word = factoryMemory(index < 4 ? 0x24 : 0x25)
    return word[index & 3]
  }

  /// Whether seven photodiodes behind the aperture are in use, all good.
  private var hasReference: Bool {
    var count = 0
    for index in 0..<6 {
      let used = pages[0][0xB0 + index]
      guard used & ~Self.good(index) == 0, index > 0 || used == 0, index != 1 || used & 0x0F == 0 else {
        return false
      }
      count += used.nonzeroBitCount
    }
    return count == 7 && pages[0][0xB6] == 0xB4
  }

  private func measure(_ physics: borrowing PhysicalState) {
    let distance = physics.rangeToGround ?? .infinity
    let strength = Self.signalAtOneMetre / max(0.01, distance * distance)
    let signal = max(0, min(60, strength) * (1 + imperfection.noise(0.01)))
    let limit = Double(word(0x44)) / 128
    put((180 * 256 + imperfection.noise(2)).quantized(1, 0xFFFF), at: 0x16)
    put((signal * 128).quantized(0, 0xFFFF), at: 0x1A)
    put((0.5 * 128 + imperfection.noise(3)).quantized(0, 0xFFFF), at: 0x1C)
    let status: UInt8 =
      switch true {
      case !hasVoltage: 3
      case !hasPhase: 9
      case !hasReference: 6
      case signal < limit || distance < 0: 4
      default: 11
      }
    pages[0][0x14] = status << 3 | 1
    guard status == 11 else { return put(8_190, at: 0x1E) }
    let deviation = imperfections.noise + imperfections.noisePerMetre * distance
    var shown = distance + bias + imperfection.noise(deviation)
    if faults.contains(.bias) { shown += 0.5 }
    put((shown * 1_000).quantized(1, 8_189), at: 0x1E)
  }
}
