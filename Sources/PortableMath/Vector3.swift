/// A vector of three components; its frame and unit are its holder's to say.
public struct Vector3: Equatable, Sendable, BitwiseCopyable {
  /// The components.
  public var x, y, z: Double

  /// A vector from its components.
  @inlinable
  public init(_ x: Double, _ y: Double, _ z: Double) {
    (self.x, self.y, self.z) = (x, y, z)
  }

  /// The null vector.
  @inlinable
  public static var zero: Vector3 { Vector3(0, 0, 0) }

  /// The sum, component by component.
  @inlinable
  public static func + (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x + b.x, a.y + b.y, a.z + b.z) }

  /// The difference, component by component.
  @inlinable
  public static func - (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x - b.x, a.y - b.y, a.z - b.z) }

  /// The opposite vector.
  @inlinable
  public static prefix func - (a: Vector3) -> Vector3 { Vector3(-a.x, -a.y, -a.z) }

  /// Every component times `s`.
  @inlinable
  public static func * (a: Vector3, s: Double) -> Vector3 { Vector3(a.x * s, a.y * s, a.z * s) }

  /// Every component times `s`.
  @inlinable
  public static func * (s: Double, a: Vector3) -> Vector3 { a * s }

  /// Adds `b`, component by component.
  @inlinable
  public static func += (a: inout Vector3, b: Vector3) { a = a + b }

  /// The scalar product with `other`.
  @inlinable
  public func dot(_ other: Vector3) -> Double { x * other.x + y * other.y + z * other.z }

  /// The vector product with `other`.
  @inlinable
  public func cross(_ other: Vector3) -> Vector3 {
    Vector3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }

  /// The Euclidean length.
  @inlinable
  public var length: Double { dot(self).squareRoot() }
}

extension Vector3 {
  /// The component along x, y or z by its number 0, 1 or 2; another number means z.
  @inlinable
  public subscript(axis: Int) -> Double {
    get { axis == 0 ? x : axis == 1 ? y : z }
    set {
      switch axis {
      case 0: x = newValue
      case 1: y = newValue
      default: z = newValue
      }
    }
  }

  /// Whether every component is finite.
  @inlinable
  public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }

  /// The largest magnitude of a component, and along which axis.
  @inlinable
  public var largest: (axis: Int, magnitude: Double) {
    let (x, y, z) = (x.magnitude, y.magnitude, z.magnitude)
    if x >= y, x >= z { return (0, x) }
    return y >= z ? (1, y) : (2, z)
  }

  /// The same direction with length 1; the null vector for one without direction.
  @inlinable
  public var direction: Vector3 {
    let length = self.length
    return length > 0 && length.isFinite ? self * (1 / length) : .zero
  }
}
