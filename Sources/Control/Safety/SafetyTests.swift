import Signals

/// The conditions and reasons not to arm of `SafetyRules` as the tick wants them: rows of tables, and which reactions are in force.
struct SafetyTests: BitwiseCopyable {
  /// What the conditions of a tick ask for.
  struct Found: BitwiseCopyable {
    /// The mode of the strongest reaction in force that names one; 0 for none.
    var mode: UInt8 = 0
    /// Whether any reaction in force stops, hands over, or forbids arming.
    var stops = false
    var handsOver = false
    var forbidsArming = false
    /// Whether any condition takes the request to arm back.
    var takesRequestBack = false
    /// Whether any reason not to arm holds.
    var isHeldBack = false
  }

  private let conditions: UnsafeMutableBufferPointer<ConditionRow>
  private let arming: UnsafeMutableBufferPointer<ArmingRow>
  private let tests: UnsafeBufferPointer<TestRow>
  private let atRest: TestRange

  /// The ports that the tests read: the first of a name for each test, in the order of `rules`.
  static func ports(_ rules: SafetyRules) -> [InputPort] {
    all(rules).enumerated().map { index, test in
      let kind: SignalKind =
        switch test {
        case .isSet, .isNotSet: .flag
        case .above, .below: .number
        case .moreThan: .count
        case .isOneOf: .choice([])
        }
      return InputPort("test_\(index)", kind, unit: nil, standard: test.signal)
    }
  }

  /// All tests in the order of their ports.
  private static func all(_ rules: SafetyRules) -> [SignalTest] {
    rules.conditions.flatMap { $0.any + $0.all } + rules.arming.flatMap { $0.any + $0.all } + rules.atRest
  }

  init(_ rules: SafetyRules, _ wiring: inout Wiring) {
    var rows: [TestRow] = []
    for (index, test) in Self.all(rules).enumerated() {
      rows.append(TestRow(test, port: "test_\(index)", &wiring))
    }
    tests = wiring.table(rows)
    var next = 0
    func take(_ tests: [SignalTest]) -> TestRange {
      defer { next += tests.count }
      return TestRange(first: next, end: next + tests.count)
    }
    let names = rules.modeNames
    var conditions: [ConditionRow] = []
    for condition in rules.conditions {
      let place = rules.reactions.firstIndex { $0.name == condition.reaction }
      let reaction = place.map { rules.reactions[$0] } ?? SafetyReaction(condition.reaction)
      let (any, all) = (take(condition.any), take(condition.all))
      conditions.append(
        ConditionRow(
          any: any, all: all, invalid: condition.invalid, delay: condition.delay,
          endsWhenGone: condition.endsWhenGone, countsWhileStarting: condition.countsWhileStarting,
          takesRequestBack: condition.takesRequestBack, rank: UInt8(clamping: (place ?? 0) + 1),
          mode: UInt8(clamping: reaction.mode.flatMap { names.firstIndex(of: $0) } ?? 0),
          handsOver: reaction.handsOver, stops: reaction.stops, forbidsArming: reaction.forbidsArming,
          output: wiring.output(condition.name)))
    }
    self.conditions = wiring.memory(conditions)
    var arming: [ArmingRow] = []
    for rule in rules.arming {
      let (any, all) = (take(rule.any), take(rule.all))
      arming.append(ArmingRow(any: any, all: all, output: wiring.output("no_arming_\(rule.name)")))
    }
    self.arming = wiring.memory(arming)
    atRest = take(rules.atRest)
  }

  /// Renews which reactions are in force at the time `now` in ns, and says what they ask for. While `isQuiet`, most conditions
  /// do not count.
  func update(_ frame: Frame, now: Int64, isArmed: Bool, isQuiet: Bool) -> Found {
    var found = Found()
    var strongest: UInt8 = 0
    for index in conditions.indices {
      guard let row = conditions.baseAddress.map({ $0 + index }) else { break }
      let counts = !isQuiet || row.pointee.countsWhileStarting
      if counts, holds(row.pointee.any, row.pointee.all, row.pointee.invalid, frame) {
        if row.pointee.since == .max { row.pointee.since = now }
        if now &- row.pointee.since >= row.pointee.delay { row.pointee.isInForce = true }
        if row.pointee.takesRequestBack { found.takesRequestBack = true }
      } else {
        row.pointee.since = .max
        if row.pointee.endsWhenGone || !isArmed { row.pointee.isInForce = false }
      }
      guard row.pointee.isInForce else { continue }
      if row.pointee.mode != 0, row.pointee.rank > strongest {
        (found.mode, strongest) = (row.pointee.mode, row.pointee.rank)
      }
      found.stops = found.stops || row.pointee.stops
      found.handsOver = found.handsOver || row.pointee.handsOver
      found.forbidsArming = found.forbidsArming || row.pointee.forbidsArming
    }
    for index in arming.indices {
      let holdsBack = holds(arming[index].any, arming[index].all, .last, frame)
      arming[index].holds = holdsBack
      found.isHeldBack = found.isHeldBack || holdsBack
    }
    return found
  }

