import ControlLoop

/// `/attitude`: estimate and setpoint in degrees.
enum AttitudeTopic: LogTopic {
  static let topic = "/attitude"
  static let schemaName = "ganglion_msgs/msg/Attitude"
  static let schemaText = """
    float32 roll  # deg
    float32 pitch  # deg
    float32 yaw  # deg
    float32 roll_setpoint  # deg
    float32 pitch_setpoint  # deg
    float32 yaw_rate  # deg/s
    float32 yaw_rate_setpoint  # deg/s

    """

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.put(record.output.estimate.roll * degrees)
    encoder.put(record.output.estimate.pitch * degrees)
    encoder.put(record.output.estimate.yaw * degrees)
    encoder.put(record.input.setpoint.roll * degrees)
    encoder.put(record.input.setpoint.pitch * degrees)
    encoder.put(record.output.estimate.rateZ * degrees)
    encoder.put(record.input.setpoint.yawRate * degrees)
  }
}

/// `/altitude`: estimate and setpoint above the take-off point.
enum AltitudeTopic: LogTopic {
  static let topic = "/altitude"
  static let schemaName = "ganglion_msgs/msg/Altitude"
  static let schemaText = """
    float32 altitude  # m above take-off
    float32 climb_rate  # m/s, up positive
    float32 altitude_setpoint  # m above take-off

    """

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.put(record.output.estimate.altitude)
    encoder.put(record.output.estimate.climbRate)
    encoder.put(record.input.setpoint.altitude)
  }
}

/// `/command`: what goes to the mixer, and what the classical controller would ask for.
enum CommandTopic: LogTopic {
  static let topic = "/command"
  static let schemaName = "ganglion_msgs/msg/Command"
  static let schemaText = """
    float32 thrust  # 0 to 1, after limits
    float32 roll  # -1 to 1
    float32 pitch  # -1 to 1
    float32 yaw  # -1 to 1
    float32 classical_thrust  # what the classical controller asks for
    float32 classical_roll
    float32 classical_pitch
    float32 classical_yaw
    uint8 mode  # 0 disarmed, 1 active, 2 hold, 3 landing, 4 terminated
    uint8 controller  # 0 none, 1 network, 2 classical
    bool enable  # level of the enable line

    """

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    put(record.output.command, into: &encoder)
    put(record.output.classicalCommand, into: &encoder)
    encoder.put(record.output.mode.rawValue)
    encoder.put(record.output.controller.rawValue)
    encoder.put(record.output.enable)
  }

  private static func put(_ command: BodyCommand, into encoder: inout CDREncoder) {
    encoder.put(command.thrust)
    encoder.put(command.roll)
    encoder.put(command.pitch)
    encoder.put(command.yaw)
  }
}

/// `/motors`: what goes to the actuators.
enum MotorsTopic: LogTopic {
  static let topic = "/motors"
  static let schemaName = "ganglion_msgs/msg/Motors"
  static let schemaText = """
    float32[] thrust  # fraction of full thrust, 0 to 1, one for each motor
    float32[] pulse  # us

    """

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.put(sequence: record.output.motors)
    encoder.put(sequence: record.output.pulses)
  }
}

/// `/network`: what the network saw and said.
enum NetworkTopic: LogTopic {
  static let topic = "/network"
  static let schemaName = "ganglion_msgs/msg/Network"
  static let schemaText = """
    float32 ts  # elapsed time, in the network's unit
    float32[] inputs  # after scaling
    float32[] outputs  # before scaling

    """

  static func occasion(_ record: borrowing TickRecord) -> TopicOccasion {
    record.output.networkInputs.count > 0 ? .always : .never
  }

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.put(record.output.ts)
    encoder.put(sequence: record.output.networkInputs)
    encoder.put(sequence: record.output.networkOutputs)
  }
}
