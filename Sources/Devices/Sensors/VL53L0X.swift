import HardwareInterfaces

/// ST VL53L0X: distance by time of flight of infrared light, on I2C, registers of 8-bit addresses on pages.
///
/// The driver reads a result and clears the interrupt. The start is a long list of steps (`VL53L0XStart.swift`), one for each call.
public struct VL53L0X: RangingSensor {
  /// What `identity` is of this chip.
  static let modelIdentity: UInt8 = 0xEE
  /// How the chip is used.
  public let options: Options
  /// See `SensorDriver`; 0xEE for this chip, 0xEA for a VL53L1X in its place.
  public private(set) var identity: UInt8?

  var state = DeviceState()
  private(set) var factory = FactoryValues()
  private var stopVariable: UInt8 = 0
  /// How often the present step has found the chip not ready.
  private var waits = 0
  private var repetition = FrameRepetition()
  var lastResult = MonotonicTime.zero

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
  }

  // MARK: - Start

  mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    switch state.stage {
    case .reset:
      try reset(&bus, now: now)
    case .identity:
      try identify(&bus, now: now)
    case .trim:
      guard let step = trimStep(state.row) else {
        guard factory.map != nil else { return state.retry(.badTrim, now: now) }
        return state.enter(.configure, at: now)
      }
      try perform(step, &bus, now: now)
    case .configure:
      guard let step = configureStep(state.row) else { return state.enter(.verify, at: now) }
      try perform(step, &bus, now: now)
    case .verify:
      guard state.row < Self.rows else {
        guard let step = startStep(state.row - Self.rows) else { return beginSampling(now: now) }
        return try perform(step, &bus, now: now)
      }
      guard try holds(row: state.row, &bus) else { return state.retry(.wrongRegister, now: now) }
      state.row += 1
    case .running:
      break
    }
  }

  /// Brings the chip from any state, on whatever page a crashed program left it, to the one after power-on. The reset is
  /// a level; the chip boots in 1.2 ms.
  private mutating func reset<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
  {
    waits = 0
    switch state.row {
    case 0:
      try bus.writeRegister(VL53L0XRegister.page, 0, of: options.address)
      state.row = 1
    case 1:
      try bus.writeRegister(VL53L0XRegister.softReset, 0, of: options.address)
      state.row = 2
      state.wake = now.advanced(milliseconds: 1)
    default:
      try bus.writeRegister(VL53L0XRegister.softReset, 1, of: options.address)
      state.enter(.identity, at: now.advanced(milliseconds: 2))
    }
  }

  private mutating func identify<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime)
    throws(BusError)
  {
    let seen = try bus.readRegister(VL53L0XRegister.modelIdentity, of: options.address)
    identity = seen
    if seen == Self.modelIdentity { return state.enter(.trim, at: now) }
    // While it boots the register holds 0.
    if seen == 0, state.row < 3 {
      state.row += 1
      state.wake = now.advanced(milliseconds: 1)
      return
    }
    // The VL53L1X lives at the same address, and says who it is where no register of this chip can be.
    let other: InlineArray<2, UInt8> = try bus.readRegisters(
      wide: VL53L1XRegister.modelIdentity, of: options.address)
    if other.uint16(bigEndianAt: 0) == VL53L1X.modelIdentity { identity = other[0] }
    state.retry(.wrongIdentity, now: now)
  }

  private mutating func perform<Bus: I2CBus & ~Copyable>(
    _ step: Step, _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    let address = options.address
    switch step {
    case .write(let register, let value):
      try bus.writeRegister(register, value, of: address)
    case .set(let register, let bits):
      try bus.writeRegister(register, try bus.readRegister(register, of: address) | bits, of: address)
    case .clear(let register, let bits):
      try bus.writeRegister(register, try bus.readRegister(register, of: address) & ~bits, of: address)
    case .pause(let time):
      state.wake = now.advanced(microseconds: time)
    case .readStopVariable:
      stopVariable = try bus.readRegister(VL53L0XRegister.stopVariable, of: address)
    case .writeStopVariable:
      try bus.writeRegister(VL53L0XRegister.stopVariable, stopVariable, of: address)
    case .awaitMemory:
      let strobe = try bus.readRegister(VL53L0XRegister.memoryStrobe, of: address)
      guard waited(for: strobe != 0, now: now) else { return }
    case .readMemory(let word):
      try readMemory(word, &bus)
    case .readOscillator:
      let bytes: InlineArray<2, UInt8> = try bus.readRegisters(
        VL53L0XRegister.oscillatorCalibration, of: address)
      factory.slowOscillator = bytes.uint16(bigEndianAt: 0)
    case .writeMap:
      guard let map = factory.map else { return state.retry(.badTrim, now: now) }
      let bytes: InlineArray<7, UInt8> = [
        VL53L0XRegister.referenceMap, map[0], map[1], map[2], map[3], map[4], map[5],
      ]
      try bus.write(bytes.span, to: address)
    case .awaitCalibration:
      let status = try bus.readRegister(VL53L0XRegister.interruptStatus, of: address)
      guard status & 0x18 == 0 else { return state.retry(.selfReported, now: now) }
      guard waited(for: status & 0x07 == 0x04, now: now) else { return }
    }
    state.row += 1
  }

  /// Whether the chip is ready; if not, it is asked again in 1 ms, up to 50 times.
  private mutating func waited(for isReady: Bool, now: MonotonicTime) -> Bool {
    if isReady {
      waits = 0
      return true
    }
    waits += 1
    if waits < 50 {
      state.wake = now.advanced(milliseconds: 1)
    } else {
      state.retry(.notReady, now: now)
    }
    return false
  }

  private mutating func readMemory<Bus: I2CBus & ~Copyable>(_ word: Int, _ bus: inout Bus) throws(BusError) {
    let bytes: InlineArray<4, UInt8> = try bus.readRegisters(VL53L0XRegister.memoryData, of: options.address)
    switch word {
    case 0:
      factory.take(reference: bytes[2])
    case 1:
      for index in 0..<4 { factory.good[index] = bytes[index] }
    default:
      (factory.good[4], factory.good[5]) = (bytes[0], bytes[1])
    }
  }

  private mutating func beginSampling(now: MonotonicTime) {
    enterRunning(now: now)
    repetition.reset()
  }

  // MARK: - Measuring

  func waitingStatus<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> UInt8? {
    let status = try bus.readRegister(VL53L0XRegister.interruptStatus, of: options.address)
    return status & 0x07 == 0x04 ? status : nil
  }

  mutating func takeResult<Bus: I2CBus & ~Copyable>(
    _ status: UInt8, _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> RangeSample? {
    let result: InlineArray<12, UInt8> = try bus.readRegisters(
      VL53L0XRegister.rangeStatus, of: options.address)
    try bus.writeRegister(VL53L0XRegister.interruptClear, 0x01, of: options.address)
    return accept(result, isError: status & 0x18 != 0, now: now)
  }

  /// Judges a result: status, then 16-bit values: number of photodiodes at byte 2 (8.8 fixed point), rates of signal and
  /// ambient light at 6 and 8 (9.7), the range in mm at 10.
  private mutating func accept(
    _ result: InlineArray<12, UInt8>, isError: Bool, now: MonotonicTime
  ) -> RangeSample? {
    let verdict = Self.verdict(status: result[0])
    let raw = result.uint16(bigEndianAt: 10)
    guard let distance = Self.distance(raw: raw), verdict != .unknown, !result.isUniform(0x00),
      !result.isUniform(0xFF)
    else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    guard verdict != .broken, !isError else {
      state.fail(.selfReported, now: now)
      return nil
    }
    let isValid = verdict == .valid && Self.isTarget(raw: raw)
    // Without a target there may be nothing in a result that could change.
    if isValid {
      let digest = FrameDigest(
        high: UInt64(result.uint16(bigEndianAt: 2)) << 16 | UInt64(result.uint16(bigEndianAt: 6)),
        low: UInt64(result.uint16(bigEndianAt: 8)) << 16 | UInt64(raw))
      if repetition.judge(digest, isNew: true, limit: options.frozenAfter) == .frozen {
        state.restart(.frozenData, at: now)
        return nil
      }
    } else {
      repetition.reset()
    }
    state.succeed()
    return RangeSample(distance: distance, isValid: isValid)
  }

  func keepsIdentity<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    try bus.readRegister(VL53L0XRegister.modelIdentity, of: options.address) == identity
  }

  func holds<Bus: I2CBus & ~Copyable>(row: Int, _ bus: inout Bus) throws(BusError) -> Bool {
    let setting = setting(at: row)
    return setting.holds(
      try bus.readRegister(UInt8(truncatingIfNeeded: setting.register), of: options.address))
  }
}
