import HardwareInterfaces
import PortableMath

/// What a PX4 autopilot measured, as samples of Ganglion's sensors in order of time.
///
/// Times are the autopilot's own clock in ns. Axes are those of PX4's body frame: x forward, y right, z down.
public struct PX4Recording: Sendable {
  /// A sample and when it was taken.
  public struct Timed<Sample: Sendable>: Sendable {
    /// When it was taken.
    public var time: MonotonicTime
    /// What was measured.
    public var sample: Sample
  }

  /// Where the barometer's samples come from.
  public enum PressureSource: String, Sendable {
    /// The recording has none.
    case none
    /// `sensor_baro`, the sensor itself.
    case sensorBaro = "sensor_baro"
    /// `vehicle_air_data`, PX4's filtered pressure.
    case vehicleAirData = "vehicle_air_data"
    /// The altitude in `sensor_combined` of old logs, turned back into pressure by the standard atmosphere.
    case sensorCombined = "sensor_combined"
  }

  /// Gyroscope and accelerometer, from `sensor_combined`; PX4 logs no temperature there, so it is 25 °C.
  public private(set) var inertial: [Timed<InertialSample>] = []
  /// Barometer.
  public private(set) var pressure: [Timed<PressureSample>] = []
  /// Where `pressure` comes from.
  public private(set) var pressureSource = PressureSource.none
  /// PX4's own attitude estimate: rotation from body to north-east-down.
  public private(set) var attitude: [Timed<Quaternion>] = []
  /// Times in which PX4 could not log.
  public let dropouts: [ULogDropout]
  /// Rows that were left out: not finite, or out of order.
  public private(set) var discardedRows = 0

  /// Takes the sensors' samples out of a ULog file; throws `LogError` when it has no inertial data.
  public init(_ file: ULogFile) throws(LogError) {
    dropouts = file.dropouts
    try readInertial(file)
    readPressure(file)
    readAttitude(file)
  }

  /// Columns of a topic, or `nil` when it lacks one of them.
  private struct Table {
    let file: ULogFile
    let subscription: ULogSubscription
    let time: ULogField
    let columns: [ULogField]

    init?(_ file: ULogFile, _ topic: String, _ paths: [String]) {
      guard let subscription = file.subscription(topic), let time = file.field("timestamp", of: subscription)
      else { return nil }
      let columns = paths.compactMap { file.field($0, of: subscription) }
      guard columns.count == paths.count, subscription.count > 0 else { return nil }
      (self.file, self.subscription, self.time, self.columns) = (file, subscription, time, columns)
    }

    /// Time of a row in ns, if it can be one.
    func time(_ row: Int) -> Int64? {
      guard case .unsigned(let microseconds)? = file.value(time, row, of: subscription),
        microseconds <= UInt64(Int64.max / 1000)
      else { return nil }
      return Int64(microseconds) * 1000
    }

    /// The numbers of a row, if all are there and finite.
    func numbers(_ row: Int) -> [Double]? {
      var numbers: [Double] = []
      for column in columns {
        guard let value = file.value(column, row, of: subscription)?.double, value.isFinite else {
          return nil
        }
        numbers.append(value)
      }
      return numbers
    }
  }

  /// Rows in order of time, turned into samples; what is not finite, or out of order, is counted and left out.
  private mutating func rows<Sample>(
    _ table: Table, _ sample: ([Double]) -> Sample?
  ) -> [Timed<Sample>] {
    var result: [Timed<Sample>] = []
    var last = Int64.min
    for row in 0..<table.subscription.count {
      // A time far ahead of its neighbours is a damaged one: it would put all later rows out of order.
      let next = row + 1 < table.subscription.count ? table.time(row + 1) : nil
      guard let time = table.time(row), time > last, next.map({ $0 >= time || $0 <= last }) ?? true,
        let numbers = table.numbers(row), let value = sample(numbers)
      else {
        discardedRows += 1
        continue
      }
      last = time
      result.append(Timed(time: MonotonicTime(nanoseconds: time), sample: value))
    }
    return result
  }

