import HardwareInterfaces
import PortableMath

// Which topics of PX4 hold a quantity, in order of preference, and what a valid row of each is.
// Message definitions: PX4-Autopilot/msg.
extension ULogFile {
  /// What PX4 writes for the relative time of a sensor that gave nothing new, or nothing at all.
  private static let invalidRelativeTime = Double(Int32.max)
  private static let markedInvalid = "marked invalid by the autopilot"

  // MARK: - Inertial

  func inertialSources() -> [(source: SampleSource<InertialSample>, part: Range<Int>)] {
    let paths =
      (0..<3).map { "gyro_rad[\($0)]" } + (0..<3).map { "accelerometer_m_s2[\($0)]" }
      + ["accelerometer_timestamp_relative?"]
    let combined = tables("sensor_combined", paths).map { table in
      table.source(part: nil, judgesGaps: true, enough: RecordedSamples.enoughInertial) {
        row -> RowOutcome<InertialSample> in
        if row[6] == Self.invalidRelativeTime { return .leftOut(Self.markedInvalid) }
        // PX4 logs no temperature in sensor_combined.
        return RecordedSamples.inertial(rate: row.vector(0), force: row.vector(3), temperature: nil)
      }
    }
    return combined + [gyroAndAccelerometer()].compactMap(\.self)
  }

  /// The best gyroscope and the best accelerometer together, at the gyroscope's times.
  private func gyroAndAccelerometer() -> (source: SampleSource<InertialSample>, part: Range<Int>)? {
    func better(
      _ a: (source: SampleSource<Vector3>, part: Range<Int>),
      _ b: (source: SampleSource<Vector3>, part: Range<Int>)
    ) -> Bool {
      a.source.isWorse(than: b.source)
    }
    let gyros = tables("sensor_gyro", ["x", "y", "z"]).map { table in
      table.source(part: nil, judgesGaps: true, enough: RecordedSamples.enoughInertial) {
        RecordedSamples.rate($0.vector(0))
      }
    }
    guard let first = gyros.indices.max(by: { better(gyros[$0], gyros[$1]) }) else { return nil }
    let gyro = gyros[first]
    let accelerometers = tables("sensor_accel", ["x", "y", "z"]).map { table in
      table.source(part: gyro.part, enough: RecordedSamples.enoughInertial) {
        RecordedSamples.force($0.vector(0))
      }
    }
    guard let second = accelerometers.indices.max(by: { better(accelerometers[$0], accelerometers[$1]) })
    else { return nil }
    var source = SampleSource(rates: gyro.source, forces: accelerometers[second].source)
    for index in gyros.indices where index != first { source.others += gyros[index].source.origins }
    for index in accelerometers.indices where index != second {
      source.others += accelerometers[index].source.origins
    }
    return (source, gyro.part)
  }

  // MARK: - Pressure

  func pressureSources(_ part: Range<Int>) -> [SampleSource<PressureSample>] {
    let own = tables("sensor_baro", ["pressure", "temperature?"]).map { table in
      // PX4 before 1.14 logs hPa, since then Pa, under the same name. All of a topic is one or the other: a single odd row is not.
      var (rows, inHectopascal) = (0, 0)
      _ = table.source(part: part) { row -> RowOutcome<PressureSample> in
        guard let pressure = row[0], pressure > 0 else { return .leftOut(Self.markedInvalid) }
        rows += 1
        if pressure < 2000 { inHectopascal += 1 }
        return .leftOut(Self.markedInvalid)
      }
      let factor: Double = inHectopascal * 2 > rows ? 100 : 1
      var source = table.source(part: part) { row in
        RecordedSamples.pressure(row[0].map { $0 * factor }, temperature: row[1])
      }.source
      if factor > 1 {
        source.reading = "its pressures are read as hPa: \(inHectopascal) of \(rows) are below 2000"
      }
      return source
    }
    // The temperature has had two names; the first is PX4's own spelling.
    let filtered = tables(
      "vehicle_air_data", ["baro_pressure_pa", "baro_temp_celcius?", "ambient_temperature?"]
    )
    .map { table in
      table.source(part: part) { row in
        RecordedSamples.pressure(row[0], temperature: row[1] ?? row[2])
      }.source
    }
    return own + filtered + combinedPressures(part)
  }

