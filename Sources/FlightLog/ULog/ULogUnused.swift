// Topics of PX4 that hold a known quantity and cannot serve it: they have another form, or what belongs to them is missing.

extension SensorRecording {
  /// Topics by what they hold, and the fields that are read of each (`ULogSources.swift`).
  private static let known: [(name: String, quantity: RecordedQuantity, fields: [String])] = [
    ("sensor_combined", .inertial, ["gyro_rad[2]", "accelerometer_m_s2[2]"]),
    ("sensor_gyro", .inertial, ["x", "y", "z"]),
    ("sensor_accel", .inertial, ["x", "y", "z"]),
    ("sensor_baro", .pressure, ["pressure"]),
    ("vehicle_air_data", .pressure, ["baro_pressure_pa"]),
    ("distance_sensor", .range, ["current_distance"]),
    ("battery_status", .power, ["voltage_v"]),
    ("vehicle_magnetometer", .magneticField, ["magnetometer_ga[2]"]),
    ("sensor_mag", .magneticField, ["x", "y", "z"]),
    ("vehicle_attitude", .attitude, ["q[3]"]),
    ("actuator_armed", .armed, ["armed"]),
    ("vehicle_status", .armed, ["arming_state"]),
  ]

  /// Counts the rows of topics of known quantities that are no source of them, under the reason why not.
  mutating func accountForUnused(_ file: ULogFile) {
    for (name, quantity, fields) in Self.known {
      for topic in file.subscriptions where topic.name == name {
        account.addUnused(
          name, instance: topic.instance, rows: topic.count, of: quantity,
          because: Self.reason(topic, fields, in: file))
      }
    }
  }

  private static func reason(_ topic: ULogSubscription, _ fields: [String], in file: ULogFile) -> String {
    if topic.time == nil { return "without a timestamp of type uint64_t" }
    let missing = fields.filter { file.field($0, of: topic) == nil }
    guard missing.isEmpty else {
      return "without \(missing.map { $0.prefix { $0 != "[" } }.joined(separator: ", "))"
    }
    // A gyroscope and an accelerometer serve only together.
    let other = topic.name == "sensor_gyro" ? "sensor_accel" : "sensor_gyro"
    return "without readable rows of \(other) beside them"
  }
}
