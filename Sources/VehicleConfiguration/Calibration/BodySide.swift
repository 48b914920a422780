import PortableMath

/// A half-axis of the vehicle's body, by where it points.
public enum BodySide: Int, CaseIterable, Sendable {
  case nose, tail, right, left, underside, top

  /// The direction in body axes: forward, right, down.
  public var direction: Vector3 {
    switch self {
    case .nose: Vector3(1, 0, 0)
    case .tail: Vector3(-1, 0, 0)
    case .right: Vector3(0, 1, 0)
    case .left: Vector3(0, -1, 0)
    case .underside: Vector3(0, 0, 1)
    case .top: Vector3(0, 0, -1)
    }
  }

  /// The side that a direction in body axes is within 30 degrees of; `nil` between two.
  public init?(_ direction: Vector3) {
    let unit = direction.direction
    guard let side = Self.allCases.first(where: { $0.direction.dot(unit) > 0.866 }) else { return nil }
    self = side
  }

  /// The part's name.
  public var name: String {
    switch self {
    case .nose: "nose"
    case .tail: "tail"
    case .right: "right side"
    case .left: "left side"
    case .underside: "underside"
    case .top: "top"
    }
  }

  /// How a vehicle stands when this side points up.
  public var pose: String {
    switch self {
    case .nose: "nose up"
    case .tail: "nose down"
    case .right: "on its left side"
    case .left: "on its right side"
    case .underside: "upside down"
    case .top: "level"
    }
  }
}
