/// Kinds of vehicle. What each kind has of its own stands in a folder of its own beside this file; besides, a new kind
/// has a line here, in `Configuration.Vehicle` and in `VehicleController`.
public enum VehicleKind: String, CaseIterable, Sendable {
  /// Four rotors in an X, numbered as PX4 does.
  case quadrotor
  /// Two wheels on one axle, with a body that stands on them.
  case balancingRobot = "balancing_robot"

  /// What this kind of vehicle has of its own in a configuration.
  var parts: any VehicleParts.Type {
    switch self {
    case .quadrotor: Configuration.Quadrotor.self
    case .balancingRobot: Configuration.BalancingRobot.self
    }
  }

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
  /// The kind of a vehicle, with what only that kind has.
  public enum Vehicle: Sendable, Equatable {
    case quadrotor(Quadrotor)
    case balancingRobot(BalancingRobot)

    /// What every kind has, whichever it is.
    var parts: any VehicleParts {
      switch self {
      case .quadrotor(let parts): parts
      case .balancingRobot(let parts): parts
      }
    }
  }
}
