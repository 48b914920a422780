/// A kind of vehicle that a template makes: a row. What each kind has of its own stands in a folder of its own beside this file.
public struct VehicleKind: CaseIterable, Hashable, RawRepresentable, Sendable {
  /// Its name in a file.
  public let rawValue: String
  /// What this kind of vehicle has of its own in a configuration.
  let parts: any VehicleParts.Type

  private init(_ parts: any VehicleParts.Type) { (rawValue, self.parts) = (parts.name, parts) }

  /// The kind of a name; `nil` when there is none.
  public init?(rawValue: String) {
    guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = kind
  }

  /// Four rotors in an X, numbered as PX4 does.
  public static let quadrotor = VehicleKind(Configuration.Quadrotor.self)
  /// Two wheels on one axle, with a body that stands on them.
  public static let balancingRobot = VehicleKind(Configuration.BalancingRobot.self)
  /// All kinds, in the order of the reference.
  public static let allCases = [quadrotor, balancingRobot]

  /// Two of one name are one.
  public static func == (a: VehicleKind, b: VehicleKind) -> Bool { a.rawValue == b.rawValue }
  /// By its name.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

  /// The kind in words, for example "balancing robot".
  public var words: String { rawValue.split(separator: "_").joined(separator: " ") }

  /// The signals that a network of this kind of vehicle may read.
  public var signals: [NetworkSignal] { parts.signals }
  /// What its network commands, each exactly once.
  public var commands: [CommandChannel] { parts.commands }
  /// What can go wrong with it in motion.
  public var conditions: [FailsafeCondition] { parts.conditions }
}

extension Configuration {
  /// What only the vehicle's kind has.
  public struct Vehicle: Sendable, Equatable {
    /// Of whichever kind it is.
    let parts: any VehicleParts

    /// Whether both are of one kind, and equal.
    public static func == (a: Vehicle, b: Vehicle) -> Bool { a.parts.equals(b.parts) }
  }
}

extension VehicleParts {
  fileprivate func equals(_ other: any VehicleParts) -> Bool { other as? Self == self }
}
