import Signals

/// What a signal is compared with.
public enum SignalTest: Hashable, Sendable {
  /// A flag that is set.
  case isSet(String)
  /// A flag that is not set.
  case isNotSet(String)
  /// A number above a bound.
  case above(String, Double)
  /// A number below a bound.
  case below(String, Double)
  /// A count above a bound.
  case moreThan(String, UInt32)
  /// A choice that has one of these values.
  case isOneOf(String, [String])

  /// The name of the signal, with `previous.` in front where the tick before is meant.
  public var signal: String {
    switch self {
    case .isSet(let name), .isNotSet(let name), .above(let name, _), .below(let name, _),
      .moreThan(let name, _), .isOneOf(let name, _):
      name
    }
  }
}

/// What a condition makes of a signal that is not valid.
public enum InvalidSignal: BitwiseCopyable, Hashable, Sendable {
  /// The condition holds.
  case holds
  /// The condition does not hold.
  case ignored
  /// The value counts as it is.
  case last
}

/// Something that can go wrong.
public struct SafetyCondition: Hashable, Sendable {
  /// Its name; `safety.NAME` is set while the reaction to it is in force.
  public var name: String
  /// What is wrong, for people.
  public var text: String
  /// It holds when any of these does...
  public var any: [SignalTest]
  /// ...while all of these do.
  public var all: [SignalTest]
  /// How long it must hold without a break before the reaction starts, in ns.
  public var delay: Int64
  /// The name of the reaction.
  public var reaction: String
  /// Whether the reaction ends as soon as the condition has gone; else it ends when the vehicle is disarmed.
  public var endsWhenGone: Bool
  /// What a signal that is not valid means.
  public var invalid: InvalidSignal
  /// Whether it counts while a vehicle that is not armed still starts.
  public var countsWhileStarting: Bool
  /// Whether it takes the request to arm back, as a kill switch does: whoever lets it go must not be met by motors that start.
  public var takesRequestBack: Bool

  /// A condition from its parts.
  public init(
    _ name: String, text: String, any: [SignalTest], all: [SignalTest] = [], delay: Int64 = 0,
    reaction: String,
    endsWhenGone: Bool, invalid: InvalidSignal = .last, countsWhileStarting: Bool = false,
    takesRequestBack: Bool = false
  ) {
    (self.name, self.text, self.any, self.all) = (name, text, any, all)
    (self.delay, self.reaction, self.endsWhenGone) = (delay, reaction, endsWhenGone)
    (self.invalid, self.countsWhileStarting) = (invalid, countsWhileStarting)
    self.takesRequestBack = takesRequestBack
  }
}

/// A reason not to arm.
public struct ArmingRule: Hashable, Sendable {
  /// Its name; `safety.no_arming_NAME` is set while it holds a vehicle back that is not armed.
  public var name: String
  /// What holds the vehicle back, and what to do about it, for people.
  public var text, remedy: String
  /// It holds when any of these does...
  public var any: [SignalTest]
  /// ...while all of these do.
  public var all: [SignalTest]

  /// A rule from its parts.
  public init(_ name: String, text: String, remedy: String, any: [SignalTest], all: [SignalTest] = []) {
    (self.name, self.text, self.remedy, self.any, self.all) = (name, text, remedy, any, all)
  }
}

/// What is done about a condition. Of several in force the last in the list is the strongest.
public struct SafetyReaction: Hashable, Sendable {
  /// Its name.
  public var name: String
  /// The mode that it leads to; `nil` leaves that to the others.
  public var mode: String?
  /// Whether it hands the vehicle over to the fallback controller.
  public var handsOver: Bool
  /// Whether it stops the vehicle: every output to its safe value, until the request to arm is taken back.
  public var stops: Bool
  /// Whether no vehicle arms while it is in force.
  public var forbidsArming: Bool

  /// A reaction from its parts.
  public init(
    _ name: String, mode: String? = nil, handsOver: Bool = false, stops: Bool = false,
    forbidsArming: Bool = false
  ) {
    (self.name, self.mode, self.handsOver) = (name, mode, handsOver)
    (self.stops, self.forbidsArming) = (stops, forbidsArming)
  }
}

/// A mode of an armed vehicle beside `active`.
public struct SafetyMode: Hashable, Sendable {
  /// Its name.
  public var name: String
  /// Whether it goes on when its reason has gone.
  public var isSticky: Bool
  /// Whether the fallback controller has the vehicle in it.
  public var handsOver: Bool
  /// How long the vehicle must be at rest until it ends in disarming, in ns; `nil` for never.
  public var restingTime: Int64?

  /// A mode from its parts.
  public init(_ name: String, isSticky: Bool = false, handsOver: Bool = false, restingTime: Int64? = nil) {
    (self.name, self.isSticky) = (name, isSticky)
    (self.handsOver, self.restingTime) = (handsOver, restingTime)
  }
}

/// A vehicle's whole safety as data.
public struct SafetyRules: Hashable, Sendable {
  /// What can go wrong, most important first.
  public var conditions: [SafetyCondition]
  /// Why the vehicle may not arm, most important first.
  public var arming: [ArmingRule]
  /// The reactions, mildest first.
  public var reactions: [SafetyReaction]
  /// The modes beside `disarmed`, `active` and `terminated`.
  public var modes: [SafetyMode]
  /// The vehicle is at rest when any of these holds.
  public var atRest: [SignalTest]

  /// Rules from their parts; by default none.
  public init(
    conditions: [SafetyCondition] = [], arming: [ArmingRule] = [], reactions: [SafetyReaction] = [],
    modes: [SafetyMode] = [], atRest: [SignalTest] = []
  ) {
    (self.conditions, self.arming, self.reactions) = (conditions, arming, reactions)
    (self.modes, self.atRest) = (modes, atRest)
  }

  /// The names of all modes in the order of their numbers: `disarmed`, `active`, those of the rules, `terminated`.
  public var modeNames: [String] { ["disarmed", "active"] + modes.map(\.name) + ["terminated"] }

  /// The reasons not to arm, with those that the state machine itself knows at the end.
  var allArming: [ArmingRule] { arming + [.awaitingDisarm, .reacting] }

  /// The names of the reasons not to arm, in this order.
  public var armingNames: [String] { allArming.map(\.name) }
}

extension ArmingRule {
  /// What the state machine itself finds: the request to arm must be taken back first.
  static let awaitingDisarm = ArmingRule(
    "awaiting_disarm",
    text:
      "the arm request has not been taken back since the start, the last stop or the kill switch's release",
    remedy: "switch to disarmed once, then arm", any: [])
  /// The other thing: a reaction that forbids arming is in force.
  static let reacting = ArmingRule(
    "failsafe", text: "a fault that would end the flight is in force",
    remedy: "see the faults in the log's events; the failsafe section says what each leads to", any: [])
}
