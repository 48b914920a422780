import Control
import HardwareInterfaces
import Signals

/// Finds what changed from one tick to the next, for any vehicle: its table says what there is to tell.
///
/// Not for the tick itself: when something has changed it makes lists and texts.
struct EventDetector: ~Copyable {
  private let missed: SignalIndex<UInt32>?
  private let time: SignalIndex<Int64>?
  private let safety: SafetySignals
  private let source: SignalIndex<UInt8>?
  private let sources: SignalKind?
  private let votes: [VoteSignals]
  private let faults: [(name: String, place: SignalIndex<UInt8>)]
  private let limits: [(source: String, text: String, place: SignalIndex<Bool>)]
  /// When each of the limits was told last, in ns.
  private var limitsTold: [Int64?]
  /// The bytes of a frame that no event can come without, those that are told of when they change; the limits are not among them.
  private let watched: [Range<Int>]
  /// The last tick; before the first a vehicle at rest without trouble.
  private let previous: FrameMemory

  /// Vibration may reach a limit in every other tick; it is told once in so many ns.
  private static let limitsPause: Int64 = 1_000_000_000

  /// A detector for ticks of a vehicle.
  init(_ table: SignalTable) {
    (missed, time) = (table.index(of: "tick.missed"), table.index(of: "tick.time"))
    safety = SafetySignals(table)
    (source, sources) = (table.index(of: "command.source"), table["command.source"]?.kind)
    votes = VoteSignals.all(table)
    let keys = VoteSignals.deviceKeys(table)
    faults = table.declaredSignals.compactMap { signal in
      guard signal.origin.isOutside, signal.kind == .deviceFault, let name = signal.owner(of: "fault"),
        let place = table.index(of: signal.name, as: UInt8.self)
      else { return nil }
      return (keys[name] ?? name, place)
    }
    limits = NetworkSignals.all(table).flatMap { network in
      network.limits.map { (network.name, $0.text, $0.place) }
    }
    limitsTold = Array(repeating: nil, count: limits.count)
    var offsets: Set<UInt32> = []
    for place in [safety.mode, source].compactMap(\.self) + faults.map(\.place) + votes.flatMap(\.healths) {
      offsets.insert(place.offset)
    }
    for place in safety.conditionPlaces + safety.inhibitPlaces + votes.compactMap(\.undecided) {
      offsets.insert(place.offset)
    }
    for place in votes.compactMap(\.chosen) { offsets.insert(place.offset) }
    watched = table.ranges { signal in
      table.bytes(of: signal.name).map { offsets.contains(UInt32($0.lowerBound)) } ?? false
    }
    previous = FrameMemory(table)
  }

  /// What happened at the tick in `frame`.
  mutating func events(at frame: Frame) -> [FlightEvent] {
    let before = previous.frame
    var events: [FlightEvent] = []
    if let missed, frame[missed] > 0 {
      events.append(.init(level: .warning, source: "loop", text: "\(frame[missed]) tick(s) missed"))
    }
    // Nearly every tick changes nothing.
    if isChanged(before, frame) {
      addChanges(before, frame, to: &events)
      for range in watched {
        (before.base + range.lowerBound).copyMemory(
          from: frame.base + range.lowerBound, byteCount: range.count)
      }
    }
    addLimits(before, frame, to: &events)
    return events
  }

  private func isChanged(_ a: Frame, _ b: Frame) -> Bool {
    for range in watched {
      let (first, second) = (
        UnsafeRawBufferPointer(start: a.base + range.lowerBound, count: range.count),
        UnsafeRawBufferPointer(start: b.base + range.lowerBound, count: range.count)
      )
      if !first.elementsEqual(second) { return true }
    }
    return false
  }

