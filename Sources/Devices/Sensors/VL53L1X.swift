import HardwareInterfaces

/// ST VL53L1X: distance by time of flight of infrared light, on I2C, registers of 16-bit addresses.
///
/// The driver reads a result, sets the number of photodiodes for the next one, and clears the interrupt, which lets the
/// chip go on.
public struct VL53L1X: RangingSensor {
  /// How the chip is used.
  public let options: Options
  /// What `model` is of this chip.
  static let modelIdentity: UInt16 = 0xEACC
  /// Model and type at the last start, if they could be read: 0xEACC for this chip, 0xEEAA for a VL53L0X in its place.
  public private(set) var model: UInt16?
  /// See `SensorDriver`; the model's byte, 0xEA.
  public var identity: UInt8? { model.map { UInt8(truncatingIfNeeded: $0 >> 8) } }

  var state = DeviceState()
  private var factory = FactoryValues(fastOscillator: 0, slowOscillator: 0, outerOffset: 0)
  private var timing = Timing(phaseCalibration: 0, modeA: 0, modeB: 0, rangeA: 0, rangeB: 0)
  private var isCalibrated = false
  private var lastCount: UInt8?
  private var repeats = 0
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
      // The reset is a level: low, for 100 µs at least, then high. The chip boots in 1.2 ms.
      if state.row == 0 {
        try bus.writeRegister(wide: VL53L1XRegister.softReset, 0, of: options.address)
        state.row = 1
        state.wake = now.advanced(milliseconds: 1)
      } else {
        try bus.writeRegister(wide: VL53L1XRegister.softReset, 1, of: options.address)
        state.enter(.identity, at: now.advanced(milliseconds: 2))
      }
    case .identity:
      try identify(&bus, now: now)
    case .trim:
      try readFactoryValues(&bus, now: now)
    case .configure:
      let setting = setting(at: state.row, factory: factory, timing: timing)
      try bus.writeRegister(wide: setting.register, setting.value, of: options.address)
      if state.nextRow(of: Self.rows) { state.enter(.verify, at: now) }
    case .verify:
      guard try holds(row: state.row, &bus) else { return state.retry(.wrongRegister, now: now) }
      guard state.nextRow(of: Self.rows) else { return }
      try clearInterrupt(&bus)
      try bus.writeRegister(wide: VL53L1XRegister.modeStart, 0x40, of: options.address)
      beginSampling(now: now)
    case .running:
      break
    }
  }

  private mutating func identify<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime)
    throws(BusError)
  {
    guard try readByte(VL53L1XRegister.firmwareStatus, &bus) & 1 == 1 else {
      guard state.row < 10 else { return try refuse(.notReady, &bus, now: now) }
      state.row += 1
      state.wake = now.advanced(milliseconds: 1)
      return
    }
    let seen = try readWord(VL53L1XRegister.modelIdentity, &bus)
    model = seen
    guard seen == Self.modelIdentity else { return try refuse(.wrongIdentity, &bus, now: now) }
    state.enter(.trim, at: now)
  }

  /// Gives up this start. The VL53L0X lives at the same address, and says who it is in a register of a narrow address,
  /// which to this chip is half of one of its own.
  private mutating func refuse<Bus: I2CBus & ~Copyable>(
    _ fault: DeviceFault, _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    let other: InlineArray<2, UInt8> = try bus.readRegisters(
      VL53L0XRegister.modelIdentity, of: options.address)
    let isOther = other[0] == VL53L0X.modelIdentity
    if isOther { model = other.uint16(bigEndianAt: 0) }
    state.retry(isOther ? .wrongIdentity : fault, now: now)
  }

  private mutating func readFactoryValues<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    if options.is2V8 {
      let pad = try readByte(VL53L1XRegister.padExternalSupply, &bus)
      try bus.writeRegister(wide: VL53L1XRegister.padExternalSupply, pad | 1, of: options.address)
    }
    factory = FactoryValues(
      fastOscillator: try readWord(VL53L1XRegister.fastOscillatorFrequency, &bus),
      slowOscillator: try readWord(VL53L1XRegister.slowOscillatorCalibration, &bus) & 0x3FF,
      outerOffset: try readWord(VL53L1XRegister.outerOffset, &bus))
    guard factory.isPlausible else { return state.retry(.badTrim, now: now) }
    timing = Self.timing(
      budget: options.boundedBudget, fastOscillator: factory.fastOscillator, mode: options.distanceMode)
    state.enter(.configure, at: now)
  }

  private mutating func beginSampling(now: MonotonicTime) {
    enterRunning(now: now)
    isCalibrated = false
    lastCount = nil
    repeats = 0
  }

  // MARK: - Measuring

  func waitingStatus<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> UInt8? {
    let status = try readByte(VL53L1XRegister.gpioStatus, &bus)
    return status & 1 == 0 ? status : nil
  }

  mutating func takeResult<Bus: I2CBus & ~Copyable>(
    _ status: UInt8, _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> RangeSample? {
    let result: InlineArray<17, UInt8> = try bus.readRegisters(
      wide: VL53L1XRegister.rangeStatus, of: options.address)
    try prepareNext(result, &bus)
    return accept(result, now: now)
  }

  /// Judges a result: status, report, count of measurements, then 16-bit values, the range in mm at byte 13.
  private mutating func accept(_ result: InlineArray<17, UInt8>, now: MonotonicTime) -> RangeSample? {
    let verdict = Self.verdict(status: result[0])
    let raw = result.uint16(bigEndianAt: 13)
    // 8 m is twice what the sensor can see.
    guard !result.isUniform(0x00), !result.isUniform(0xFF), verdict != .unknown, raw < 8_000 else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    guard verdict != .broken else {
      state.fail(.selfReported, now: now)
      return nil
    }
    let count = result[2]
    repeats = count == lastCount ? repeats + 1 : 0
    lastCount = count
    if let limit = options.frozenAfter, repeats >= limit {
      state.restart(.frozenData, at: now)
      return nil
    }
    if repeats > 0 {
      state.failSilently(.notReady, now: now)
      return nil
    }
    state.succeed()
    // The very first measurement has not been checked for a target beyond the unambiguous range.
    return RangeSample(distance: Self.distance(raw: raw), isValid: verdict == .valid && count != 0)
  }

  /// Does what ST's low-power mode leaves to the host between measurements.
  private mutating func prepareNext<Bus: I2CBus & ~Copyable>(
    _ result: InlineArray<17, UInt8>, _ bus: inout Bus
  ) throws(BusError) {
    if !isCalibrated {
      try keepCalibration(&bus)
      isCalibrated = true
    }
    let spads = Self.requiredSpads(
      effective: result.uint16(bigEndianAt: 3), ambient: result.uint16(bigEndianAt: 7),
      signal: result.uint16(bigEndianAt: 15))
    let bytes: InlineArray<4, UInt8> = [
      0x00, UInt8(truncatingIfNeeded: VL53L1XRegister.manualEffectiveSpads),
      UInt8(truncatingIfNeeded: spads >> 8), UInt8(truncatingIfNeeded: spads),
    ]
    try bus.write(bytes.span, to: options.address)
    try clearInterrupt(&bus)
  }

  /// Number of photodiodes (8.8 fixed point) that would give the target rate of 20 Mcps, from the number in
  /// use and the rates of signal and ambient light (9.7 fixed point); the middle when there was no light.
  static func requiredSpads(effective: UInt16, ambient: UInt16, signal: UInt16) -> UInt16 {
    guard effective != 0 else { return 0x8000 }
    let total = min(UInt32(signal) + UInt32(ambient), 0xFFFF)
    let perSpad = (total << 16) / UInt32(effective)
    guard perSpad != 0 else { return 0x8000 }
    return UInt16(clamping: (UInt32(0x0A00) << 16) / perSpad)
  }

  /// Keeps the first measurement's calibration of voltage and phase, so that the following ones skip it.
  private func keepCalibration<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) {
    let initial = try readByte(VL53L1XRegister.vhvInit, &bus)
    let loopBound = try readByte(VL53L1XRegister.vhvLoopBound, &bus)
    let laserStart = try readByte(VL53L1XRegister.phaseCalibrationLaserStart, &bus)
    try bus.writeRegister(wide: VL53L1XRegister.vhvInit, initial & 0x7F, of: options.address)
    try bus.writeRegister(wide: VL53L1XRegister.vhvLoopBound, loopBound & 0x03 | 0x0C, of: options.address)
    try bus.writeRegister(wide: VL53L1XRegister.phaseCalibrationOverride, 1, of: options.address)
    try bus.writeRegister(wide: VL53L1XRegister.calibrationLaserStart, laserStart, of: options.address)
  }

  func keepsIdentity<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    try readWord(VL53L1XRegister.modelIdentity, &bus) == model
  }

  // MARK: - Registers

  func holds<Bus: I2CBus & ~Copyable>(row: Int, _ bus: inout Bus) throws(BusError) -> Bool {
    let setting = setting(at: row, factory: factory, timing: timing)
    if setting.mask == 0 { return true }
    return setting.holds(try readByte(setting.register, &bus))
  }

  private func clearInterrupt<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) {
    try bus.writeRegister(wide: VL53L1XRegister.interruptClear, 1, of: options.address)
  }

  private func readByte<Bus: I2CBus & ~Copyable>(_ register: UInt16, _ bus: inout Bus) throws(BusError)
    -> UInt8
  {
    let bytes: InlineArray<1, UInt8> = try bus.readRegisters(wide: register, of: options.address)
    return bytes[0]
  }

  private func readWord<Bus: I2CBus & ~Copyable>(_ register: UInt16, _ bus: inout Bus) throws(BusError)
    -> UInt16
  {
    let bytes: InlineArray<2, UInt8> = try bus.readRegisters(wide: register, of: options.address)
    return bytes.uint16(bigEndianAt: 0)
  }
}
