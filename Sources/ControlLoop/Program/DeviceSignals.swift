import Control
import HardwareInterfaces
import Signals

/// What a device's sample has, as signals.
struct SampleSignals {
  /// What is measured and may be compared with a spare's: name and unit.
  var channels: [(name: String, unit: Unit)]
  /// What is measured and only handed on.
  var other: (name: String, unit: Unit)?
  /// The flag that says whether there is something to compare.
  var seen: String?

  static let inertial = SampleSignals(
    channels: ["x", "y", "z"].map { ("acceleration_\($0)", .metrePerSecondSquared) }
      + ["x", "y", "z"].map { ("rate_\($0)", .radianPerSecond) },
    other: ("temperature", .degreeCelsius))
  static let pressure = SampleSignals(
    channels: [("pressure", .pascal)], other: ("temperature", .degreeCelsius))
  static let magnetic = SampleSignals(channels: ["x", "y", "z"].map { ("field_\($0)", .tesla) })
  static let range = SampleSignals(channels: [("distance", .metre)], seen: "seen")
  static let power = SampleSignals(channels: [("voltage", .volt), ("current", .ampere)])
  static let angle = SampleSignals(channels: [("angle", .radian)])

  /// The signals of a device called `name` that gives such samples.
  func signals(of name: String) -> [Signal] {
    let origin = SignalOrigin.device(name, bus: 0)
    var signals = [
      Signals.Signal("\(name).time", .time, unit: .nanosecond, from: origin, about: "when it was read"),
      Signals.Signal("\(name).count", .count, from: origin, about: "readings so far"),
      Signals.Signal("\(name).fault", .deviceFault, from: origin),
      Signals.Signal("\(name).present", .flag, from: origin, about: "unset in a recording that lacks it"),
    ]
    signals += channels.map { Signals.Signal("\(name).\($0.name)", .number, unit: $0.unit, from: origin) }
    if let other {
      signals.append(Signals.Signal("\(name).\(other.name)", .number, unit: other.unit, from: origin))
    }
    if let seen {
      signals.append(Signals.Signal("\(name).\(seen)", .flag, from: origin, about: "whether it saw a target"))
    }
    return signals
  }

  /// What a voter or a health check reads of the device called `name`.
  func inputs(of name: String, suffix: String = "") -> [String: [String]] {
    var inputs = [
      "channels\(suffix)": channels.map { "\(name).\($0.name)" }, "read_at\(suffix)": ["\(name).time"],
      "count\(suffix)": ["\(name).count"], "fault\(suffix)": ["\(name).fault"],
      "present\(suffix)": ["\(name).present"],
    ]
    if let other { inputs["other\(suffix)"] = ["\(name).\(other.name)"] }
    if let seen { inputs["comparable\(suffix)"] = ["\(name).\(seen)"] }
    return inputs
  }
}

/// The devices and the sensor rows of a vehicle's program, as far as they were put together.
struct SensorRows {
  var signals: [Signal] = []
  var blocks: [BlockDeclaration] = []
  /// The flags of the rows that choose among devices, or judge one.
  var voters: [String] = []
  var judges: [String] = []

  /// A device without spares: its readings are young or not.
  mutating func add(_ name: String, _ sample: SampleSignals, staleAfter: Int64) {
    signals += sample.signals(of: name)
    addFreshness(name, staleAfter: staleAfter)
  }

