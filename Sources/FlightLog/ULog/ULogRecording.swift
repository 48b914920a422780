import HardwareInterfaces
import PortableMath

extension SensorRecording {
  /// What a PX4 autopilot measured, from its log.
  ///
  /// Times are the autopilot's own clock; axes are those of PX4's body frame: x forward, y right, z down. Throws
  /// `LogError` when there is no inertial data.
  public init(_ file: ULogFile) throws(LogError) {
    self.init(format: "PX4 ULog")
    dropouts = file.dropouts.map {
      Dropout(
        after: Int64(clamping: $0.after.multipliedReportingOverflow(by: 1000).partialValue),
        milliseconds: $0.milliseconds)
    }
    noteSkipped(file)
    if !ULogFormat.versions.contains(file.version) {
      account.notes.append(
        "the file says that it is of version \(file.version) of the format, which is not known: it was read as version "
          + "\(ULogFormat.versions.upperBound)")
    }
    let part = try takeInertial(file)
    let outside = Set(file.dropoutPlaces.indices.filter { !part.contains(file.dropoutPlaces[$0]) })
    leaveOutDropouts(at: outside)
    choose(.pressure, file.pressureSources(part), into: \.pressure)
    choose(.range, file.rangeSources(part), into: \.range)
    choose(.power, file.powerSources(part), into: \.power)
    choose(.magneticField, file.magneticSources(part), into: \.magneticField)
    choose(.attitude, file.attitudeSources(part), into: \.attitude)
    chooseArmed(file.armedSources(part))
    accountForUnused(file)
    noteUnread(file)
    putChosenFirst()
  }

  private mutating func noteSkipped(_ file: ULogFile) {
    for oddity in ULogOddity.allCases {
      guard let count = file.skipped[oddity] else { continue }
      account.skipped.append(ImportAccount.Loss(reason: oddity.rawValue, count: count))
    }
    if !file.damages.isEmpty {
      let bytes = file.damages.reduce(0) { $0 + $1.lostBytes }
      let first = file.damages.first?.error.offset ?? 0
      account.skipped.append(
        ImportAccount.Loss(
          reason:
            "\(file.damages.count < 1000 ? "" : "or more ")damaged places with \(bytes) bytes in all, the first at byte \(first)",
          count: file.damages.count))
    }
  }

  /// Takes the best inertial data; the places in the file of the part that they are from.
  private mutating func takeInertial(_ file: ULogFile) throws(LogError) -> Range<Int> {
    let found = file.inertialSources()
    guard let chosen = choose(.inertial, found.map(\.source), into: \.inertial) else {
      accountForUnused(file)
      let topics = Set(file.subscriptions.map(\.name)).sorted().joined(separator: ", ")
      throw LogError(
        .missing,
        "the recording has no gyroscope and accelerometer: no valid row of sensor_combined, or of sensor_gyro and "
          + "sensor_accel" + account.losses("rows of"),
        remedy: "Record with PX4's default logging profile. It has: \(topics.isEmpty ? "no topics" : topics)."
      )
    }
    if found[chosen].source.origins.first?.name == "sensor_gyro" {
      account.notes.append(
        "sensor_gyro and sensor_accel are the sensors' own readings: neither their calibration nor the board's "
          + "rotation in the vehicle (SENS_BOARD_ROT) is applied")
    }
    return found[chosen].part
  }

  /// Topics that hold a known quantity in a form that is not read.
  private static let unread = [
    "sensor_gyro_fifo", "sensor_accel_fifo", "vehicle_imu", "vehicle_angular_velocity",
    "vehicle_acceleration",
    "vehicle_attitude_groundtruth",
  ]

  private mutating func noteUnread(_ file: ULogFile) {
    for name in Self.unread {
      let rows = file.subscriptions.filter { $0.name == name }.reduce(0) { $0 + $1.count }
      if rows > 0 { account.notes.append("\(name) is there with \(rows) rows and is not used") }
    }
    let known = Set(account.topics.map(\.name))
    let timeless = file.subscriptions.filter { $0.time == nil && $0.count > 0 && !known.contains($0.name) }
    for topic in timeless.prefix(10) {
      account.notes.append("\(topic.name.prefix(80)) is there with \(topic.count) rows, which have no time")
    }
    if timeless.count > 10 { account.notes.append("\(timeless.count - 10) more topics have no time") }
  }
}
