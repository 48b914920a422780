/// What the vehicle is asked to do. Each kind of vehicle looks at its own part; the rest stays 0.
public struct Setpoint: BitwiseCopyable, Sendable, Equatable {
  /// Roll and pitch in rad, yaw rate in rad/s, altitude above the take-off point in m.
  public var roll, pitch, yawRate, altitude: Float
  /// Speed over the ground in m/s, forward positive.
  public var speed: Float
  /// Whether the pilot (or the profile) wants the vehicle armed.
  public var arm: Bool

  /// A setpoint from its parts.
  public init(
    roll: Float = 0, pitch: Float = 0, yawRate: Float = 0, altitude: Float = 0, speed: Float = 0,
    arm: Bool = false
  ) {
    (self.roll, self.pitch, self.yawRate, self.altitude) = (roll, pitch, yawRate, altitude)
    (self.speed, self.arm) = (speed, arm)
  }
}
