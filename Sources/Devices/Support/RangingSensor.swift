import HardwareInterfaces

/// What the status of a range says.
enum RangeVerdict: Equatable, Sendable {
  /// The distance is true.
  case valid
  /// The sensor saw nothing it would vouch for.
  case invalid
  /// The sensor's hardware failed its own test.
  case broken
  /// No status of a finished measurement.
  case unknown
}

/// What the options of chips hold that measure ranges by their own clock.
protocol RangingOptions: Sendable {
  /// 7-bit address.
  var address: UInt8 { get }
  /// Measurements per second.
  var rate: Double { get }
  /// The timing budget of a measurement in µs, within its bounds.
  var boundedBudget: Int { get }
}

extension RangingOptions {
  /// The shortest time between measurements in ms: it must hold the timing budget, and is whole milliseconds.
  var shortestPeriod: Int { (boundedBudget + 999) / 1_000 }

  /// Measurements per second at the most.
  public var maximumRate: Double { 1_000 / Double(shortestPeriod) }

  /// Time between measurements in ms.
  var period: Int {
    let asked = rate >= 0.1 ? 1_000 / rate : 10_000
    return max(shortestPeriod, Int(asked + 0.5))
  }
}

/// What chips share that measure ranges by their own clock: the driver asks whether a result waits from shortly before
/// it is due.
protocol RangingSensor: StagedSensor, ConfiguredSensor where Sample == RangeSample, Use == SensorUse {
  associatedtype Options: RangingOptions
  /// How the chip is used.
  var options: Options { get }
  /// When the last result, or the start of measuring, was.
  var lastResult: MonotonicTime { get set }

  /// Rows of the register table; the first is the one that tells a reset chip.
  static var rows: Int { get }
  /// Whether the register of a row of the table holds what was written to it.
  func holds<Bus: I2CBus & ~Copyable>(row: Int, _ bus: inout Bus) throws(BusError) -> Bool
  /// Whether the chip still says to be what it said at the start.
  func keepsIdentity<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool
  /// The status with which a result waits; `nil` while none does.
  func waitingStatus<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> UInt8?
  /// Reads the result that waits with that status, lets the chip go on, and judges it.
  mutating func takeResult<Bus: I2CBus & ~Copyable>(
    _ status: UInt8, _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> RangeSample?
}

extension RangingSensor {
  /// Goes on to sampling: the first result is due when the timing budget is over.
  mutating func enterRunning(now: MonotonicTime) {
    state.enter(.running, at: now.advanced(microseconds: Int64(options.boundedBudget)))
    state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    lastResult = now
  }

  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> RangeSample?
  {
    // As long as no result waits, ask again every twentieth of the period.
    let period = Int64(options.period) &* 1_000_000
    state.wake = now.advanced(nanoseconds: period / 20)
    if now >= state.nextCheck, try !recheck(&bus, now: now) { return nil }
    guard let status = try waitingStatus(&bus) else {
      if now.nanoseconds(since: lastResult) > 4 &* period { state.restart(.notReady, at: now) }
      return nil
    }
    lastResult = now
    state.wake = now.advanced(nanoseconds: period / 10 &* 9)
    return try takeResult(status, &bus, now: now)
  }

  /// Looks at one register of the table or at the identity; returns whether all is well.
  private mutating func recheck<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime)
    throws(BusError) -> Bool
  {
    state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    // Every other look is at the first row or the identity, so that neither waits for the whole table.
    let turn = state.row
    state.row = (turn + 1) % (4 * Self.rows)
    if turn % 4 == 2 {
      if try keepsIdentity(&bus) { return true }
      state.restart(.wrongIdentity, at: now)
    } else {
      if try holds(row: turn % 4 == 0 ? 0 : turn / 2 % Self.rows, &bus) { return true }
      state.restart(.wrongRegister, at: now)
    }
    return false
  }
}