  /// The altitude in `sensor_combined` of old logs, turned back into pressure by the standard atmosphere.
  private func combinedPressures(_ part: Range<Int>) -> [SampleSource<PressureSample>] {
    tables("sensor_combined", ["baro_alt_meter", "baro_temp_celcius?", "baro_timestamp_relative"]).map {
      table in
      // Rows come with the gyroscope; a row has a new barometer sample when its own time says so.
      var last: Int64?
      return table.source(part: part) { row -> RowOutcome<PressureSample> in
        guard let relative = row[2], relative != Self.invalidRelativeTime,
          let offset = Int64(exactly: relative)
        else { return .leftOut(Self.markedInvalid) }
        guard let now = row.time else { return .leftOut(RowLoss.noTime) }
        let time = now &+ offset &* 1000
        guard time > 0, time != last else { return .leftOut("with no new sample of the barometer") }
        guard let altitude = row[0], abs(altitude) < 30_000 else { return .leftOut(RowLoss.notFinite) }
        last = time
        let pressure = StandardAtmosphere.pressure(atAltitude: altitude)
        switch RecordedSamples.pressure(pressure, temperature: row[1]) {
        case .sample(let sample): return .sampleAt(time, sample)
        case let other: return other
        }
      }.source
    }
  }

  // MARK: - The rest

  /// Range finders that look down; 0 m for a topic of before there was an orientation.
  func rangeSources(_ part: Range<Int>) -> [SampleSource<RangeSample>] {
    tables(
      "distance_sensor",
      ["current_distance", "min_distance?", "max_distance?", "signal_quality?", "orientation?"]
    ).map { table in
      table.source(part: part) { row in
        RecordedSamples.range(row[0], orientation: row[4]) { distance in
          // A quality of 0 is "invalid", −1 "unknown".
          distance >= (row[1] ?? 0) && distance <= (row[2] ?? .infinity) && row[3] != 0
        }
      }.source.withoutTargetsCounted
    }
  }

  func powerSources(_ part: Range<Int>) -> [SampleSource<PowerSample>] {
    tables("battery_status", ["voltage_v", "current_a?", "connected?"]).map { table in
      table.source(part: part) { row -> RowOutcome<PowerSample> in
        if row[2] == 0 { return .leftOut("of a battery that is not connected") }
        // −1 A is "unknown".
        return RecordedSamples.power(voltage: row[0], current: row[1] == -1 ? nil : row[1])
      }.source
    }
  }

  /// Gauss become T.
  func magneticSources(_ part: Range<Int>) -> [SampleSource<MagneticSample>] {
    let topics = [
      ("vehicle_magnetometer", (0..<3).map { "magnetometer_ga[\($0)]" } + ["timestamp"]),
      ("sensor_mag", ["x", "y", "z", "timestamp"]),
      (
        "sensor_combined",
        (0..<3).map { "magnetometer_ga[\($0)]" } + ["magnetometer_timestamp_relative"]
      ),
    ]
    return topics.flatMap { name, paths in
      tables(name, paths).map { table in
        table.source(part: part) { row -> RowOutcome<MagneticSample> in
          if name == "sensor_combined", row[3] == Self.invalidRelativeTime {
            return .leftOut(Self.markedInvalid)
          }
          return RecordedSamples.magnetic(row.vector(0).map { ($0.x * 1e-4, $0.y * 1e-4, $0.z * 1e-4) })
        }.source
      }
    }
  }

  func attitudeSources(_ part: Range<Int>) -> [SampleSource<Quaternion>] {
    tables("vehicle_attitude", (0..<4).map { "q[\($0)]" }).map { table in
      table.source(part: part) { RecordedSamples.attitude($0[0], $0[1], $0[2], $0[3]) }.source
    }
  }

  /// `actuator_armed`, or else the state in `vehicle_status`, where 2 has always been armed.
  func armedSources(_ part: Range<Int>) -> [SampleSource<Bool>] {
    func sources(_ topic: String, _ path: String, _ armed: Double?) -> [SampleSource<Bool>] {
      tables(topic, [path]).map { table in
        // Both are written when something changes, or often enough.
        table.source(part: part, enough: 0) { row -> RowOutcome<Bool> in
          guard let value = row[0] else { return .leftOut(RowLoss.notFinite) }
          return .sample(armed.map { value == $0 } ?? (value != 0))
        }.source
      }
    }
    return sources("actuator_armed", "armed", nil) + sources("vehicle_status", "arming_state", 2)
  }
}
