import Signals

/// Something that safety says by a flag: a condition whose reaction is in force, or a reason not to arm.
public struct SafetyFlag: Hashable, Sendable {
  /// Its name, for example `kill_switch`.
  public var name: String
  /// What is wrong, or holds the vehicle back, for people.
  public var text: String
  /// What to do about it, for people; empty for a condition.
  public var remedy: String

  /// A flag from its parts.
  public init(name: String, text: String, remedy: String) {
    (self.name, self.text, self.remedy) = (name, text, remedy)
  }
}

/// What safety says in a tick, as it stands in a vehicle's table; nothing for a vehicle without such a block.
public struct SafetySignals: Sendable {
  /// The block's name.
  static let block = "safety"
  /// What the name of a reason not to arm begins with.
  static let inhibit = "no_arming_"
  /// Its flags that are neither.
  private static let others = ["armed", "arms", "fallback"]

  /// The mode; `nil` without safety.
  public let mode: SignalIndex<UInt8>?
  /// The names of the modes.
  public let modes: [String]
  /// Whether motors may turn.
  public let armed: SignalIndex<Bool>?
  /// How many conditions have their reaction in force.
  public let inForce: SignalIndex<UInt32>?
  /// The conditions, most important first.
  public let conditions: [SafetyFlag]
  /// For each the flag that is set while its reaction is in force.
  public let conditionPlaces: [SignalIndex<Bool>]
  /// The reasons not to arm, most important first.
  public let inhibits: [SafetyFlag]
  /// For each the flag that is set while it holds the vehicle back.
  public let inhibitPlaces: [SignalIndex<Bool>]

  /// What the safety of a vehicle says.
  public init(_ table: SignalTable) {
    var (conditions, inhibits) = ([SafetyFlag](), [SafetyFlag]())
    var (conditionPlaces, inhibitPlaces) = ([SignalIndex<Bool>](), [SignalIndex<Bool>]())
    for signal in table.declaredSignals
    where signal.origin == .block(Self.block) && signal.kind == .flag && signal.isLogged {
      guard let place = table.index(of: signal.name, as: Bool.self) else { continue }
      var flag = SafetyFlag(
        name: String(signal.name.dropFirst(Self.block.count + 1)), text: signal.about, remedy: signal.remedy)
      if flag.name.hasPrefix(Self.inhibit) {
        flag.name.removeFirst(Self.inhibit.count)
        inhibits.append(flag)
        inhibitPlaces.append(place)
      } else if !Self.others.contains(flag.name) {
        conditions.append(flag)
        conditionPlaces.append(place)
      }
    }
    (self.conditions, self.conditionPlaces) = (conditions, conditionPlaces)
    (self.inhibits, self.inhibitPlaces) = (inhibits, inhibitPlaces)
    mode = table.index(of: "\(Self.block).mode")
    if case .choice(let names)? = table["\(Self.block).mode"]?.kind { modes = names } else { modes = [] }
    (armed, inForce) = (table.index(of: "\(Self.block).armed"), table.index(of: "\(Self.block).in_force"))
  }

  /// Whether motors may turn.
  public func isArmed(_ frame: Frame) -> Bool { armed.map { frame[$0] } ?? false }

  /// The conditions whose reaction is in force.
  public func conditions(in frame: Frame) -> [SafetyFlag] { Self.set(conditions, conditionPlaces, frame) }

  /// The reasons that keep the vehicle from arming.
  public func inhibits(in frame: Frame) -> [SafetyFlag] { Self.set(inhibits, inhibitPlaces, frame) }

  private static func set(_ flags: [SafetyFlag], _ places: [SignalIndex<Bool>], _ frame: Frame)
    -> [SafetyFlag]
  {
    zip(flags, places).filter { frame[$0.1] }.map(\.0)
  }
}
