import PortableMath

/// How a sensor sits on the vehicle: the rotation from the body's axes (forward, right, down) to its own.
public struct Mounting: Equatable, Sendable, BitwiseCopyable {
  /// An axis of the sensor with its sense.
  public enum Axis: String, CaseIterable, Sendable, BitwiseCopyable {
    case plusX = "+x"
    case minusX = "-x"
    case plusY = "+y"
    case minusY = "-y"
    case plusZ = "+z"
    case minusZ = "-z"

    var unit: Vector3 {
      switch self {
      case .plusX: Vector3(1, 0, 0)
      case .minusX: Vector3(-1, 0, 0)
      case .plusY: Vector3(0, 1, 0)
      case .minusY: Vector3(0, -1, 0)
      case .plusZ: Vector3(0, 0, 1)
      case .minusZ: Vector3(0, 0, -1)
      }
    }
  }

  /// The body's forward, right and down directions, in the sensor's axes.
  public var forward, right, down: Vector3

  /// A mounting that says which sensor axis points forward, right and down.
  public init(forward: Axis, right: Axis, down: Axis) {
    (self.forward, self.right, self.down) = (forward.unit, right.unit, down.unit)
  }

  /// The sensor's x, y, z point forward, right, down.
  public static let aligned = Mounting(forward: .plusX, right: .plusY, down: .plusZ)

  /// A vector of the body's axes, in the sensor's.
  func toSensor(_ body: Vector3) -> Vector3 {
    forward * body.x + right * body.y + down * body.z
  }
}
