/// The message types of ROS 2 that hold what a vehicle of ours measures.
enum ROS2Kind: String, CaseIterable, Sendable {
  case inertial = "sensor_msgs/msg/Imu"
  case pressure = "sensor_msgs/msg/FluidPressure"
  case range = "sensor_msgs/msg/Range"
  case battery = "sensor_msgs/msg/BatteryState"
  case magneticField = "sensor_msgs/msg/MagneticField"

  /// The kind of a schema's name, with or without `msg`.
  init?(schema: String) {
    let found = Self.allCases.first {
      $0.rawValue == schema || $0.rawValue.split(separator: "/msg").joined() == schema
    }
    guard let found else { return nil }
    self = found
  }

  /// Columns of every kind: the time in the header.
  static let stamp = ["header.stamp.sec", "header.stamp.nanosec"]
  /// Columns in front of the kind's own.
  static let first = stamp.count

  /// The kind's own columns.
  private var own: [String] {
    func vector(_ name: String) -> [String] { ["x", "y", "z"].map { "\(name).\($0)" } }
    return switch self {
    case .inertial:
      vector("angular_velocity") + vector("linear_acceleration")
        + [
          "angular_velocity_covariance[0]", "linear_acceleration_covariance[0]", "orientation_covariance[0]",
        ]
        + ["w", "x", "y", "z"].map { "orientation.\($0)" }
    case .pressure: ["fluid_pressure"]
    case .range: ["range", "min_range", "max_range"]
    case .battery: ["voltage", "current", "present?"]
    case .magneticField: vector("magnetic_field")
    }
  }

  /// The columns by a schema's text; by the standard definition where the text is of another language, or none.
  func columns(_ schema: MCAPSchema) -> ROS2Columns? {
    let text = schema.encoding == "ros2msg" && !schema.text.isEmpty ? schema.text : standard
    do throws(LogError) {
      return ROS2Columns(try ROS2Schema(text: text), Self.stamp + own)
    } catch {
      return nil
    }
  }

  /// The definition as ROS 2 has had it since Foxy (common_interfaces/sensor_msgs).
  private var standard: String {
    let vector = SchemaParts.type("geometry_msgs/Vector3", "float64 x\nfloat64 y\nfloat64 z\n")
    let quaternion = SchemaParts.type(
      "geometry_msgs/Quaternion", "float64 x\nfloat64 y\nfloat64 z\nfloat64 w\n")
    return switch self {
    case .inertial:
      """
      std_msgs/Header header
      geometry_msgs/Quaternion orientation
      float64[9] orientation_covariance
      geometry_msgs/Vector3 angular_velocity
      float64[9] angular_velocity_covariance
      geometry_msgs/Vector3 linear_acceleration
      float64[9] linear_acceleration_covariance

      """ + vector + quaternion + SchemaParts.header
    case .pressure: "std_msgs/Header header\nfloat64 fluid_pressure\nfloat64 variance\n" + SchemaParts.header
    case .range:
      """
      std_msgs/Header header
      uint8 radiation_type
      float32 field_of_view
      float32 min_range
      float32 max_range
      float32 range

      """ + SchemaParts.header
    case .battery:
      """
      std_msgs/Header header
      float32 voltage
      float32 temperature
      float32 current
      float32 charge
      float32 capacity
      float32 design_capacity
      float32 percentage
      uint8 power_supply_status
      uint8 power_supply_health
      uint8 power_supply_technology
      bool present

      """ + SchemaParts.header
    case .magneticField:
      "std_msgs/Header header\ngeometry_msgs/Vector3 magnetic_field\nfloat64[9] magnetic_field_covariance\n"
        + vector
        + SchemaParts.header
    }
  }
}
