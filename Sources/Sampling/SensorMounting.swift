import HardwareInterfaces

/// One of a sensor's six half-axes.
public enum SignedAxis: String, CaseIterable, Sendable {
  case plusX = "+x"
  case minusX = "-x"
  case plusY = "+y"
  case minusY = "-y"
  case plusZ = "+z"
  case minusZ = "-z"

  /// 0 for x, 1 for y, 2 for z.
  public var axis: Int {
    switch self {
    case .plusX, .minusX: 0
    case .plusY, .minusY: 1
    case .plusZ, .minusZ: 2
    }
  }

  /// 1 or −1.
  public var sign: Int {
    switch self {
    case .plusX, .plusY, .plusZ: 1
    case .minusX, .minusY, .minusZ: -1
    }
  }
}

/// Which sensor axis points along each of the body's axes (forward, right, down): a rotation by multiples of
/// 90 degrees.
public struct SensorMounting: Sendable, Equatable {
  /// The sensor axis that points forward, right and down.
  public var forward, right, down: SignedAxis

  /// A mounting from its parts.
  public init(forward: SignedAxis, right: SignedAxis, down: SignedAxis) {
    (self.forward, self.right, self.down) = (forward, right, down)
  }

  /// The sensor's axes are the body's.
  public static let aligned = SensorMounting(forward: .plusX, right: .plusY, down: .plusZ)

  /// The determinant of the mounting: 1 for a rotation, −1 for a mirror image, 0 when an axis is used twice.
  package var handedness: Int {
    switch (forward.axis, right.axis, down.axis) {
    case (0, 1, 2), (1, 2, 0), (2, 0, 1): forward.sign * right.sign * down.sign
    case (0, 2, 1), (2, 1, 0), (1, 0, 2): -forward.sign * right.sign * down.sign
    default: 0
    }
  }
}

extension SignedAxis {
  /// The component along this axis.
  func component(_ vector: (x: Float, y: Float, z: Float)) -> Float {
    switch self {
    case .plusX: vector.x
    case .minusX: -vector.x
    case .plusY: vector.y
    case .minusY: -vector.y
    case .plusZ: vector.z
    case .minusZ: -vector.z
    }
  }
}

extension SensorMounting {
  /// A reading in the sensor's axes, turned into the body's.
  package func body(_ sample: InertialSample) -> InertialSample {
    let a = (x: sample.accelerationX, y: sample.accelerationY, z: sample.accelerationZ)
    let w = (x: sample.rateX, y: sample.rateY, z: sample.rateZ)
    return InertialSample(
      acceleration: (forward.component(a), right.component(a), down.component(a)),
      rate: (forward.component(w), right.component(w), down.component(w)), temperature: sample.temperature)
  }

  /// A reading in the sensor's axes, turned into the body's.
  package func body(_ sample: MagneticSample) -> MagneticSample {
    let b = (x: sample.fieldX, y: sample.fieldY, z: sample.fieldZ)
    return MagneticSample(field: (forward.component(b), right.component(b), down.component(b)))
  }
}
