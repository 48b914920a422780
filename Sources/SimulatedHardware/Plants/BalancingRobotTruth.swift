import PortableMath

/// What is true about a simulated balancing robot at one instant: what simulated sensors measure, and what estimates and
/// runs are judged against.
public struct BalancingRobotTruth: Sendable, Equatable {
  /// Time since the start in ns.
  public var nanoseconds: Int64
  /// Where the middle of the axle is over the ground, from the start: north and east in m.
  public var north, east: Double
  /// Heading, clockwise from north, in rad over many turns, and its rate in rad/s.
  public var heading, turnRate: Double
  /// Lean forward from upright in rad and its rate in rad/s.
  public var lean, leanRate: Double
  /// Speed over the ground in m/s and way since the start in m, forward positive.
  public var speed, travel: Double
  /// Angles by which the wheels have turned forward in the body, in rad over many turns, left and right.
  public var wheelAngles: SIMD2<Double>
  /// Angular rate about the body's axes (forward, right, down) in rad/s.
  public var rate: Vector3
  /// Specific force at the inertial unit, body axes, in m/s².
  public var specificForce: Vector3
  /// Battery voltage in V and current in A.
  public var voltage, current: Double
  /// Whether a hand still holds the robot.
  public var isHeld: Bool
  /// Why the run ended, or `.none`.
  public var crash: BalancingRobotCrash
}

/// Why a robot's run ended.
public enum BalancingRobotCrash: UInt8, Sendable, Equatable, BitwiseCopyable {
  /// It has not.
  case none = 0
  /// It fell over.
  case fell = 1
  /// It left the simulated space.
  case leftBoundary = 2
}
