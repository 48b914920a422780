/// A matrix of three rows and three columns; what it maps to what is its holder's to say.
public struct Matrix3: Equatable, Sendable, BitwiseCopyable {
  /// The rows.
  public var x, y, z: Vector3

  /// A matrix from its rows.
  @inlinable
  public init(_ x: Vector3, _ y: Vector3, _ z: Vector3) {
    (self.x, self.y, self.z) = (x, y, z)
  }

  /// The matrix with `diagonal` and zeros beside it.
  @inlinable
  public init(diagonal: Vector3) {
    self.init(Vector3(diagonal.x, 0, 0), Vector3(0, diagonal.y, 0), Vector3(0, 0, diagonal.z))
  }

  /// The symmetric matrix with these entries on and above the diagonal.
  @inlinable
  public init(symmetric xx: Double, _ yy: Double, _ zz: Double, xy: Double, xz: Double, yz: Double) {
    self.init(Vector3(xx, xy, xz), Vector3(xy, yy, yz), Vector3(xz, yz, zz))
  }

  /// The matrix that leaves every vector as it is.
  @inlinable
  public static var identity: Matrix3 { Matrix3(diagonal: Vector3(1, 1, 1)) }

  /// The vector that `v` is mapped to.
  @inlinable
  public static func * (m: Matrix3, v: Vector3) -> Vector3 { Vector3(m.x.dot(v), m.y.dot(v), m.z.dot(v)) }

  /// First `b`, then `a`.
  @inlinable
  public static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
    let columns = b.transposed
    return Matrix3(columns * a.x, columns * a.y, columns * a.z)
  }

  /// Every entry times `s`.
  @inlinable
  public static func * (m: Matrix3, s: Double) -> Matrix3 { Matrix3(m.x * s, m.y * s, m.z * s) }

  /// The sum, entry by entry.
  @inlinable
  public static func + (a: Matrix3, b: Matrix3) -> Matrix3 { Matrix3(a.x + b.x, a.y + b.y, a.z + b.z) }

  /// Rows in place of columns.
  @inlinable
  public var transposed: Matrix3 {
    Matrix3(Vector3(x.x, y.x, z.x), Vector3(x.y, y.y, z.y), Vector3(x.z, y.z, z.z))
  }

  /// The entries on the diagonal.
  @inlinable
  public var diagonal: Vector3 { Vector3(x.x, y.y, z.z) }

  /// The determinant.
  @inlinable
  public var determinant: Double { x.dot(y.cross(z)) }

  /// The inverse; `nil` for a matrix that has none, and for one with an entry that is not a number.
  public var inverse: Matrix3? {
    let determinant = self.determinant
    // Comparisons with NaN are false.
    guard determinant.magnitude > 0, determinant.isFinite else { return nil }
    let scale = 1 / determinant
    return Matrix3(y.cross(z) * scale, z.cross(x) * scale, x.cross(y) * scale).transposed
  }
}
