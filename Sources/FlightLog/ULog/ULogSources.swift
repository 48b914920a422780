import HardwareInterfaces
import PortableMath

// Which topics of PX4 hold a quantity, in order of preference, and what a valid row of each is.
// Message definitions: PX4-Autopilot/msg.
extension ULogFile {
  /// What PX4 writes for the relative time of a sensor that gave nothing new, or nothing at all.
  private static let invalidRelativeTime = Double(Int32.max)
  private static let markedInvalid = "marked invalid by the autopilot"
  /// Inertial samples a second that are enough for the estimate of an attitude.
  private static let enoughInertial = 200.0

  // MARK: - Inertial

  func inertialSources() -> [(source: SampleSource<InertialSample>, part: Range<Int>)] {
    var sources: [(source: SampleSource<InertialSample>, part: Range<Int>)] = []
    let paths =
      (0..<3).map { "gyro_rad[\($0)]" } + (0..<3).map { "accelerometer_m_s2[\($0)]" }
      + ["accelerometer_timestamp_relative?"]
    for table in tables("sensor_combined", paths) {
      var found = table.source(part: nil, judgesGaps: true) { row -> ULogTable.Outcome<InertialSample> in
        if row[6] == Self.invalidRelativeTime { return .leftOut(Self.markedInvalid) }
        return Self.inertial(rate: row.vector(0), force: row.vector(3), temperature: nil)
      }
      found.source.enough = Self.enoughInertial
      sources.append(found)
    }
    if let pair = gyroAndAccelerometer() { sources.append(pair) }
    return sources
  }

  private static func inertial(
    rate: (x: Double, y: Double, z: Double)?, force: (x: Double, y: Double, z: Double)?, temperature: Double?
  ) -> ULogTable.Outcome<InertialSample> {
    guard let rate, let force else { return .leftOut(ULogTable.notFinite) }
    guard max(abs(rate.x), abs(rate.y), abs(rate.z)) < 200,
      max(abs(force.x), abs(force.y), abs(force.z)) < 1000
    else { return .leftOut("beyond what a sensor can mean") }
    return .sample(
      InertialSample(
        acceleration: (Float(force.x), Float(force.y), Float(force.z)),
        rate: (Float(rate.x), Float(rate.y), Float(rate.z)),
        // PX4 logs no temperature in sensor_combined.
        temperature: temperature.map { Float($0) } ?? 25))
  }

  /// The best gyroscope and the best accelerometer together, at the gyroscope's times.
  private func gyroAndAccelerometer() -> (source: SampleSource<InertialSample>, part: Range<Int>)? {
    func vector(_ row: ULogTable.Row, below limit: Double) -> ULogTable.Outcome<Vector3> {
      guard let (x, y, z) = row.vector(0) else { return .leftOut(ULogTable.notFinite) }
      guard max(abs(x), abs(y), abs(z)) < limit else { return .leftOut("beyond what a sensor can mean") }
      return .sample(Vector3(x, y, z))
    }
    func better(
      _ a: (source: SampleSource<Vector3>, part: Range<Int>),
      _ b: (source: SampleSource<Vector3>, part: Range<Int>)
    ) -> Bool {
      (a.source.isConstant ? 0 : 1, a.source.samples.count) < (
        b.source.isConstant ? 0 : 1, b.source.samples.count
      )
    }
    let gyros = tables("sensor_gyro", ["x", "y", "z"]).map { table in
      table.source(part: nil, judgesGaps: true) { vector($0, below: 200) }
    }
    guard let gyro = gyros.max(by: better) else { return nil }
    let accelerometers = tables("sensor_accel", ["x", "y", "z"]).map { table in
      table.source(part: gyro.part) { vector($0, below: 1000) }
    }
    guard let accelerometer = accelerometers.max(by: better) else { return nil }
    return (
      SampleSource(rates: gyro.source, forces: accelerometer.source, enough: Self.enoughInertial), gyro.part
    )
  }

  // MARK: - Pressure

  func pressureSources(_ part: Range<Int>) -> [SampleSource<PressureSample>] {
    // PX4 before 1.14 logs hPa, since then Pa, under the same name.
    let own = tables("sensor_baro", ["pressure", "temperature?"]).map { table in
      table.source(part: part) { row in
        Self.pressure(row[0].map { $0 < 2000 ? $0 * 100 : $0 }, temperature: row[1])
      }.source
    }
    // The temperature has had two names; the first is PX4's own spelling.
    let filtered = tables(
      "vehicle_air_data", ["baro_pressure_pa", "baro_temp_celcius?", "ambient_temperature?"]
    )
    .map { table in
      table.source(part: part) { row in Self.pressure(row[0], temperature: row[1] ?? row[2]) }.source
    }
    return own + filtered + combinedPressures(part)
  }

  /// Air that anything flies in has more than 20 hPa and less than 1,200.
  private static func pressure(_ pressure: Double?, temperature: Double?) -> ULogTable.Outcome<PressureSample>
  {
    guard let pressure, pressure.isFinite else { return .leftOut(ULogTable.notFinite) }
    guard pressure > 2000, pressure < 120_000 else { return .leftOut("with a pressure that no air has") }
    let known = temperature.flatMap { $0.isFinite ? $0 : nil }
    return .sample(PressureSample(pressure: Float(pressure), temperature: Float(known ?? 15)))
  }

