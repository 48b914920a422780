import ControlLoop

/// What the ticks of a log have: what all vehicles have, and what this one has of its own.
public struct TickLayout: Equatable, Sendable {
  /// The kind of vehicle.
  public var vehicle: VehicleKind
  /// Whether any sensor has spares: then all their readings are logged, and which of them was trusted.
  public var hasSpares: Bool
  /// Whether it is told what of the network was beyond its range; older logs do not.
  public var hasNetworkLimits: Bool

  /// A layout from its parts.
  public init(_ vehicle: VehicleKind, hasSpares: Bool = false, hasNetworkLimits: Bool = true) {
    (self.vehicle, self.hasSpares, self.hasNetworkLimits) = (vehicle, hasSpares, hasNetworkLimits)
  }

  /// The layout for the vehicle of a configuration.
  public init(_ configuration: Configuration) {
    self.init(configuration.kind, hasSpares: configuration.hasSpares)
  }

  /// Every layout that there is.
  static let all = [true, false].flatMap { hasLimits in
    VehicleKind.allCases.flatMap { vehicle in
      [false, true].map { TickLayout(vehicle, hasSpares: $0, hasNetworkLimits: hasLimits) }
    }
  }
}
