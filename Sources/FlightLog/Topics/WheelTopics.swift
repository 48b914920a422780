import ControlLoop

/// `/encoders`: the wheels' angle sensors as read.
enum EncodersTopic: LogTopic {
  static let topic = "/encoders"
  static let schemaName = "ganglion_msgs/msg/Encoders"
  static let schemaText =
    """
    std_msgs/Header header
    float32 left  # rad within a turn, rising while the wheel rolls forward
    float32 right  # rad
    uint8 left_magnet  # 0 good, 1 weak, 2 strong
    uint8 right_magnet

    """ + SchemaParts.header

  static func occasion(_ record: borrowing TickRecord) -> TopicOccasion {
    .reading(record.input.leftEncoder.sequence &+ record.input.rightEncoder.sequence)
  }

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.putHeader(time: record.input.leftEncoder.time.nanoseconds, frame: "encoders")
    encoder.put(record.input.leftEncoder.sample.angle)
    encoder.put(record.input.rightEncoder.sample.angle)
    encoder.put(record.input.leftEncoder.sample.magnet.rawValue)
    encoder.put(record.input.rightEncoder.sample.magnet.rawValue)
  }
}

/// `/wheels`: the wheels' motion in the body as ROS knows joints.
enum WheelsTopic: LogTopic {
  static let topic = "/wheels"
  static let schemaName = "sensor_msgs/msg/JointState"
  static let schemaText =
    """
    std_msgs/Header header
    string[] name
    float64[] position  # rad, over many turns, forward positive
    float64[] velocity  # rad/s
    float64[] effort  # empty: not measured

    """ + SchemaParts.header

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    let wheels = record.output.estimate.wheels
    encoder.putHeader(time: record.input.time.nanoseconds, frame: "body")
    encoder.put(UInt32(2))
    encoder.put("left_wheel_joint")
    encoder.put("right_wheel_joint")
    encoder.put(UInt32(2))
    encoder.put(Double(wheels.left.angle))
    encoder.put(Double(wheels.right.angle))
    encoder.put(UInt32(2))
    encoder.put(Double(wheels.left.rate))
    encoder.put(Double(wheels.right.rate))
    encoder.put(UInt32(0))
  }
}

/// `/drive`: how the robot stands and drives, and what it is asked to do.
enum DriveTopic: LogTopic {
  static let topic = "/drive"
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

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    let (estimate, setpoint) = (record.output.estimate, record.input.setpoint)
    encoder.put(estimate.pitch * degrees)
    encoder.put(estimate.yaw * degrees)
    encoder.put(estimate.travel)
    encoder.put(estimate.speed)
    encoder.put(setpoint.speed)
    encoder.put(estimate.rateZ * degrees)
    encoder.put(setpoint.yawRate * degrees)
  }
}

/// `/command` of a robot on wheels: what goes to the mixer, and what the classical controller would ask for.
enum DriveCommandTopic: LogTopic {
  static let topic = "/command"
  static let schemaName = "ganglion_msgs/msg/DriveCommand"
  static let schemaText = """
    float32 drive  # -1 to 1 of the supply's voltage, after limits
    float32 turn  # -1 to 1, clockwise from above positive
    float32 classical_drive  # what the classical controller asks for
    float32 classical_turn
    uint8 mode  # 0 disarmed, 1 active, 2 hold, 3 landing, 4 terminated
    uint8 controller  # 0 none, 1 network, 2 classical
    bool enable  # level of the enable line

    """

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.put(record.output.command.drive)
    encoder.put(record.output.command.yaw)
    encoder.put(record.output.classicalCommand.drive)
    encoder.put(record.output.classicalCommand.yaw)
    encoder.put(record.output.mode.rawValue)
    encoder.put(record.output.controller.rawValue)
    encoder.put(record.output.enable)
  }
}

/// `/motors` of a robot on wheels: what goes to the bridges.
enum BridgesTopic: LogTopic {
  static let topic = "/motors"
  static let schemaName = "ganglion_msgs/msg/Bridges"
  static let schemaText = """
    float32[] duty  # -1 to 1 of the supply's voltage, forward positive, one for each wheel
    float32[] pulse  # us

    """

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.put(sequence: record.output.motors)
    encoder.put(sequence: record.output.pulses)
  }
}
