import ControlLoop

/// `/imu`: the inertial sensor as ROS knows it, in the axes of the body (forward, right, down), without an
/// orientation.
enum ImuTopic: LogTopic {
  static let topic = "/imu"
  static let schemaName = "sensor_msgs/msg/Imu"
  static let schemaText =
    """
    std_msgs/Header header
    geometry_msgs/Quaternion orientation
    float64[9] orientation_covariance  # first element -1: no orientation here, see /attitude
    geometry_msgs/Vector3 angular_velocity  # rad/s; axes of the body: x forward, y right, z down
    float64[9] angular_velocity_covariance
    geometry_msgs/Vector3 linear_acceleration  # m/s^2, specific force
    float64[9] linear_acceleration_covariance

    """ + SchemaParts.type("geometry_msgs/Quaternion", "float64 x\nfloat64 y\nfloat64 z\nfloat64 w\n")
    + SchemaParts.type("geometry_msgs/Vector3", "float64 x\nfloat64 y\nfloat64 z\n") + SchemaParts.header

  static func occasion(_ record: borrowing TickRecord) -> TopicOccasion {
    .reading(record.inertialInUse.sequence)
  }

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    let reading = record.inertialInUse
    encoder.putHeader(time: reading.time.nanoseconds, frame: "imu")
    for value in [0.0, 0, 0, 1] { encoder.put(value) }
    putUnknownCovariance(first: -1, into: &encoder)
    encoder.put(Double(reading.sample.rateX))
    encoder.put(Double(reading.sample.rateY))
    encoder.put(Double(reading.sample.rateZ))
    putUnknownCovariance(first: 0, into: &encoder)
    encoder.put(Double(reading.sample.accelerationX))
    encoder.put(Double(reading.sample.accelerationY))
    encoder.put(Double(reading.sample.accelerationZ))
    putUnknownCovariance(first: 0, into: &encoder)
  }

  private static func putUnknownCovariance(first: Double, into encoder: inout CDREncoder) {
    encoder.put(first)
    for _ in 1..<9 { encoder.put(0.0) }
  }
}
