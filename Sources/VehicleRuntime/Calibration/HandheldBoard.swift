import FlightLog
import PortableMath
import SimulatedHardware
import VehicleConfiguration

/// How somebody handles a board: a list of turns at constant rates, and of rests.
package struct Handling {
  /// One of them.
  struct Leg {
    /// Rate about the body's axes in rad/s.
    var rate: Vector3
    /// Length in ns.
    var nanoseconds: Int64
  }

  private(set) var legs: [Leg] = []
  /// Attitude at the start and, while legs are added, at the end.
  private(set) var start = Quaternion.identity
  private var attitude = Quaternion.identity

  /// A board that lies level.
  init() {}

  /// Length in ns.
  var nanoseconds: Int64 { legs.reduce(0) { $0 + $1.nanoseconds } }

  /// Turns for so many seconds.
  mutating func turn(_ rate: Vector3, seconds: Double) {
    // A whole number of steps, so that a leg is exactly as long as it says.
    let steps = max((seconds * 1e9 / Double(HandheldBoard.step)).rounded(), 0)
    legs.append(Leg(rate: rate, nanoseconds: Int64(steps) * HandheldBoard.step))
    attitude = attitude.integrated(rate: rate, seconds: steps * Double(HandheldBoard.step) * 1e-9)
  }

  /// Rests for so many seconds.
  mutating func rest(seconds: Double) { turn(.zero, seconds: seconds) }

  /// Turns to an attitude the short way, in so many seconds.
  mutating func move(to target: Quaternion, seconds: Double) {
    var difference = attitude.conjugate * target
    if difference.w < 0 {
      difference = Quaternion(-difference.w, -difference.x, -difference.y, -difference.z)
    }
    let axis = Vector3(difference.x, difference.y, difference.z)
    let angle = 2 * arctangent2(axis.length, difference.w)
    turn(axis.direction * (angle / seconds), seconds: seconds)
  }

  /// Lies still.
  package static var still: Handling {
    var handling = Handling()
    handling.rest(seconds: GyroProcedure.seconds + 3)
    return handling
  }

  /// Is put on its six sides, each a few degrees off as `seed` draws it, and leant in between until there are `count` poses.
  package static func poses(_ count: Int, seed: UInt64) -> Handling {
    var random = RandomGenerator(seed: seed, stream: 98)
    var handling = Handling()
    var up = BodySide.allCases.map(\.direction)
    // Towards the twelve edges and the eight corners, then anywhere.
    for x in [-1.0, 0, 1] {
      for y in [-1.0, 0, 1] {
        for z in [-1.0, 0, 1] where x.magnitude + y.magnitude + z.magnitude == 2 {
          up.append(Vector3(x, y, z))
        }
      }
    }
    for x in [-1.0, 1] {
      for y in [-1.0, 1] { for z in [-1.0, 1] { up.append(Vector3(x, y, z)) } }
    }
    while up.count < 4 * count {
      up.append(Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()))
    }
    handling.rest(seconds: 1)
    for direction in up.prefix(count <= 26 ? count : up.count) {
      let off = Vector3(
        random.nextUniform(-0.06, 0.06), random.nextUniform(-0.06, 0.06), random.nextUniform(-0.06, 0.06))
      handling.move(
        to: Quaternion(turning: (direction.direction + off).direction, to: Vector3(0, 0, -1)), seconds: 1)
      handling.rest(seconds: SixSideProcedure.seconds + 2)
    }
    return handling
  }

  /// Is rolled about its longest axis while that points at one angle to the field after another.
  package static var allAround: Handling {
    let field = PhysicalState.earthField.direction
    var handling = Handling()
    for degrees in [10.0, 35, 60, 90, 120, 145, 170] {
      let (s, c) = sineAndCosine(degrees * .pi / 180)
      // The nose at this angle to the field, on its east side.
      let nose = (field * c + Vector3(0, 1, 0) * s).direction
      handling.move(to: Quaternion(turning: Vector3(1, 0, 0), to: nose), seconds: 1)
      handling.turn(Vector3(Double.pi / 3, 0, 0), seconds: 6)
    }
    return handling
  }
}

extension Quaternion {
  /// The shortest rotation that takes one direction to another, both of length 1.
  init(turning a: Vector3, to b: Vector3) {
    let w = 1 + a.dot(b)
    // Opposite directions: half a turn about any axis across.
    guard w > 1e-9 else {
      let across = a.cross(a.x.magnitude < 0.8 ? Vector3(1, 0, 0) : Vector3(0, 1, 0)).direction
      self.init(0, across.x, across.y, across.z)
      return
    }
    let v = a.cross(b)
    self = Quaternion(w, v.x, v.y, v.z).normalized
  }
}

/// A board in somebody's hands, in place of a vehicle's physics.
struct HandheldBoard: SimulatedMotion {
  /// Step of the motion in ns.
  static let step: Int64 = 500_000

  private let legs: [Handling.Leg]
  private var leg = 0
  private var legEnd: Int64
  private var attitude: Quaternion
  private(set) var nanoseconds: Int64 = 0

  /// A board that is handled so, and rests afterwards.
  init(_ handling: Handling) {
    legs = handling.legs
    legEnd = legs.first?.nanoseconds ?? 0
    attitude = handling.start
  }

  private var rate: Vector3 { legs.indices.contains(leg) ? legs[leg].rate : .zero }

  mutating func step() {
    attitude = attitude.integrated(rate: rate, seconds: Double(Self.step) * 1e-9)
    nanoseconds &+= Self.step
    while leg < legs.count, nanoseconds >= legEnd {
      leg += 1
      if leg < legs.count { legEnd &+= legs[leg].nanoseconds }
    }
  }

  var physics: PhysicalState {
    PhysicalState(
      specificForce: attitude.inverseRotate(Vector3(0, 0, -StandardAtmosphere.gravity)), angularRate: rate,
      magneticField: attitude.inverseRotate(PhysicalState.earthField))
  }
}
