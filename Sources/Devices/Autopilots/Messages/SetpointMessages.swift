extension MAVLink {
  /// SET_ATTITUDE_TARGET (82): Where the vehicle is to point, and with which thrust.
  public struct SetAttitudeTarget: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 82 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "SET_ATTITUDE_TARGET" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 49 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 51 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// The rotation w, x, y, z from the body to the ground's axes.
    public var q = InlineArray<4, Float>(repeating: 0)
    /// Body rates in rad/s.
    public var rollRate: Float = 0, pitchRate: Float = 0, yawRate: Float = 0
    /// Thrust, 0 to 1 (−1 to 1 where it can be reversed).
    public var thrust: Float = 0
    /// Who is meant.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0
    /// What is to be ignored: 1, 2, 4 the rates, 32 `thrustBody` counts, 64 the thrust, 128 the rotation.
    public var ignored: UInt8 = 0
    /// Thrust along the body's axes, −1 to 1.
    public var thrustBody = InlineArray<3, Float>(repeating: 0)

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_boot_ms", &time)
      fields.row("q", &q)
      fields.row("body_roll_rate", &rollRate)
      fields.row("body_pitch_rate", &pitchRate)
      fields.row("body_yaw_rate", &yawRate)
      fields.row("thrust", &thrust)
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
      fields.row("type_mask", &ignored)
      fields.extensions()
      fields.row("thrust_body", &thrustBody)
    }
  }

  /// SET_POSITION_TARGET_LOCAL_NED (84): Where the vehicle is to be, or how it is to move.
  public struct SetPositionTarget: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 84 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "SET_POSITION_TARGET_LOCAL_NED" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 143 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 53 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// Position in m, velocity in m/s, acceleration in m/s².
    public var x: Float = 0, y: Float = 0, z: Float = 0, vx: Float = 0, vy: Float = 0, vz: Float = 0,
      ax: Float = 0, ay: Float = 0, az: Float = 0
    /// Yaw in rad, and its rate in rad/s.
    public var yaw: Float = 0, yawRate: Float = 0
    /// What is to be ignored: 1, 2, 4 position, 8, 16, 32 velocity, 64, 128, 256 acceleration, 1024 yaw, 2048 its rate; 512 means a
    /// force.
    public var ignored: UInt16 = 0
    /// Who is meant.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0
    /// Its axes: 1 north, east, down; 7 the same from where the vehicle is; 8 and 9 the body's; 12 the body's forward, right, down.
    public var frame: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_boot_ms", &time)
      fields.row("x", &x)
      fields.row("y", &y)
      fields.row("z", &z)
      fields.row("vx", &vx)
      fields.row("vy", &vy)
      fields.row("vz", &vz)
      fields.row("afx", &ax)
      fields.row("afy", &ay)
      fields.row("afz", &az)
      fields.row("yaw", &yaw)
      fields.row("yaw_rate", &yawRate)
      fields.row("type_mask", &ignored)
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
      fields.row("coordinate_frame", &frame)
    }
  }
}
