/// A unit quaternion: the rotation that takes vectors of one frame (here: the body's, forward-right-down) to
/// another (here: the local one, north-east-down). Hamilton's convention, real part first.
public struct Quaternion: Equatable, Sendable, BitwiseCopyable {
  /// The real part.
  public var w: Double
  /// The vector part.
  public var x, y, z: Double

  /// A quaternion from its parts, as they are.
  @inlinable
  public init(_ w: Double, _ x: Double, _ y: Double, _ z: Double) {
    (self.w, self.x, self.y, self.z) = (w, x, y, z)
  }

  /// The rotation that leaves everything where it is.
  @inlinable
  public static var identity: Quaternion { Quaternion(1, 0, 0, 0) }

  /// The rotation by yaw about z, then pitch about the new y, then roll about the new x (aerospace order),
  /// all in rad.
  public init(roll: Double, pitch: Double, yaw: Double) {
    let (sr, cr) = sineAndCosine(roll * 0.5)
    let (sp, cp) = sineAndCosine(pitch * 0.5)
    let (sy, cy) = sineAndCosine(yaw * 0.5)
    w = cr * cp * cy + sr * sp * sy
    x = sr * cp * cy - cr * sp * sy
    y = cr * sp * cy + sr * cp * sy
    z = cr * cp * sy - sr * sp * cy
  }

  /// The rotation about the direction of `vector` by its length in rad.
  public init(rotationVector vector: Vector3) {
    let half = vector * 0.5
    let q = half.dot(half)
    if q < 0.01 {
      // sin h / h and cos h by their series in h²; the first terms left out are below 3·10⁻¹⁸. No root, no division.
      var sinc = 1.0 / 362_880
      sinc = sinc * q - 1.0 / 5_040
      sinc = sinc * q + 1.0 / 120
      sinc = sinc * q - 1.0 / 6
      sinc = sinc * q + 1
      var cosine = -1.0 / 3_628_800
      cosine = cosine * q + 1.0 / 40_320
      cosine = cosine * q - 1.0 / 720
      cosine = cosine * q + 1.0 / 24
      cosine = cosine * q - 0.5
      cosine = cosine * q + 1
      self.init(cosine, half.x * sinc, half.y * sinc, half.z * sinc)
    } else {
      let angle = q.squareRoot()
      let (s, c) = sineAndCosine(angle)
      let scale = s / angle
      self.init(c, half.x * scale, half.y * scale, half.z * scale)
    }
  }

  /// Roll, pitch and yaw in rad, aerospace order: roll and yaw in [−π, π], pitch in [−π/2, π/2].
  public var eulerAngles: (roll: Double, pitch: Double, yaw: Double) {
    let sinPitch = 2 * (w * y - z * x)
    return (
      roll: arctangent2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
      // Rounding may carry it past 1.
      pitch: arcsine(sinPitch > 1 ? 1 : sinPitch < -1 ? -1 : sinPitch),
      yaw: arctangent2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    )
  }

  /// First `b`, then `a`.
  @inlinable
  public static func * (a: Quaternion, b: Quaternion) -> Quaternion {
    Quaternion(
      a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
      a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
      a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
      a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w)
  }

  /// The opposite rotation.
  @inlinable
  public var conjugate: Quaternion { Quaternion(w, -x, -y, -z) }

  /// The Euclidean length; 1 for a rotation.
  @inlinable
  public var length: Double { (w * w + x * x + y * y + z * z).squareRoot() }

  /// The same direction with length 1; the identity when the length is zero or not finite.
  @inlinable
  public var normalized: Quaternion {
    let length = self.length
    guard length > 0, length < .infinity else { return .identity }
    let scale = 1 / length
    return Quaternion(w * scale, x * scale, y * scale, z * scale)
  }

  /// A body vector in the local frame.
  @inlinable
  public func rotate(_ v: Vector3) -> Vector3 {
    // v + 2 w (u × v) + 2 u × (u × v)
    let u = Vector3(x, y, z)
    let t = 2 * u.cross(v)
    return v + w * t + u.cross(t)
  }

  /// A local vector in the body frame.
  @inlinable
  public func inverseRotate(_ v: Vector3) -> Vector3 { conjugate.rotate(v) }

  /// The attitude after turning for `seconds` at the constant body `rate` (rad/s), of length 1 again.
  public func integrated(rate: Vector3, seconds: Double) -> Quaternion {
    (self * Quaternion(rotationVector: rate * seconds)).normalized
  }

  /// Cosine of the angle between the body's and the local z axis: 1 upright, −1 upside down.
  @inlinable
  public var cosineOfTilt: Double { 1 - 2 * (x * x + y * y) }

  /// The angle between the body's and the local z axis in rad: 0 upright, π upside down.
  public var tilt: Double {
    let c = cosineOfTilt
    return arccosine(c > 1 ? 1 : c < -1 ? -1 : c)
  }
}
