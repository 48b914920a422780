import HardwareInterfaces

/// How an inertial sensor sits in the vehicle: which of its axes looks along each of the body's.
public struct Mounting: Sendable, Equatable, BitwiseCopyable {
  /// An axis of the sensor with its sign.
  public enum Axis: String, Sendable, CaseIterable, BitwiseCopyable {
    case plusX = "+x"
    case minusX = "-x"
    case plusY = "+y"
    case minusY = "-y"
    case plusZ = "+z"
    case minusZ = "-z"

    /// The axis as a unit vector in the sensor's frame.
    public var vector: (x: Float, y: Float, z: Float) {
      switch self {
      case .plusX: (1, 0, 0)
      case .minusX: (-1, 0, 0)
      case .plusY: (0, 1, 0)
      case .minusY: (0, -1, 0)
      case .plusZ: (0, 0, 1)
      case .minusZ: (0, 0, -1)
      }
    }

    func component(_ v: (x: Float, y: Float, z: Float)) -> Float {
      switch self {
      case .plusX: v.x
      case .minusX: -v.x
      case .plusY: v.y
      case .minusY: -v.y
      case .plusZ: v.z
      case .minusZ: -v.z
      }
    }
  }

  /// The sensor axis that looks along the body's x (forward), y (right) and z (down).
  public let forward, right, down: Axis

  /// A mounting from its axes, or `nil` when they are not the axes of a right-handed frame.
  public init?(forward: Axis, right: Axis, down: Axis) {
    let (f, r, d) = (forward.vector, right.vector, down.vector)
    let cross = (f.y * r.z - f.z * r.y, f.z * r.x - f.x * r.z, f.x * r.y - f.y * r.x)
    guard cross == d else { return nil }
    (self.forward, self.right, self.down) = (forward, right, down)
  }

  private init() { (forward, right, down) = (.plusX, .plusY, .plusZ) }

  /// The sensor's axes are the body's.
  public static let aligned = Mounting()

  /// A reading in the sensor's axes, turned into the body's.
  public func body(_ sample: InertialSample) -> InertialSample {
    let a = (x: sample.accelerationX, y: sample.accelerationY, z: sample.accelerationZ)
    let w = (x: sample.rateX, y: sample.rateY, z: sample.rateZ)
    return InertialSample(
      acceleration: (forward.component(a), right.component(a), down.component(a)),
      rate: (forward.component(w), right.component(w), down.component(w)), temperature: sample.temperature)
  }
}
