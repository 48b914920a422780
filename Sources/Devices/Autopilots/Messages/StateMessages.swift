extension MAVLink {
  /// ATTITUDE (30): Where the vehicle points, as angles.
  public struct AttitudeAngles: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 30 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "ATTITUDE" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 39 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 28 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// Angles in rad, −π to π.
    public var roll: Float = 0, pitch: Float = 0, yaw: Float = 0
    /// Angular rates of the body in rad/s.
    public var rollRate: Float = 0, pitchRate: Float = 0, yawRate: Float = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_boot_ms", &time)
      fields.row("roll", &roll)
      fields.row("pitch", &pitch)
      fields.row("yaw", &yaw)
      fields.row("rollspeed", &rollRate)
      fields.row("pitchspeed", &pitchRate)
      fields.row("yawspeed", &yawRate)
    }
  }

  /// ATTITUDE_QUATERNION (31): Where the vehicle points, as a quaternion.
  public struct AttitudeQuaternion: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 31 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "ATTITUDE_QUATERNION" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 246 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 48 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// The rotation from the body to the ground's axes (north, east, down).
    public var w: Float = 0, x: Float = 0, y: Float = 0, z: Float = 0
    /// Angular rates of the body in rad/s.
    public var rollRate: Float = 0, pitchRate: Float = 0, yawRate: Float = 0
    /// Rotation by which the vehicle is to be shown; all 0 when there is none.
    public var offset = InlineArray<4, Float>(repeating: 0)

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_boot_ms", &time)
      fields.row("q1", &w)
      fields.row("q2", &x)
      fields.row("q3", &y)
      fields.row("q4", &z)
      fields.row("rollspeed", &rollRate)
      fields.row("pitchspeed", &pitchRate)
      fields.row("yawspeed", &yawRate)
      fields.extensions()
      fields.optional("repr_offset_q", &offset)
    }
  }

  /// LOCAL_POSITION_NED (32): Where the vehicle is, north, east and down of its origin.
  public struct LocalPosition: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 32 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "LOCAL_POSITION_NED" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 185 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 28 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// Position in m.
    public var x: Float = 0, y: Float = 0, z: Float = 0
    /// Velocity in m/s.
    public var vx: Float = 0, vy: Float = 0, vz: Float = 0

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
    }
  }

  /// ATTITUDE_TARGET (83): What attitude the autopilot follows now.
  public struct AttitudeTarget: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 83 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "ATTITUDE_TARGET" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 22 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 37 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// The rotation w, x, y, z; NaN where it follows none.
    public var q = InlineArray<4, Float>(repeating: 0)
    /// Body rates in rad/s; NaN where it follows none.
    public var rollRate: Float = 0, pitchRate: Float = 0, yawRate: Float = 0
    /// Thrust, 0 to 1.
    public var thrust: Float = 0
    /// What is not followed (bits as in SET_ATTITUDE_TARGET).
    public var ignored: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_boot_ms", &time)
      fields.optional("q", &q)
      fields.optional("body_roll_rate", &rollRate)
      fields.optional("body_pitch_rate", &pitchRate)
      fields.optional("body_yaw_rate", &yawRate)
      fields.optional("thrust", &thrust)
      fields.row("type_mask", &ignored)
    }
  }

  /// POSITION_TARGET_LOCAL_NED (85): What position the autopilot follows now.
  public struct PositionTarget: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 85 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "POSITION_TARGET_LOCAL_NED" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 140 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 51 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// Position in m, velocity in m/s, acceleration in m/s²; NaN where it follows none.
    public var x: Float = 0, y: Float = 0, z: Float = 0, vx: Float = 0, vy: Float = 0, vz: Float = 0,
      ax: Float = 0, ay: Float = 0, az: Float = 0
    /// Yaw in rad, and its rate in rad/s; NaN where it follows none.
    public var yaw: Float = 0, yawRate: Float = 0
    /// What is not followed (bits as in SET_POSITION_TARGET_LOCAL_NED).
    public var ignored: UInt16 = 0
    /// Its axes: 1 north, east, down; 8 and 9 the body's.
    public var frame: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_boot_ms", &time)
      fields.optional("x", &x)
      fields.optional("y", &y)
      fields.optional("z", &z)
      fields.optional("vx", &vx)
      fields.optional("vy", &vy)
      fields.optional("vz", &vz)
      fields.optional("afx", &ax)
      fields.optional("afy", &ay)
      fields.optional("afz", &az)
      fields.optional("yaw", &yaw)
      fields.optional("yaw_rate", &yawRate)
      fields.row("type_mask", &ignored)
      fields.row("coordinate_frame", &frame)
    }
  }

  /// TIMESYNC (111): How two clocks are compared.
  public struct TimeSync: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 111 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "TIMESYNC" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 34 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 18 }

    /// The answering side's time in ns, 0 in a question; the asking side's time in ns.
    public var answered: Int64 = 0, asked: Int64 = 0
    /// Who is meant; 0 is everybody.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("tc1", &answered)
      fields.row("ts1", &asked)
      fields.extensions()
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
    }
  }
}
