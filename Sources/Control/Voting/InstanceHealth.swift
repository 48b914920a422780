import PortableMath

/// Whether one instance of a kind of sensor can be trusted: a small state machine, moved once a tick.
///
/// `judge` looks at the instance's readings alone; `settle` adds what the others say of it and how long it has been good.
/// The leaky share of errors is PX4's error density (src/lib/validation/data_validator) as a mean; like there, flat
/// data are counted in readings and staleness in time.
struct InstanceHealth: BitwiseCopyable, Sendable {
  /// As of the last `settle`.
  private(set) var health = SensorHealth.absent
  /// Share of failed attempts to read, averaged over about the last 50.
  private(set) var errorShare: Float = 0

  /// Attempts that the share of errors is averaged over.
  static let errorWindow: Float = 50

  /// How many readings there were.
  private var count: UInt32 = 0
  private var last = SIMD8<Float>.zero
  private var isFinite = true
  /// Readings in a row that were equal, and that were at the end of the range.
  private var equal: UInt32 = 0
  private var saturated: UInt32 = 0
  private var isFailing = false
  /// When a failed attempt was last counted, while the driver reports one.
  private var lastError: Int64?
  /// When the instance was last not good.
  private var lastBad: Int64?

  /// Whether nothing has happened since the last tick to an instance that was good then: so it is in most ticks of a slow
  /// sensor.
  func isStillGood(_ reading: VotedReading, at now: Int64, _ limits: InstanceLimits) -> Bool {
    health == .good && reading.count == count && reading.isPresent && reading.fault == .none
      && lastError == nil && now &- reading.time <= limits.staleAfter
  }

  /// What `reading` says of the instance at `now`: everything but outvoted and recovering.
  mutating func judge(_ reading: VotedReading, at now: Int64, _ limits: InstanceLimits) -> SensorHealth {
    guard reading.isPresent else { return .absent }
    let isNew = reading.count != count
    if isNew {
      count = reading.count
      look(at: reading.channels, limits)
    }
    guard count > 0 else { return reading.fault == .none ? .starting : .faulty }
    attempt(reading.fault, isNew: isNew, at: now, limits)
    if reading.fault == .lasting || !isFinite { return .faulty }
    if now &- reading.time > limits.staleAfter { return .stale }
    if limits.saturatedAfter > 0, saturated >= limits.saturatedAfter { return .saturated }
    if limits.flatAfter > 0, equal >= limits.flatAfter { return .flat }
    return isFailing ? .failing : .good
  }

  private mutating func look(at channels: SIMD8<Float>, _ limits: InstanceLimits) {
    isFinite = channels.isFinite
    if limits.saturatedAfter > 0 {
      if channels.exceeds(limits.fullScale) { saturated.countUp() } else { saturated = 0 }
    }
    guard limits.flatAfter > 0 else { return }
    // At the end of the range equal readings prove nothing.
    if channels == last, saturated == 0 { equal.countUp() } else { equal = 1 }
    last = channels
  }

  /// Counts an attempt that failed or succeeded. A fault that stands for several ticks counts once for each attempt that
  /// the driver makes meanwhile, so that slow and fast sensors, in slow and fast loops, are measured alike.
  private mutating func attempt(_ fault: FaultClass, isNew: Bool, at now: Int64, _ limits: InstanceLimits) {
    // At the end of its range a sensor answers well; what its readings are worth is judged by themselves.
    if fault == .none || fault == .endOfRange {
      lastError = nil
      if isNew { errorShare -= errorShare / Self.errorWindow }
    } else if let lastError, now &- lastError < limits.period {
      // The same attempt.
    } else {
      lastError = now
      errorShare += (1 - errorShare) / Self.errorWindow
    }
    if errorShare > limits.errorsAbove { isFailing = true }
    if errorShare < limits.errorsAbove / 2 { isFailing = false }
  }

  /// Ends the tick with what `judge` said. What was bad must be good for `goodFor` ns before it counts as good. While the
  /// vehicle starts up, an instance that has yet to give its first reading is not bad.
  mutating func settle(
    _ judged: SensorHealth, isOutvoted: Bool, isStartUp: Bool, goodFor: Int64, at now: Int64
  ) {
    health = judged == .good && isOutvoted ? .outvoted : judged
    switch health {
    case .absent: break
    case .good:
      guard let bad = lastBad else { break }
      let since = now &- bad
      if since >= goodFor {
        lastBad = nil
      } else {
        health = .recovering
        // A clock that jumped back must not keep it waiting for ever.
        if since < 0 { lastBad = now }
      }
    default:
      if count > 0 || !isStartUp { lastBad = now }
    }
  }
}

extension SensorHealth {
  /// Which of several instances is the better choice; 0 for one that gives nothing to go by.
  var rank: Int {
    switch self {
    case .good: 5
    case .recovering: 4
    // What comes is right, only too little of it.
    case .failing: 3
    case .saturated: 2
    case .outvoted: 1
    case .absent, .starting, .stale, .faulty, .flat: 0
    }
  }

  /// Whether it gives data that are not to be trusted, so that only the lack of a better one speaks for it.
  var isDoubtful: Bool {
    switch self {
    case .saturated, .failing, .outvoted: true
    case .absent, .starting, .good, .stale, .faulty, .flat, .recovering: false
    }
  }
}