  /// Writes which reactions are in force, and what holds a vehicle back that is not armed; says how many are in force.
  func write(_ frame: Frame, isArmed: Bool) -> UInt32 {
    var count: UInt32 = 0
    for index in conditions.indices {
      frame[conditions[index].output] = conditions[index].isInForce
      count &+= conditions[index].isInForce ? 1 : 0
    }
    for index in arming.indices { frame[arming[index].output] = !isArmed && arming[index].holds }
    return count
  }

  /// Ends all reactions.
  func forget() {
    for index in conditions.indices { conditions[index].isInForce = false }
  }

  /// Whether the vehicle is at rest.
  func isAtRest(_ frame: Frame) -> Bool { any(atRest, .last, frame) }

  private func holds(_ some: TestRange, _ every: TestRange, _ invalid: InvalidSignal, _ frame: Frame) -> Bool
  {
    guard any(some, invalid, frame) else { return false }
    for index in every.first..<every.end where !tests[index].holds(frame, invalid) { return false }
    return true
  }

  private func any(_ some: TestRange, _ invalid: InvalidSignal, _ frame: Frame) -> Bool {
    for index in some.first..<some.end where tests[index].holds(frame, invalid) { return true }
    return false
  }
}

/// Some of the tests, by their places.
private struct TestRange: BitwiseCopyable {
  var first, end: Int
}

/// A condition as the tick wants it.
private struct ConditionRow: BitwiseCopyable {
  var any, all: TestRange
  var invalid: InvalidSignal
  var delay: Int64
  var endsWhenGone, countsWhileStarting, takesRequestBack: Bool
  /// The reaction's place in the order of strength, from 1.
  var rank: UInt8
  /// The number of the reaction's mode; 0 for none.
  var mode: UInt8
  var handsOver, stops, forbidsArming: Bool
  var output: Output<Bool>
  /// Since when the condition has held without a break; `Int64.max` while it does not.
  var since: Int64 = .max
  var isInForce = false
}

/// A reason not to arm as the tick wants it.
private struct ArmingRow: BitwiseCopyable {
  var any, all: TestRange
  var output: Output<Bool>
  var holds = false
}

/// A test of a signal as the tick wants it.
private struct TestRow: BitwiseCopyable {
  private enum Comparison: UInt8, BitwiseCopyable { case isSet, isNotSet, above, below, moreThan, isOneOf }

  private var comparison: Comparison
  /// Where the signal lies, and its validity's flag; the largest number for what is always valid.
  private var place, flag: UInt32
  private var bound: Float = 0
  private var count: UInt32 = 0
  private var values = ModeSet([], of: [])

  init(_ test: SignalTest, port: String, _ wiring: inout Wiring) {
    flag = wiring.validities(of: port).flags.first ?? .max
    switch test {
    case .isSet: (comparison, place) = (.isSet, wiring.input(port, as: Bool.self).place)
    case .isNotSet: (comparison, place) = (.isNotSet, wiring.input(port, as: Bool.self).place)
    case .above(_, let bound):
      (comparison, place, self.bound) = (.above, wiring.input(port, as: Float.self).place, Float(bound))
    case .below(_, let bound):
      (comparison, place, self.bound) = (.below, wiring.input(port, as: Float.self).place, Float(bound))
    case .moreThan(_, let count):
      (comparison, place, self.count) = (.moreThan, wiring.input(port, as: UInt32.self).place, count)
    case .isOneOf(_, let names):
      (comparison, place) = (.isOneOf, wiring.input(port, as: UInt8.self).place)
      values = ModeSet(names, of: wiring.choice(port))
    }
  }

  /// Whether the signal is as the test says. A number that is NaN is neither above nor below.
  func holds(_ frame: Frame, _ invalid: InvalidSignal) -> Bool {
    if invalid != .last, flag != .max, frame.base.load(fromByteOffset: Int(flag), as: UInt8.self) == 0 {
      return invalid == .holds
    }
    let offset = Int(place)
    switch comparison {
    case .isSet: return frame.base.load(fromByteOffset: offset, as: UInt8.self) != 0
    case .isNotSet: return frame.base.load(fromByteOffset: offset, as: UInt8.self) == 0
    case .above: return frame.base.load(fromByteOffset: offset, as: Float.self) > bound
    case .below: return frame.base.load(fromByteOffset: offset, as: Float.self) < bound
    case .moreThan: return frame.base.load(fromByteOffset: offset, as: UInt32.self) > count
    case .isOneOf: return values.contains(frame.base.load(fromByteOffset: offset, as: UInt8.self))
    }
  }
}
