import HardwareInterfaces

/// What the safety logic looks at in one tick; everything else is none of its business.
public struct SafetyFacts: Sendable {
  /// Whether the pilot wants the vehicle armed.
  public var armRequested = false
  /// When the tick began.
  public var time = MonotonicTime.zero
  /// The conditions that hold now, a bit for each `FailsafeCondition`.
  public var conditions: UInt32 = 0
  /// The reasons of the moment not to arm, a bit for each `ArmingInhibit`; those that the monitor itself
  /// knows (kill switch, awaiting disarm) need not be set.
  public var inhibits: UInt32 = 0
  /// Whether the vehicle stands on the ground.
  public var onGround = false

  /// Nothing asked, nothing wrong.
  public init() {}
}

/// The arming and failsafe state machine: plain data, moved once a tick by `step`.
///
/// Its states are `VehicleMode`s. Faults raise reactions by the rules of the configuration; of several the
/// strongest wins, and each declares how it ends (`FailsafeCondition.clears`). A vehicle that was stopped
/// arms again only after the arm request has been taken back.
public struct SafetyMonitor: Sendable {
  /// What the vehicle is doing.
  public private(set) var mode = VehicleMode.disarmed
  /// Whether a fault has handed control to the classical controller.
  public private(set) var isClassical = false
  /// The conditions whose reaction is in force, a bit for each.
  public private(set) var reacting: UInt32 = 0
  /// Why the vehicle may not arm, as of the last step.
  public private(set) var inhibits: UInt32 = 0

  /// A rule as the tick wants it: in a table by the condition's number, so that no step touches the heap.
  private struct Entry: BitwiseCopyable {
    var action = FailsafeAction.warn
    var delay: Int64 = 0
    var clearsWhenGone = false
    /// Since when the condition has held without a break; `Int64.max` while it does not.
    var since: Int64 = .max
  }
  /// As many as a mask has bits, so that no condition can be left out.
  private var entries = InlineArray<32, Entry>(repeating: Entry())
  /// How many of them are conditions.
  private let count: Int
  private var landedSince: MonotonicTime?
  private var awaitsDisarm = true

  /// How long the vehicle must stand before a landing ends in disarming, in ns.
  public static let landedTime: Int64 = 500_000_000

  /// A monitor with a rule for each condition; the kill switch always disarms.
  public init(rule: (FailsafeCondition) -> FailsafeRule) {
    count = (FailsafeCondition.allCases.map { Int($0.rawValue) }.max() ?? -1) + 1
    for condition in FailsafeCondition.allCases {
      let rule = condition == .killSwitch ? FailsafeRule(action: .disarm) : rule(condition)
      entries[Int(condition.rawValue)] = Entry(
        action: rule.action, delay: rule.delay, clearsWhenGone: condition.clears == .whenGone)
    }
  }

  /// Moves on by one tick; says whether the vehicle armed in it, so that controllers start afresh.
  public mutating func step(_ facts: SafetyFacts) -> Bool {
    let reaction = updateReactions(facts)
    // A pulled switch takes the arm request back: whoever lets it go must not be met by motors that start.
    if facts.conditions & FailsafeCondition.killSwitch.bit != 0 {
      awaitsDisarm = true
    } else if !facts.armRequested {
      awaitsDisarm = false
    }

    inhibits = facts.inhibits
    if facts.conditions & FailsafeCondition.killSwitch.bit != 0 { inhibits |= ArmingInhibit.killSwitch.bit }
    if awaitsDisarm { inhibits |= ArmingInhibit.awaitingDisarm.bit }
    if let strongest = reaction.strongest, strongest >= .land { inhibits |= ArmingInhibit.failsafe.bit }

    switch mode {
    case .disarmed:
      guard facts.armRequested, inhibits == 0 else { return false }
      mode = .active
      isClassical = false
      landedSince = nil
      return true
    case .terminated:
      if !facts.armRequested { disarm() }
    case .active, .hold, .landing:
      if !facts.armRequested {
        disarm()
      } else {
        react(reaction, facts)
      }
    }
    return false
  }

  /// What the conditions in force ask for.
  private struct Reaction {
    var strongest: FailsafeAction?
    /// Whether any asks for a hold: handing over to the classical controller does not end one.
    var holds = false
    /// Whether any asks for the classical controller.
    var takesClassical = false
  }

  /// Renews which conditions are in force, and says what they ask for.
  private mutating func updateReactions(_ facts: SafetyFacts) -> Reaction {
    var reaction = Reaction()
    for index in 0..<count {
      let bit: UInt32 = 1 << UInt32(index)
      if facts.conditions & bit != 0 {
        if entries[index].since == .max { entries[index].since = facts.time.nanoseconds }
        let held = facts.time.nanoseconds &- entries[index].since
        if held >= entries[index].delay { reacting |= bit }
      } else {
        entries[index].since = .max
        if entries[index].clearsWhenGone || !mode.isArmed { reacting &= ~bit }
      }
      guard reacting & bit != 0 else { continue }
      reaction.strongest = max(reaction.strongest ?? .warn, entries[index].action)
      reaction.holds = reaction.holds || entries[index].action == .hold
      reaction.takesClassical = reaction.takesClassical || entries[index].action == .classical
    }
    return reaction
  }

  private mutating func react(_ reaction: Reaction, _ facts: SafetyFacts) {
    switch reaction.strongest {
    case .disarm:
      mode = .terminated
      awaitsDisarm = true
    case .land:
      mode = .landing
    case .classical:
      if mode != .landing { mode = reaction.holds ? .hold : .active }
    case .hold:
      if mode == .active { mode = .hold }
    case .warn, nil:
      if mode == .hold { mode = .active }
    }
    // A landing goes on to its end; else the network has its vehicle back when the last reason has ended.
    isClassical = mode == .landing || reaction.takesClassical
    guard mode == .landing else { return }
    guard facts.onGround else {
      landedSince = nil
      return
    }
    let start = landedSince ?? facts.time
    landedSince = start
    if facts.time.nanoseconds(since: start) >= Self.landedTime {
      disarm()
      awaitsDisarm = true
    }
  }

  private mutating func disarm() {
    mode = .disarmed
    isClassical = false
    landedSince = nil
    reacting = 0
  }
}
