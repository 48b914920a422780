import ControlLoop

/// What the ticks of a log have: what all vehicles have, and what this one has of its own.
public struct TickLayout: Equatable, Sendable {
  /// The kind of vehicle.
  public var vehicle: VehicleKind
  /// Whether any sensor has spares: then all their readings are logged, and which of them was trusted.
  public var hasSpares: Bool

  /// A layout from its parts.
  public init(_ vehicle: VehicleKind, hasSpares: Bool = false) {
    (self.vehicle, self.hasSpares) = (vehicle, hasSpares)
  }

  /// The layout for the vehicle of a configuration.
  public init(_ configuration: Configuration) {
    self.init(configuration.kind, hasSpares: configuration.hasSpares)
  }

  /// Every layout that there is.
  static let all = VehicleKind.allCases.flatMap { [TickLayout($0), TickLayout($0, hasSpares: true)] }
}