  /// What PX4 writes for the relative time of a sensor that gave nothing new, or nothing at all.
  private static let invalidRelativeTime = Double(Int32.max)

  private mutating func readInertial(_ file: ULogFile) throws(LogError) {
    let gyro = (0..<3).map { "gyro_rad[\($0)]" }
    let accelerometer = (0..<3).map { "accelerometer_m_s2[\($0)]" }
    guard
      let table = Table(file, "sensor_combined", gyro + accelerometer + ["accelerometer_timestamp_relative"])
    else {
      let topics = Set(file.subscriptions.map(\.name)).sorted().joined(separator: ", ")
      throw LogError(
        .missing, "the recording has no sensor_combined with gyroscope and accelerometer",
        remedy: "Record with PX4's default logging profile. It has: \(topics.isEmpty ? "no topics" : topics)."
      )
    }
    inertial = rows(table) { row in
      row[6] == Self.invalidRelativeTime
        ? nil
        : InertialSample(
          acceleration: (Float(row[3]), Float(row[4]), Float(row[5])),
          rate: (Float(row[0]), Float(row[1]), Float(row[2])), temperature: 25)
    }
  }

  private mutating func readPressure(_ file: ULogFile) {
    if let table = Table(file, "sensor_baro", ["pressure", "temperature"]) {
      // PX4 before 1.14 logs hPa, since then Pa, under the same name. Air that anything flies in has more than
      // 20 hPa and less than 1,200.
      pressure = rows(table) { row in
        PressureSample(pressure: Float(row[0] < 2000 ? row[0] * 100 : row[0]), temperature: Float(row[1]))
      }
      pressureSource = .sensorBaro
    } else if let table = Table(file, "vehicle_air_data", ["baro_pressure_pa"]) {
      let temperature = Self.temperatureField(file).flatMap {
        Table(file, "vehicle_air_data", ["baro_pressure_pa", $0])
      }
      pressure = rows(temperature ?? table) { row in
        PressureSample(pressure: Float(row[0]), temperature: row.count > 1 ? Float(row[1]) : 15)
      }
      pressureSource = .vehicleAirData
    } else if let table = Table(
      file, "sensor_combined", ["baro_alt_meter", "baro_temp_celcius", "baro_timestamp_relative"])
    {
      readCombinedPressure(table)
    }
    if pressure.isEmpty { pressureSource = .none }
  }

  /// `vehicle_air_data` has had its temperature under two names; the first is PX4's own spelling.
  private static func temperatureField(_ file: ULogFile) -> String? {
    guard let topic = file.subscription("vehicle_air_data") else { return nil }
    return ["baro_temp_celcius", "ambient_temperature"].first { file.field($0, of: topic) != nil }
  }

  private mutating func readCombinedPressure(_ table: Table) {
    // Rows come with the gyroscope; a row has a new barometer sample when its own time says so.
    let discarded = discardedRows
    var last = Int64.min
    let samples = rows(table) { row in row }
    discardedRows = discarded
    for row in samples where row.sample[2] != Self.invalidRelativeTime {
      guard let offset = Int64(exactly: row.sample[2]) else { continue }
      let time = row.time.nanoseconds &+ offset &* 1000
      guard time > last else { continue }
      last = time
      pressure.append(
        Timed(
          time: MonotonicTime(nanoseconds: time),
          sample: PressureSample(
            pressure: Float(StandardAtmosphere.pressure(atAltitude: row.sample[0])),
            temperature: Float(row.sample[1]))))
    }
    pressureSource = .sensorCombined
  }

  private mutating func readAttitude(_ file: ULogFile) {
    guard let table = Table(file, "vehicle_attitude", (0..<4).map { "q[\($0)]" }) else { return }
    attitude = rows(table) { row in Quaternion(row[0], row[1], row[2], row[3]) }
  }
}