  /// A sensor that may have spares: devices `NAME_0`, `NAME_1` ... and a voter `NAME` where there is a choice, else a device
  /// `NAME` and a row that judges it.
  mutating func add<Sensor: SpareableSensor>(
    _ name: String, _ sample: SampleSignals, _ sensor: Sensor, fullScale: [Double] = [], difference: [Double],
    largestOffset: [Double]
  ) {
    let instances = sensor.instances
    var settings: [String: SettingValue] = [
      "stale_after": .numbers(instances.map { Double($0.staleAfter) * 1e-9 }),
      "period": .numbers(instances.map { Double(1_000_000_000 / Int64(max($0.rateHz, 1))) * 1e-9 }),
      "full_scale": .numbers(fullScale), "flat_after": .number(Double(sensor.health.flatAfter)),
      "saturated_after": .number(Double(sensor.health.saturatedAfter)),
      "errors_above": .number(sensor.health.errorsAbove),
    ]
    if instances.count > 1 || sensor.health.flatAfter > 0 {
      var inputs: [String: [String]] = [:]
      for instance in instances.indices {
        signals += sample.signals(of: "\(name)_\(instance)")
        inputs.merge(sample.inputs(of: "\(name)_\(instance)", suffix: "_\(instance)")) { $1 }
      }
      settings["instances"] = .number(Double(instances.count))
      settings["channels"] = .names(sample.channels.map(\.name))
      settings["other"] = .names(sample.other.map { [$0.name] } ?? [])
      settings["seen"] = .names(sample.seen.map { [$0] } ?? [])
      settings["good_for"] = .number(Double(sensor.health.goodFor) * 1e-9)
      (settings["difference"], settings["largest_offset"]) = (.numbers(difference), .numbers(largestOffset))
      blocks.append(BlockDeclaration("voter", name, settings: settings, inputs: inputs))
      voters.append(name)
    } else {
      signals += sample.signals(of: name)
      blocks.append(
        BlockDeclaration("health", "\(name)_health", settings: settings, inputs: sample.inputs(of: name)))
      judges.append("\(name)_health")
    }
    addFreshness(name, staleAfter: sensor.longestStaleAfter)
  }

  private mutating func addFreshness(_ name: String, staleAfter: Int64) {
    blocks.append(
      BlockDeclaration(
        "freshness", "\(name)_freshness", settings: ["stale_after": .number(Double(staleAfter) * 1e-9)],
        inputs: [
          "read_at": ["\(name).time"], "count": ["\(name).count"], "fault": ["\(name).fault"],
          "present": ["\(name).present"],
        ]))
  }
}

extension SensorRows {
  /// The rows of the sensors of a configuration. What no tick uses is judged only where sensors have spares.
  init(_ configuration: Configuration) {
    let sensors = configuration.sensors
    var ends: [Double] = []
    for instance in sensors.imu.instances {
      let force = Double(0.95 * (Float(instance.accelRangeG) * 9.80665))
      let rate = Double(0.95 * Float(Double(instance.gyroRangeDps).radians))
      ends += [force, force, force, rate, rate, rate]
    }
    let health = sensors.imu.health
    // Offsets of up to 20 °/s and 0.2 g are what datasheets allow.
    add(
      "imu", .inertial, sensors.imu, fullScale: ends,
      difference: Array(repeating: health.accelerationDifference, count: 3)
        + Array(repeating: health.difference, count: 3),
      largestOffset: [2, 2, 2, 0.35, 0.35, 0.35])
    if let sensor = sensors.barometer {
      // 300 Pa is the worst that two good chips differ by.
      add("barometer", .pressure, sensor, difference: [sensor.health.difference], largestOffset: [300])
    }
    if let sensor = sensors.magnetometer, configuration.hasSpares {
      // Each has iron of its own beside it.
      add(
        "magnetometer", .magnetic, sensor, difference: Array(repeating: sensor.health.difference, count: 3),
        largestOffset: [100e-6, 100e-6, 100e-6])
    }
    if let sensor = sensors.range {
      // One may sit lower than the other.
      add("range", .range, sensor, difference: [sensor.health.difference], largestOffset: [0.3])
    }
    if let sensor = sensors.power { add("power", .power, staleAfter: sensor.staleAfter) }
    if let sensor = sensors.leftEncoder { add("left_encoder", .angle, staleAfter: sensor.staleAfter) }
    if let sensor = sensors.rightEncoder { add("right_encoder", .angle, staleAfter: sensor.staleAfter) }
    for wheel in ["left", "right"] {
      let name = "\(wheel)_encoder"
      guard signals.contains(where: { $0.name == "\(name).angle" }) else { continue }
      signals.append(
        Signals.Signal("\(name).magnet", .choice(["good", "weak", "strong"]), from: .device(name, bus: 0)))
    }
    if sensors.power != nil { blocks.append(BlockDeclaration("last_voltage", "battery")) }
  }
}
