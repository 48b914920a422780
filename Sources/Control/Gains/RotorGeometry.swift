import PortableMath

/// Where the rotors of a multirotor stand and which way they turn, and how commands are shared among them.
///
/// Thrust and torques are linear in the rotors' thrusts: a row of the matrix for each axis. The mixing is its pseudo-inverse, the shares
/// with the least sum of squares (Johansen and Fossen, "Control allocation: a survey", Automatica 49 (5), 2013, section 2.1), with
/// each axis scaled so that a command of 1 asks the rotor that does most for all that it has.
public struct RotorGeometry: Sendable, Equatable {
  /// One rotor, from the vehicle's centre of mass.
  public struct Rotor: Sendable, Equatable {
    /// Its name, with which its motor's signals begin.
    public var name: String
    /// How far it stands ahead, and to the right, in m.
    public var forward, right: Double
    /// Whether it turns clockwise seen from above.
    public var isClockwise: Bool

    /// A rotor from its parts.
    public init(_ name: String, forward: Double, right: Double, isClockwise: Bool) {
      (self.name, self.forward, self.right, self.isClockwise) = (name, forward, right, isClockwise)
    }
  }

  /// The rotors in their order.
  public var rotors: [Rotor]

  /// A geometry from its rotors.
  public init(_ rotors: [Rotor]) { self.rotors = rotors }

  /// What each rotor gets of a command of 1, −1 to 1 of its full thrust, and what the vehicle gets of it.
  public struct Mixing: Sendable, Equatable {
    /// Shares of each rotor for each axis. Those of thrust are above 0.
    public var thrust, roll, pitch, yaw: [Double]
    /// Collective thrust of a command of 1, in rotors' full thrusts.
    public var fullThrust: Double
    /// Torque of a command of 1 over that thrust, in m.
    public var rollArm, pitchArm: Double
    /// Torque of a command of 1 of yaw over that thrust, as a multiple of a rotor's torque per thrust.
    public var yawShare: Double
  }

  /// Why there is no mixing.
  public enum Problem: Error, Equatable, Sendable {
    /// Fewer than four rotors cannot move four axes.
    case tooFew
    /// They stand in one line.
    case inOneLine
    /// Their torques cannot turn the vehicle about its vertical axis without tilting it or changing its thrust.
    case noYaw
    /// The centre of mass is not among them: no thrusts carry it level.
    case centreOutside
  }

  /// Root of the mean square of the rotors' distances from the centre of mass, in m.
  public var meanArm: Double {
    let squares = rotors.reduce(0) { $0 + $1.forward * $1.forward + $1.right * $1.right }
    return (squares / Double(max(rotors.count, 1))).squareRoot()
  }

  /// How far the rotors stand ahead or behind, and to a side, on average, in m.
  public var meanReach: (forward: Double, side: Double) {
    let count = Double(max(rotors.count, 1))
    return (
      rotors.reduce(0) { $0 + $1.forward.magnitude } / count,
      rotors.reduce(0) { $0 + $1.right.magnitude } / count
    )
  }

  /// The least part of an axis, of what the rotors' size would allow, that no other axis may undo.
  private static let leastAuthority = 0.05

  /// How commands are shared.
  public func mixing() throws(Problem) -> Mixing {
    guard rotors.count >= 4 else { throw .tooFew }
    let size = meanArm
    guard size > 0 else { throw .inOneLine }
    // Thrust up, torque that lifts the left side, that lifts the nose, that turns it right: each of order 1.
    let rows = [
      rotors.map { _ in 1.0 }, rotors.map { -$0.right / size }, rotors.map { $0.forward / size },
      rotors.map { $0.isClockwise ? -1.0 : 1.0 },
    ]
    guard Self.residual(of: rows[1], beside: [rows[0], rows[2]]) > Self.leastAuthority,
      Self.residual(of: rows[2], beside: [rows[0], rows[1]]) > Self.leastAuthority
    else { throw .inOneLine }
    guard Self.residual(of: rows[3], beside: Array(rows[..<3])) > Self.leastAuthority else { throw .noYaw }
    // What each axis has that no other has: the column of the pseudo-inverse has its direction.
    let own = rows.indices.map { axis in
      Self.part(of: rows[axis], beside: rows.indices.filter { $0 != axis }.map { rows[$0] })
    }
    guard own[0].allSatisfy({ $0 > 0 }) else { throw .centreOutside }
    let columns = own.map { column in
      let largest = column.reduce(0) { max($0, $1.magnitude) }
      return column.map { $0 / largest }
    }
    func effect(_ axis: Int) -> Double { zip(rows[axis], columns[axis]).reduce(0) { $0 + $1.0 * $1.1 } }
    let full = effect(0)
    return Mixing(
      thrust: columns[0], roll: columns[1], pitch: columns[2], yaw: columns[3], fullThrust: full,
      rollArm: effect(1) * size / full, pitchArm: effect(2) * size / full, yawShare: effect(3) / full)
  }

  /// Length of the part of `row` that is at right angles to all of `others`, over the root of the number of rotors.
  private static func residual(of row: [Double], beside others: [[Double]]) -> Double {
    (dot(part(of: row, beside: others)) / Double(row.count)).squareRoot()
  }

  /// The part of `row` that is at right angles to all of `others`.
  private static func part(of row: [Double], beside others: [[Double]]) -> [Double] {
    var basis: [[Double]] = []
    for other in others {
      let left = without(other, basis)
      // What the ones before it say already adds nothing.
      if dot(left) > 1e-12 * Double(other.count) { basis.append(left) }
    }
    // Twice: the first pass leaves rounding behind.
    return without(without(row, basis), basis)
  }

  private static func without(_ row: [Double], _ basis: [[Double]]) -> [Double] {
    var left = row
    for vector in basis {
      let factor = zip(left, vector).reduce(0) { $0 + $1.0 * $1.1 } / dot(vector)
      for place in left.indices { left[place] -= factor * vector[place] }
    }
    return left
  }

  private static func dot(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 } }
}
