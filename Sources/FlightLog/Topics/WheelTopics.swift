import Signals

/// `/encoders`: the angle sensors of two wheels as read.
struct EncodersTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Encoders"
  static let schemaText =
    """
    std_msgs/Header header
    float32 left  # rad within a turn, rising while the wheel rolls forward
    float32 right  # rad
    uint8 left_magnet  # 0 good, 1 weak, 2 strong
    uint8 right_magnet

    """ + SchemaParts.header

  /// The devices that it shows.
  static let devices = ["left_encoder", "right_encoder"]

  let name = "/encoders"
  private let left, right: DeviceReading

  init?(_ table: SignalTable) {
    guard let left = DeviceReading(Self.devices[0], .angle, table),
      let right = DeviceReading(Self.devices[1], .angle, table)
    else { return nil }
    (self.left, self.right) = (left, right)
  }

  func occasion(_ frame: Frame) -> TopicOccasion {
    .reading(frame[left.places(frame).count] &+ frame[right.places(frame).count])
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    let wheels = [left.places(frame), right.places(frame)]
    encoder.putHeader(time: frame[wheels[0].time], frame: "encoders")
    for wheel in wheels { encoder.put(frame[wheel.numbers[0]]) }
    for wheel in wheels { encoder.put(wheel.magnet.map { frame[$0] } ?? 0) }
  }
}

/// `/wheels`: the wheels' motion in the body as ROS knows joints.
struct WheelsTopic: LogTopic {
  static let schemaName = "sensor_msgs/msg/JointState"
  static let schemaText =
    """
    std_msgs/Header header
    string[] name
    float64[] position  # rad, over many turns, forward positive
    float64[] velocity  # rad/s
    float64[] effort  # empty: not measured

    """ + SchemaParts.header

  let name = "/wheels"
  private let time: SignalIndex<Int64>
  private let angles, rates: NumberPlaces

  init?(_ table: SignalTable) {
    guard let time = table.index(of: "tick.time", as: Int64.self),
      let angles = NumberPlaces(table, "odometry.left_angle", "odometry.right_angle"),
      let rates = NumberPlaces(table, "odometry.left_rate", "odometry.right_rate")
    else { return nil }
    (self.time, self.angles, self.rates) = (time, angles, rates)
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    encoder.putHeader(time: frame[time], frame: "body")
    encoder.put(UInt32(2))
    encoder.put("left_wheel_joint")
    encoder.put("right_wheel_joint")
    for places in [angles, rates] {
      encoder.put(UInt32(2))
      for value in places.values(frame) { encoder.put(Double(value)) }
    }
    encoder.put(UInt32(0))
  }
}

/// `/drive`: how the robot stands and drives, and what it is asked to do.
struct DriveTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Drive"
  static let schemaText = """
    float32 pitch  # deg, nose up positive
    float32 heading  # deg, clockwise from above positive
    float32 travel  # m since the start, forward positive
    float32 speed  # m/s
    float32 speed_setpoint  # m/s
    float32 turn_rate  # deg/s
    float32 turn_rate_setpoint  # deg/s

    """

  let name = "/drive"
  private let angles, way, rates: NumberPlaces

  init?(_ table: SignalTable) {
    guard let angles = NumberPlaces(table, "attitude.pitch", "attitude.yaw"),
      let way = NumberPlaces(table, "odometry.travel", "odometry.speed", "setpoint.speed"),
      let rates = NumberPlaces(table, "attitude.rate_z", "setpoint.yaw_rate")
    else { return nil }
    (self.angles, self.way, self.rates) = (angles, way, rates)
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    for value in angles.values(frame) { encoder.put(value * degrees) }
    for value in way.values(frame) { encoder.put(value) }
    for value in rates.values(frame) { encoder.put(value * degrees) }
  }
}
