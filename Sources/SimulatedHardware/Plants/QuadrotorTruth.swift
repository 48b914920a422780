import PortableMath

/// What is true about a simulated quadrotor at one instant: what simulated sensors measure, and what
/// estimates and flights are judged against.
public struct QuadrotorTruth: Sendable, Equatable {
  /// Time since the start in ns.
  public var nanoseconds: Int64
  /// Where the geometric centre is, from where it rested at the start: north-east-down, in m.
  public var position: Vector3
  /// Velocity of the geometric centre, north-east-down, in m/s.
  public var velocity: Vector3
  /// Rotation from body to local axes.
  public var attitude: Quaternion
  /// Angular rate about the body's axes in rad/s.
  public var rate: Vector3
  /// Specific force at the geometric centre, body axes, in m/s²: (0, 0, −9.80665) at rest and level.
  public var specificForce: Vector3
  /// Distance from the range finder to the ground along the body's z axis in m; `nil` when it sees none.
  public var range: Double?
  /// Air pressure at the barometer in Pa.
  public var pressure: Double
  /// Air temperature in K.
  public var temperature: Double
  /// Battery voltage in V and current in A.
  public var voltage, current: Double
  /// Rotor speeds in rad/s, in the order of the motors; 0 for those that there are not.
  public var motorSpeeds: SIMD8<Double>
  /// Why the flight ended, or `.none`.
  public var crash: QuadrotorCrash

  /// Height above the take-off point in m.
  public var altitude: Double { -position.z }
  /// Climb rate in m/s, up positive.
  public var climbRate: Double { -velocity.z }
}
