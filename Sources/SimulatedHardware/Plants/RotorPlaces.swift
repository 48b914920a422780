/// Where the rotors of a multirotor stand and which way they turn.
public struct RotorPlaces: Sendable, Equatable {
  /// Most rotors that a plant can have.
  public static let most = 8

  /// The place of one rotor.
  public struct Place: Sendable, Equatable {
    /// How far it stands ahead of the geometric centre, and to its right, in m.
    public var forward, right: Double
    /// Whether it turns clockwise seen from above.
    public var isClockwise: Bool

    /// A place from its parts.
    public init(forward: Double, right: Double, isClockwise: Bool) {
      (self.forward, self.right, self.isClockwise) = (forward, right, isClockwise)
    }
  }

  /// How many there are.
  public let count: Int
  /// 0 behind the last.
  private var forward = SIMD8<Double>(repeating: 0)
  private var right = SIMD8<Double>(repeating: 0)
  /// 1 for a clockwise rotor, which turns about +z, −1 for another.
  private var spin = SIMD8<Double>(repeating: 0)

  /// The rotors at these places, in the order of the motors; those beyond `most` are left out.
  public init(_ places: [Place]) {
    count = min(places.count, Self.most)
    for (index, place) in places.prefix(Self.most).enumerated() {
      (forward[index], right[index]) = (place.forward, place.right)
      spin[index] = place.isClockwise ? 1 : -1
    }
  }

  /// Torques about the forward and the right axis in N m of these thrusts in N.
  @inline(__always)
  func tilting(_ thrusts: SIMD8<Double>) -> (roll: Double, pitch: Double) {
    (-Self.sum(right * thrusts), Self.sum(forward * thrusts))
  }

  /// The sum of the values of clockwise rotors less that of the others.
  @inline(__always)
  func clockwise(_ values: SIMD8<Double>) -> Double { Self.sum(spin * values) }

  /// A sum in an order that is always the same; of four rotors it is ((0 + 1) + (2 + 3)).
  @inline(__always)
  static func sum(_ v: SIMD8<Double>) -> Double {
    ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]))
  }
}
