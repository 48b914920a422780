import PortableMath

/// The constant errors of a board's inertial and magnetic chips as one specimen has them, whatever the run's seed:
/// standard deviations of what is drawn for each axis.
public struct SpecimenErrors: Sendable, Equatable {
  /// Draws the errors.
  public var specimen: UInt64
  /// Bias of a gyroscope in rad/s.
  public var gyroBias = 0.0
  /// Offset of an accelerometer in m/s²; relative errors of its scale, and between two axes.
  public var accelerometerOffset = 0.0, accelerometerScale = 0.0, accelerometerCross = 0.0
  /// Hard iron in T; relative soft iron, of each axis and between two.
  public var hardIron = 0.0, softIron = 0.0

  /// A specimen without errors.
  public init(specimen: UInt64) { self.specimen = specimen }
}

/// The errors of one inertial chip: what it gives is `accelerometerGain` · truth + `accelerometerOffset`, in its own axes.
public struct InertialErrors: Sendable, Equatable, BitwiseCopyable {
  /// Bias in rad/s.
  public var gyroBias: Vector3
  /// Offset in m/s².
  public var accelerometerOffset: Vector3
  /// What the chip makes of a specific force; `nil` when that is what it is.
  public var accelerometerGain: Matrix3?
}

/// The errors of one magnetometer: what it gives is `gain` · truth + `offset`, in its own axes.
public struct MagneticErrors: Sendable, Equatable, BitwiseCopyable {
  /// Hard iron in T.
  public var offset: Vector3
  /// What the iron around the chip makes of the field; `nil` when it is left as it is.
  public var gain: Matrix3?
}

extension SpecimenErrors {
  /// The errors of the inertial chip that is number `stream` on the board.
  func inertial(stream: UInt64) -> InertialErrors {
    var random = RandomGenerator(seed: specimen, stream: stream)
    let bias = random.nextVector(gyroBias)
    let offset = random.nextVector(accelerometerOffset)
    let scale = random.nextVector(accelerometerScale)
    let cross = random.nextVector(accelerometerCross)
    return InertialErrors(
      gyroBias: bias, accelerometerOffset: offset, accelerometerGain: Self.gain(scale, cross))
  }

  /// The errors of the magnetometer that is number `stream` on the board.
  func magnetic(stream: UInt64) -> MagneticErrors {
    var random = RandomGenerator(seed: specimen, stream: stream)
    let offset = random.nextVector(hardIron)
    let scale = random.nextVector(softIron)
    let cross = random.nextVector(softIron)
    return MagneticErrors(offset: offset, gain: Self.gain(scale, cross))
  }

  private static func gain(_ scale: Vector3, _ cross: Vector3) -> Matrix3 {
    Matrix3(
      symmetric: 1 + scale.x, 1 + scale.y, 1 + scale.z, xy: cross.x, xz: cross.y, yz: cross.z)
  }
}

extension RandomGenerator {
  /// Three Gaussian numbers of the given standard deviation.
  fileprivate mutating func nextVector(_ deviation: Double) -> Vector3 {
    let x = nextGaussian()
    let y = nextGaussian()
    let z = nextGaussian()
    return Vector3(x, y, z) * deviation
  }
}
