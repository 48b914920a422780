extension MAVLink {
  /// HIGHRES_IMU (105): Readings of an inertial unit, a magnetometer and a barometer, in the body's axes.
  public struct HighresIMU: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 105 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "HIGHRES_IMU" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 93 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 63 }

    /// Time in µs, since the start or since 1970.
    public var time: UInt64 = 0
    /// Specific force in m/s², rates in rad/s, magnetic field in G.
    public var ax: Float = 0, ay: Float = 0, az: Float = 0, gx: Float = 0, gy: Float = 0, gz: Float = 0,
      mx: Float = 0, my: Float = 0, mz: Float = 0
    /// Pressures in hPa, the height that belongs to them in m, temperature in °C.
    public var pressure: Float = 0, differential: Float = 0, height: Float = 0, temperature: Float = 0
    /// Which of them are new.
    public var updated: UInt16 = 0
    /// Which unit it is.
    public var id: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_usec", &time)
      fields.optional("xacc", &ax)
      fields.optional("yacc", &ay)
      fields.optional("zacc", &az)
      fields.optional("xgyro", &gx)
      fields.optional("ygyro", &gy)
      fields.optional("zgyro", &gz)
      fields.optional("xmag", &mx)
      fields.optional("ymag", &my)
      fields.optional("zmag", &mz)
      fields.optional("abs_pressure", &pressure)
      fields.optional("diff_pressure", &differential)
      fields.optional("pressure_alt", &height)
      fields.optional("temperature", &temperature)
      fields.row("fields_updated", &updated)
      fields.extensions()
      fields.row("id", &id)
    }
  }

  /// OPTICAL_FLOW_RAD (106): By how much the ground has turned in a camera's view.
  public struct OpticalFlow: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 106 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "OPTICAL_FLOW_RAD" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 138 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 44 }

    /// Time in µs, since the start or since 1970.
    public var time: UInt64 = 0
    /// Time over which it was summed up, in µs.
    public var duration: UInt32 = 0
    /// Turn of the view about x and y in rad.
    public var x: Float = 0, y: Float = 0
    /// Turn of the body in that time in rad; NaN without a gyroscope.
    public var gx: Float = 0, gy: Float = 0, gz: Float = 0
    /// Age of the distance in µs.
    public var distanceAge: UInt32 = 0
    /// Distance to the ground in m; negative when it is not known.
    public var distance: Float = 0
    /// Temperature in 0.01 °C.
    public var temperature: Int16 = 0
    /// Which sensor it is, and how good the view was, 0 (bad) to 255.
    public var sensor: UInt8 = 0, quality: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_usec", &time)
      fields.row("integration_time_us", &duration)
      fields.row("integrated_x", &x)
      fields.row("integrated_y", &y)
      fields.optional("integrated_xgyro", &gx)
      fields.optional("integrated_ygyro", &gy)
      fields.optional("integrated_zgyro", &gz)
      fields.row("time_delta_distance_us", &distanceAge)
      fields.row("distance", &distance)
      fields.row("temperature", &temperature)
      fields.row("sensor_id", &sensor)
      fields.row("quality", &quality)
    }
  }

  /// DISTANCE_SENSOR (132): A distance.
  public struct DistanceSensor: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 132 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "DISTANCE_SENSOR" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 85 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 39 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// The sensor's range and what it reads, in cm.
    public var least: UInt16 = 0, most: UInt16 = 0, distance: UInt16 = 0
    /// Kind of sensor, which one, where it looks (25 down), and the variance in cm²; 255 when it is not known.
    public var kind: UInt8 = 0, id: UInt8 = 0, orientation: UInt8 = 0, variance: UInt8 = 0
    /// The field of view in rad; 0 when it is not known.
    public var width: Float = 0, height: Float = 0
    /// Where it looks, when `orientation` is 100.
    public var direction = InlineArray<4, Float>(repeating: 0)
    /// How good the signal is in %; 0 when it is not known.
    public var quality: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_boot_ms", &time)
      fields.row("min_distance", &least)
      fields.row("max_distance", &most)
      fields.row("current_distance", &distance)
      fields.row("type", &kind)
      fields.row("id", &id)
      fields.row("orientation", &orientation)
      fields.row("covariance", &variance)
      fields.extensions()
      fields.row("horizontal_fov", &width)
      fields.row("vertical_fov", &height)
      fields.row("quaternion", &direction)
      fields.row("signal_quality", &quality)
    }
  }
}
