import HardwareInterfaces

/// What a driver of a sensor with registers keeps beside its chip's own values.
struct SensorCore: Sendable {
  var state = DeviceState()
  var schedule: SampleSchedule
  var repetition = FrameRepetition()
  /// What the identity register held at the last start, if it could be read.
  var identity: UInt8?
  /// The register bank selected last, for chips that have banks; `nil` when it is not known.
  var bank: UInt8?

  init(rate: Double) { schedule = SampleSchedule(rate: rate) }

  /// Goes on to sampling, with the first sample and the first look at a register at `first`.
  mutating func startSampling(at first: MonotonicTime) {
    state.enter(.running, at: first)
    state.nextCheck = first
    schedule.start(at: first)
    repetition.reset()
  }

  /// Whether the frame with these measured bits is a new reading; notes success or failure. `isNew` is the chip's
  /// word that it has converted since the last frame, `nil` when it does not say, and `limit` the number of identical
  /// frames that count as frozen in spite of it; without a limit and a word every frame is taken.
  mutating func isFresh(_ digest: FrameDigest, isNew: Bool?, limit: Int?, now: MonotonicTime) -> Bool {
    let takesAll = isNew == nil && limit == nil
    switch repetition.judge(digest, isNew: takesAll || isNew == true, limit: limit) {
    case .fresh:
      state.succeed()
      return true
    case .old:
      // The chip converts at least as fast as it is asked; once is a matter of clocks, often is a fault.
      state.failSilently(.notReady, now: now)
    case .frozen:
      state.restart(.frozenData, at: now)
    }
    return false
  }
}

/// How a chip is brought from any state to the one after power-on.
struct ChipReset: Sendable {
  /// The register that resets, with its bank in the high byte, and what is written to it; `nil` for a chip that
  /// cannot be reset.
  var command: RegisterSetting?
  /// Time until the chip is up again, in µs.
  var wait: Int64
}

/// How a chip shows more registers than one byte of address can name.
struct RegisterBanks: Sendable {
  /// The register that selects, the same in every bank.
  var register: UInt8
  /// Position of the bank's number in it.
  var shift: UInt8
}

/// The state machine that sensors with registers share; a driver adds its table of registers and its frame.
///
/// Register addresses are one byte; where the chip has banks, the high byte names the bank.
protocol RegisterSensor: StagedSensor {
  associatedtype Options: SensorOptions
  /// A driver at power-on.
  init(options: Options)
  /// How the chip is used.
  var options: Options { get }
  /// 7-bit address.
  var address: UInt8 { get }
  /// Identical readings in a row that count as frozen; `nil` never complains.
  var frozenAfter: Int? { get }
  /// What every driver keeps.
  var core: SensorCore { get set }
  /// How the chip is reset.
  static var reset: ChipReset { get }
  /// Where the identity stands.
  static var identityRegister: UInt16 { get }
  /// How banks are selected; `nil` for a chip without.
  static var banks: RegisterBanks? { get }

  /// Rows of the register table.
  var rows: Int { get }
  /// The register table. The first row is the one that tells a reset chip best.
  func setting(at row: Int) -> RegisterSetting
  /// The row that is written as the `step`-th.
  func row(written step: Int) -> Int
  /// Time in µs for which the chip must be left alone after that row was written.
  func pause(after row: Int) -> Int64
  /// Whether the chip says that it refuses what was written to it, asked before the table is read back.
  mutating func refusesSettings<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool
  /// Time in µs from the last row to the first sample.
  var settlingTime: Int64 { get }

  /// Does what comes between identity and register table, such as reading a factory trim, over as many calls as it
  /// takes, and then enters `.configure`.
  mutating func prepare<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
  /// Forgets what was seen, before the first sample.
  mutating func beginSampling()
  /// Reads and judges one frame.
  mutating func sample<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> Sample?
}

extension RegisterSensor {
  // Asked for by name, so that no sample copies all of the options.
  var address: UInt8 { options.address }
  var frozenAfter: Int? { options.frozenAfter }
  static var banks: RegisterBanks? { nil }
  func row(written step: Int) -> Int { step }
  func pause(after row: Int) -> Int64 { 0 }
  mutating func beginSampling() {}