  private func addChanges(_ before: Frame, _ now: Frame, to events: inout [FlightEvent]) {
    if let mode = safety.mode, before[mode] != now[mode] {
      let isStopped = Int(now[mode]) == safety.modes.count - 1
      events.append(
        .init(
          level: isStopped ? .error : .information, source: "mode",
          text: "\(name(safety.modes, before[mode])) -> \(name(safety.modes, now[mode]))"))
    }
    if let source, before[source] != now[source] {
      func words(_ value: UInt8) -> String { sources?.choiceName(value) ?? "\(value)" }
      events.append(
        .init(
          level: .information, source: "controller",
          text: "\(words(before[source])) -> \(words(now[source]))"))
    }
    addConditions(before, now, to: &events)
    addInhibits(before, now, to: &events)
    for vote in votes { add(vote, before, now, to: &events) }
    for (name, place) in faults where before[place] != now[place] {
      let fault = DeviceFault(rawValue: now[place]) ?? .none
      events.append(
        .init(
          level: fault == .none ? .information : .warning, source: name,
          text: fault == .none ? "works again" : "fault: \(fault)"))
    }
  }

  private func name(_ modes: [String], _ value: UInt8) -> String {
    Int(value) < modes.count ? modes[Int(value)] : "\(value)"
  }

  private func addConditions(_ before: Frame, _ now: Frame, to events: inout [FlightEvent]) {
    // Before take-off a fault keeps the vehicle on the ground; it is serious once it flies.
    let isOnGround = safety.mode.map { now[$0] == 0 && before[$0] == 0 } ?? true
    for (condition, place) in zip(safety.conditions, safety.conditionPlaces) where before[place] != now[place]
    {
      let level: FlightEvent.Level = !now[place] ? .information : isOnGround ? .warning : .error
      events.append(
        .init(
          level: level, source: "failsafe",
          text: "\(condition.name): \(now[place] ? condition.text : "over")"))
    }
  }

  private func addInhibits(_ before: Frame, _ now: Frame, to events: inout [FlightEvent]) {
    for (inhibit, place) in zip(safety.inhibits, safety.inhibitPlaces) where before[place] != now[place] {
      events.append(
        .init(
          level: .information, source: "arming",
          text: now[place] ? "cannot arm: \(inhibit.text); \(inhibit.remedy)" : "no longer: \(inhibit.text)"
        ))
    }
  }

  private func add(_ vote: VoteSignals, _ before: Frame, _ now: Frame, to events: inout [FlightEvent]) {
    func health(_ place: SignalIndex<UInt8>, _ frame: Frame) -> SensorHealth {
      SensorHealth(rawValue: frame[place]) ?? .absent
    }
    let hasSpares = vote.healths.dropFirst().contains { health($0, now) != .absent }
    for (instance, place) in vote.healths.enumerated() where before[place] != now[place] {
      let (was, health) = (health(place, before), health(place, now))
      // Of a sensor without spares the driver's faults tell the rest.
      guard hasSpares || was.isOfReadings || health.isOfReadings else { continue }
      events.append(
        .init(
          level: health == .good || health == .starting ? .information : .warning, source: vote.key(instance),
          text: health.name == health.text ? health.name : "\(health.name): \(health.text)"))
    }
    guard let chosen = vote.chosen, before[chosen] != now[chosen] else { return }
    events.append(
      .init(
        level: .warning, source: vote.name,
        text: "\(vote.key(Int(now[chosen]))) is in use now, instead of \(vote.key(Int(before[chosen])))"))
  }

  /// Says what is beyond a network's range, when it begins.
  private mutating func addLimits(_ before: Frame, _ now: Frame, to events: inout [FlightEvent]) {
    for index in limits.indices {
      let limit = limits[index]
      let (was, isNow) = (before[limit.place], now[limit.place])
      if was == isNow { continue }
      before[limit.place] = isNow
      guard isNow else { continue }
      let time = time.map { now[$0] } ?? 0
      if let told = limitsTold[index], time &- told < Self.limitsPause { continue }
      limitsTold[index] = time
      let isArmed = safety.armed.map { now[$0] } ?? true
      events.append(
        FlightEvent(level: isArmed ? .warning : .information, source: limit.source, text: limit.text))
    }
  }
}

extension SensorHealth {
  /// Whether it is found in what a sensor reads, and not in its silence.
  fileprivate var isOfReadings: Bool {
    switch self {
    case .flat, .saturated, .failing, .outvoted: true
    case .absent, .starting, .good, .stale, .faulty, .recovering: false
    }
  }
}
