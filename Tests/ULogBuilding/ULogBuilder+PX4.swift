/// Topics of PX4 as its firmware logs them.
extension ULogBuilder {
  /// Declares a topic and subscribes to it.
  public mutating func topic(_ name: String, _ members: String, id: UInt16, instance: UInt8 = 0) {
    format("\(name):\(members)")
    subscribe(name, id: id, instance: instance)
  }

  /// Declares `sensor_combined` as PX4 has logged it since 1.7, and subscribes to it.
  public mutating func combinedTopic(id: UInt16, instance: UInt8 = 0) {
    topic(
      "sensor_combined",
      "uint64_t timestamp;float[3] gyro_rad;uint32_t gyro_integral_dt;int32_t accelerometer_timestamp_relative;"
        + "float[3] accelerometer_m_s2;uint32_t accelerometer_integral_dt;", id: id, instance: instance)
  }

  /// Adds a row of it: rates in rad/s, forces in m/s².
  public mutating func combined(
    id: UInt16, time: UInt64, rate: [Float] = [0, 0, 0], force: [Float] = [0, 0, -9.80665],
    relative: Int32 = 0
  ) {
    data(
      id: id, time: time,
      Self.bytes(rate) + Self.bytes(UInt32(4000)) + Self.bytes(relative) + Self.bytes(force)
        + Self.bytes(UInt32(4000)))
  }

  /// Declares `sensor_baro`, and subscribes to it.
  public mutating func barometerTopic(id: UInt16, instance: UInt8 = 0) {
    topic("sensor_baro", "uint64_t timestamp;float pressure;float temperature;", id: id, instance: instance)
  }

  /// Declares `vehicle_air_data`, and subscribes to it; its floats are altitude, temperature and pressure.
  public mutating func airTopic(id: UInt16, instance: UInt8 = 0) {
    topic(
      "vehicle_air_data",
      "uint64_t timestamp;float baro_alt_meter;float baro_temp_celcius;float baro_pressure_pa;",
      id: id, instance: instance)
  }

  /// Declares `vehicle_attitude`, and subscribes to it; its floats are w, x, y and z.
  public mutating func attitudeTopic(id: UInt16, instance: UInt8 = 0) {
    topic("vehicle_attitude", "uint64_t timestamp;float[4] q;", id: id, instance: instance)
  }

  /// The bytes of floats, little-endian.
  public static func bytes(_ values: [Float]) -> [UInt8] { values.flatMap { bytes($0.bitPattern) } }
}
