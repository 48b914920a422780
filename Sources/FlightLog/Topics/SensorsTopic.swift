import ControlLoop

/// `/sensors`: which of several sensors of a kind are in use, and how each of them is.
enum SensorsTopic: LogTopic {
  static let topic = "/sensors"
  static let schemaName = "ganglion_msgs/msg/Sensors"
  static let schemaText = """
    # In use: 0 the sensor itself, 1 its first spare, 2 the second. Health, in the same order: 0 absent, 1 starting,
    # 2 good, 3 stale, 4 faulty, 5 flat, 6 saturated, 7 failing, 8 outvoted, 9 recovering.
    uint8 imu  # in use
    uint8[3] imu_health
    bool imu_undecided  # two differ, and it cannot be known which is wrong
    uint8 barometer
    uint8[3] barometer_health
    bool barometer_undecided
    uint8 magnetometer
    uint8[3] magnetometer_health
    bool magnetometer_undecided
    uint8 range
    uint8[3] range_health
    bool range_undecided

    """

  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder) {
    for kind in SensorKind.allCases {
      let vote = record.output.votes[kind]
      encoder.put(vote.chosen.rawValue)
      encoder.put(vote.first.rawValue)
      encoder.put(vote.second.rawValue)
      encoder.put(vote.third.rawValue)
      encoder.put(vote.isUndecided)
    }
  }
}
