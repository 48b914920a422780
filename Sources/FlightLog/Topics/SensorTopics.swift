import ControlLoop

/// `/barometer`: the barometer as ROS knows it.
enum BarometerTopic: LogTopic {
  static let topic = "/barometer"
  static let schemaName = "sensor_msgs/msg/FluidPressure"
  static let schemaText =
    """
    std_msgs/Header header
    float64 fluid_pressure  # Pa
    float64 variance  # 0: unknown

    """ + SchemaParts.header

  static func occasion(_ record: borrowing TickRecord) -> TopicOccasion {
    .reading(record.pressureInUse.sequence)
  }

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.putHeader(time: record.pressureInUse.time.nanoseconds, frame: "barometer")
    encoder.put(Double(record.pressureInUse.sample.pressure))
    encoder.put(0.0)
  }
}

/// `/range`: the range finder.
enum RangeTopic: LogTopic {
  static let topic = "/range"
  static let schemaName = "ganglion_msgs/msg/Range"
  static let schemaText =
    """
    std_msgs/Header header
    float32 distance  # m along the sensor's axis
    bool valid  # whether the sensor vouches for the distance

    """ + SchemaParts.header

  static func occasion(_ record: borrowing TickRecord) -> TopicOccasion {
    .reading(record.rangeInUse.sequence)
  }

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.putHeader(time: record.rangeInUse.time.nanoseconds, frame: "range")
    encoder.put(record.rangeInUse.sample.distance)
    encoder.put(record.rangeInUse.sample.isValid)
  }
}

/// `/battery`: voltage and current.
enum BatteryTopic: LogTopic {
  static let topic = "/battery"
  static let schemaName = "ganglion_msgs/msg/Battery"
  static let schemaText =
    """
    std_msgs/Header header
    float32 voltage  # V
    float32 current  # A

    """ + SchemaParts.header

  static func occasion(_ record: borrowing TickRecord) -> TopicOccasion {
    .reading(record.input.power.sequence)
  }

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    encoder.putHeader(time: record.input.power.time.nanoseconds, frame: "battery")
    encoder.put(record.input.power.sample.voltage)
    encoder.put(record.input.power.sample.current)
  }
}
