import PortableMath

/// When a vote is taken.
struct VoteTime: BitwiseCopyable, Sendable {
  /// When the tick began, in ns.
  var now: Int64
  /// Time in s since the tick before, at most a tenth.
  var seconds: Float
  /// Whether sensors may still be starting.
  var isStartUp: Bool
}

/// Chooses among the instances of one kind of sensor: the healthy one of highest priority.
///
/// A pure function of its state and the readings, without heap and without a clock of its own, so that a replay votes again
/// and must come to the same.
struct KindVoter: Sendable {
  /// What was decided last.
  private(set) var vote = KindVote()

  private let limits: KindLimits
  private var health = InlineArray<3, InstanceHealth>(repeating: InstanceHealth())
  private var agreement = InstanceAgreement()
  private var chosen = 0
  private var hasBegun = false
  /// What was handed on last, and the number of the chosen instance's reading that it came from.
  private var current = VotedReading()
  private var taken: UInt32 = 0

  /// A voter that has seen nothing.
  init(_ limits: KindLimits) { self.limits = limits }

  /// Whether what is handed on may be another reading than the sensor's own.
  var chooses: Bool { limits.count > 1 || limits.instances[0].flatAfter > 0 }

  /// Judges a sensor for which there is nothing to choose.
  mutating func judge(_ reading: VotedReading, _ time: VoteTime) {
    guard limits.count > 0, !health[0].isStillGood(reading, at: time.now, limits.instances[0]) else { return }
    let judged = health[0].judge(reading, at: time.now, limits.instances[0])
    health[0].settle(judged, isOutvoted: false, isStartUp: time.isStartUp, goodFor: 0, at: time.now)
    vote.first = judged
  }

  /// The reading to go by in a tick, out of those of all instances.
  ///
  /// Without spares it is the sensor's own, untouched. With spares it has a numbering of its own and is on the level of the
  /// instance that was in use first. Where no instance gives anything to go by, and while the only one is flat, it grows
  /// old: the vehicle then lacks the sensor, and says so.
  mutating func reading(_ readings: InlineArray<3, VotedReading>, _ time: VoteTime) -> VotedReading {
    guard limits.count > 1 else {
      let first = readings[0]
      judge(first, time)
      guard vote.first == .flat else {
        current = first
        return first
      }
      (current.fault, current.faultValue, current.isPresent) = (first.fault, first.faultValue, true)
      return current
    }
    var channels = InlineArray<3, SIMD8<Float>>(repeating: .zero)
    for instance in 0..<limits.count { channels[instance] = readings[instance].channels }

    judge(readings, channels, time)
    choose()
    for instance in 0..<limits.count where instance != chosen {
      guard health[chosen].health.teaches, health[instance].health.teaches,
        readings[chosen].isComparable, readings[instance].isComparable
      else { continue }
      agreement.learn(
        instance, from: chosen, channels, seconds: time.seconds, limit: limits.difference,
        largestOffset: limits.largestOffset)
    }
    record()
    return handOn(readings[chosen])
  }

  private mutating func judge(
    _ readings: InlineArray<3, VotedReading>, _ channels: InlineArray<3, SIMD8<Float>>, _ time: VoteTime
  ) {
    var judged = InlineArray<3, SensorHealth>(repeating: .absent)
    var comparable = InlineArray<3, Bool>(repeating: false)
    for instance in 0..<limits.count {
      judged[instance] = health[instance].judge(
        readings[instance], at: time.now, limits.instances[instance])
      comparable[instance] =
        (judged[instance] == .good || judged[instance] == .failing)
        && readings[instance].isComparable
    }
    agreement.compare(channels, comparable: comparable, seconds: time.seconds, limit: limits.difference)
    for instance in 0..<limits.count {
      health[instance].settle(
        judged[instance], isOutvoted: agreement.isOutvoted[instance], isStartUp: time.isStartUp,
        goodFor: limits.goodFor, at: time.now)
    }
  }

  /// The healthy one of highest priority; without any, the best of the others, and of equals the one in use.
  private mutating func choose() {
    let before = chosen
    var best = health[chosen].health.rank
    if health[before].health == .good {
      // It gives way only to a healthy one of higher priority, and only when that one's offset is known.
      for instance in 0..<before where health[instance].health == .good && agreement.isSettled(instance) {
        chosen = instance
        break
      }
    } else {
      for instance in 0..<limits.count where health[instance].health.rank > best {
        (chosen, best) = (instance, health[instance].health.rank)
      }
    }
    guard best > 0 else { return }
    if !hasBegun || (chosen != before && !agreement.isSettled(chosen)) { agreement.begin(with: chosen) }
    hasBegun = true
    if chosen != before { taken = 0 }
  }

  private mutating func record() {
    vote.chosen = UInt8(truncatingIfNeeded: chosen)
    (vote.first, vote.second, vote.third) = (health[0].health, health[1].health, health[2].health)
    vote.isUndecided = agreement.isUndecided
  }

  /// Hands on what is new of the chosen instance. What it read before the last one handed on is not new.
  private mutating func handOn(_ reading: VotedReading) -> VotedReading {
    (current.fault, current.faultValue) = (reading.fault, reading.faultValue)
    current.isPresent = reading.isPresent
    guard reading.count != taken, health[chosen].health.rank > 0 else { return current }
    let isSwitch = taken == 0
    taken = reading.count
    guard !isSwitch || current.count == 0 || reading.time > current.time else { return current }
    current.channels = reading.channels + agreement.offsets[chosen]
    (current.other, current.isComparable) = (reading.other, reading.isComparable)
    current.time = reading.time
    current.count.countReading()
    return current
  }
}

extension SensorHealth {
  /// Whether offsets may be learnt from it and for it.
  fileprivate var teaches: Bool { self == .good || self == .recovering }
}