  mutating func refusesSettings<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    false
  }

  mutating func prepare<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    core.state.enter(.configure, at: now)
  }

  /// See `SensorDriver`.
  public var identity: UInt8? { core.identity }

  /// How the chip is told: by the identities that it is taken with when nothing else is said.
  static func identity(likelyPart: @escaping @Sendable (UInt8) -> LikelyPart?) -> ChipIdentity {
    ChipIdentity(
      register: [UInt8(truncatingIfNeeded: identityRegister)], values: Options().acceptedIdentities,
      likelyPart: likelyPart)
  }

  /// Where the driver is.
  var state: DeviceState {
    get { core.state }
    set { core.state = newValue }
  }

  /// Which bank is selected is not known any more.
  mutating func forget(now: MonotonicTime) { core.bank = nil }

  // MARK: - Registers

  private mutating func select<Bus: I2CBus & ~Copyable>(_ register: UInt16, _ bus: inout Bus)
    throws(BusError)
  {
    let bank = UInt8(truncatingIfNeeded: register >> 8)
    guard let banks = Self.banks, core.bank != bank else { return }
    core.bank = nil
    try bus.writeRegister(banks.register, bank << banks.shift, of: address)
    core.bank = bank
  }

  /// Writes one register, in its bank.
  mutating func write<Bus: I2CBus & ~Copyable>(_ setting: RegisterSetting, _ bus: inout Bus) throws(BusError)
  {
    try select(setting.register, &bus)
    try bus.writeRegister(UInt8(truncatingIfNeeded: setting.register), setting.value, of: address)
  }

  /// Reads one register, in its bank.
  mutating func read<Bus: I2CBus & ~Copyable>(_ register: UInt16, _ bus: inout Bus) throws(BusError) -> UInt8
  {
    try select(register, &bus)
    return try bus.readRegister(UInt8(truncatingIfNeeded: register), of: address)
  }

  /// Reads registers that follow each other, in their bank.
  mutating func readFrame<Bus: I2CBus & ~Copyable, let count: Int>(_ register: UInt16, _ bus: inout Bus)
    throws(BusError) -> InlineArray<count, UInt8>
  {
    try select(register, &bus)
    return try bus.readRegisters(UInt8(truncatingIfNeeded: register), of: address)
  }

  // MARK: - Start

  mutating func start<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    switch core.state.stage {
    case .reset:
      core.bank = nil
      if let command = Self.reset.command { try write(command, &bus) }
      core.bank = nil
      core.state.enter(.identity, at: now.advanced(microseconds: Self.reset.wait))
    case .identity:
      let seen = try read(Self.identityRegister, &bus)
      core.identity = seen
      guard options.acceptedIdentities.contains(seen) else {
        return core.state.retry(.wrongIdentity, now: now)
      }
      core.state.enter(.trim, at: now)
      try prepare(&bus, now: now)
    case .trim:
      try prepare(&bus, now: now)
    case .configure:
      let row = row(written: core.state.row)
      try write(setting(at: row), &bus)
      let next = now.advanced(microseconds: pause(after: row))
      core.state.wake = next
      if core.state.nextRow(of: rows) { core.state.enter(.verify, at: next) }
    case .verify:
      if core.state.row == 0, try refusesSettings(&bus) {
        return core.state.retry(.selfReported, now: now)
      }
      let setting = setting(at: core.state.row)
      guard setting.holds(try read(setting.register, &bus)) else {
        return core.state.retry(.wrongRegister, now: now)
      }
      if core.state.nextRow(of: rows) {
        core.startSampling(at: now.advanced(microseconds: settlingTime))
        beginSampling()
      }
    case .running:
      break
    }
  }

  // MARK: - Sampling

  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> Sample?
  {
    core.schedule.advance(past: now)
    core.state.wake = core.schedule.next
    let sample = try sample(&bus, now: now)
    guard core.state.stage == .running, now >= core.state.nextCheck else { return sample }
    return try recheck(&bus, now: now) ? sample : nil
  }

  /// Looks at one register of the table, or after the last at the identity; returns whether all is well.
  private mutating func recheck<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime)
    throws(BusError) -> Bool
  {
    core.state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    if core.state.row >= rows {
      guard try read(Self.identityRegister, &bus) == core.identity else {
        core.state.restart(.wrongIdentity, at: now)
        return false
      }
      core.state.row = 0
      return true
    }
    let setting = setting(at: core.state.row)
    guard setting.holds(try read(setting.register, &bus)) else {
      core.state.restart(.wrongRegister, at: now)
      return false
    }
    core.state.row &+= 1
    return true
  }
}