  /// The altitude in `sensor_combined` of old logs, turned back into pressure by the standard atmosphere.
  private func combinedPressures(_ part: Range<Int>) -> [SampleSource<PressureSample>] {
    tables("sensor_combined", ["baro_alt_meter", "baro_temp_celcius?", "baro_timestamp_relative"]).map {
      table in
      // Rows come with the gyroscope; a row has a new barometer sample when its own time says so.
      var last: Int64?
      return table.source(part: part) { row -> ULogTable.Outcome<PressureSample> in
        guard let relative = row[2], relative != Self.invalidRelativeTime,
          let offset = Int64(exactly: relative)
        else { return .leftOut(Self.markedInvalid) }
        guard let now = row.time else { return .leftOut(ULogTable.notFinite) }
        let time = now &+ offset &* 1000
        guard time > 0, time != last else { return .leftOut("with no new sample of the barometer") }
        guard let altitude = row[0], abs(altitude) < 30_000 else { return .leftOut(ULogTable.notFinite) }
        last = time
        switch Self.pressure(StandardAtmosphere.pressure(atAltitude: altitude), temperature: row[1]) {
        case .sample(let sample): return .sampleAt(time, sample)
        case let other: return other
        }
      }.source
    }
  }

  // MARK: - The rest

  /// Range finders that look down (orientation 25); 0 m for a topic of before there was one.
  func rangeSources(_ part: Range<Int>) -> [SampleSource<RangeSample>] {
    tables(
      "distance_sensor",
      ["current_distance", "min_distance?", "max_distance?", "signal_quality?", "orientation?"]
    ).map { table in
      table.source(part: part) { row in
        if let orientation = row[4], orientation != 25 {
          return .leftOut(
            "of a range finder that does not look down (orientation \(Int(exactly: orientation) ?? -1))")
        }
        guard let distance = row[0], distance.isFinite else { return .leftOut(ULogTable.notFinite) }
        guard distance >= 0, distance < 1000 else { return .leftOut("beyond what a sensor can mean") }
        let isInside = distance >= (row[1] ?? 0) && distance <= (row[2] ?? .infinity)
        // 0 is "invalid", −1 "unknown".
        return .sample(RangeSample(distance: Float(distance), isValid: isInside && row[3] != 0))
      }.source.withoutTargetsCounted
    }
  }

  func powerSources(_ part: Range<Int>) -> [SampleSource<PowerSample>] {
    tables("battery_status", ["voltage_v", "current_a?", "connected?"]).map { table in
      var source = table.source(part: part) { row -> ULogTable.Outcome<PowerSample> in
        if row[2] == 0 { return .leftOut("of a battery that is not connected") }
        guard let voltage = row[0], voltage.isFinite else { return .leftOut(ULogTable.notFinite) }
        guard voltage > 0.5, voltage < 1000 else { return .leftOut("with a voltage that no battery has") }
        // −1 A is "unknown".
        let current = row[1].flatMap { $0.isFinite && abs($0) < 10_000 && $0 != -1 ? $0 : nil } ?? 0
        return .sample(PowerSample(voltage: Float(voltage), current: Float(current)))
      }.source
      // A battery at rest may well read the same for hours.
      source.isConstant = false
      return source
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
        table.source(part: part) { row -> ULogTable.Outcome<MagneticSample> in
          if name == "sensor_combined", row[3] == Self.invalidRelativeTime {
            return .leftOut(Self.markedInvalid)
          }
          guard let (x, y, z) = row.vector(0) else { return .leftOut(ULogTable.notFinite) }
          guard max(abs(x), abs(y), abs(z)) < 100 else { return .leftOut("beyond what a sensor can mean") }
          return .sample(MagneticSample(field: (Float(x * 1e-4), Float(y * 1e-4), Float(z * 1e-4))))
        }.source
      }
    }
  }

  func attitudeSources(_ part: Range<Int>) -> [SampleSource<Quaternion>] {
    tables("vehicle_attitude", (0..<4).map { "q[\($0)]" }).map { table in
      var source = table.source(part: part) { row -> ULogTable.Outcome<Quaternion> in
        guard let (w, x, y) = row.vector(0), let z = row[3], z.isFinite else {
          return .leftOut(ULogTable.notFinite)
        }
        let length = (w * w + x * x + y * y + z * z).squareRoot()
        guard abs(length - 1) < 0.1 else { return .leftOut("with a quaternion that is no rotation") }
        return .sample(Quaternion(w / length, x / length, y / length, z / length))
      }.source
      // An estimate may stand still.
      source.isConstant = false
      return source
    }
  }

  /// `actuator_armed`, or else the state in `vehicle_status`, where 2 has always been armed.
  func armedSources(_ part: Range<Int>) -> [SampleSource<Bool>] {
    func sources(_ topic: String, _ path: String, _ armed: Double?) -> [SampleSource<Bool>] {
      tables(topic, [path]).map { table in
        var source = table.source(part: part) { row -> ULogTable.Outcome<Bool> in
          guard let value = row[0] else { return .leftOut(ULogTable.notFinite) }
          return .sample(armed.map { value == $0 } ?? (value != 0))
        }.source
        source.isConstant = false
        // Both are written when something changes, or often enough.
        source.enough = 0
        return source
      }
    }
    return sources("actuator_armed", "armed", nil) + sources("vehicle_status", "arming_state", 2)
  }
}
