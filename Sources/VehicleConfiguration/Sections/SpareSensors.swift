import Devices
import Sampling

/// A kind of sensor that may have spares.
public enum SensorKind: String, CaseIterable, Sendable {
  case imu, barometer, magnetometer, range

  /// The key of the sensor itself below `sensors`, for `instance` 0, or of one of its spares.
  public func key(_ instance: Int) -> String {
    instance == 0 ? rawValue : "\(rawValue).spares[\(instance - 1)]"
  }

  /// Spares that a sensor has at most.
  static let mostSpares = 2
}

/// The section of a sensor that may have spares.
protocol SpareableSensor: ConfigurationSection, DevicePlace {
  /// Its kind.
  static var kind: SensorKind { get }
  /// Its spares, in order of priority.
  var spares: [Self] { get }
  /// How it and its spares are judged.
  var health: Configuration.HealthRules { get }
  /// The sensor itself and its spares, in order of priority.
  var instances: [Self] { get }
}

extension SpareableSensor {
  /// What the section of a spare may hold.
  static var spareSchema: SectionSchema {
    var schema = schema
    let redundancy = kind.redundancyKeys.map(\.name)
    schema.keys.removeAll { redundancy.contains($0.name) }
    return schema
  }
}

extension Configuration.InertialSensor {
  /// The sensor itself and its spares, in order of priority.
  public var instances: [Self] { [self] + spares }
}

extension Configuration.Barometer {
  /// The sensor itself and its spares, in order of priority.
  public var instances: [Self] { [self] + spares }
}

extension Configuration.Magnetometer {
  /// The sensor itself and its spares, in order of priority.
  public var instances: [Self] { [self] + spares }
}

extension Configuration.RangeFinder {
  /// The sensor itself and its spares, in order of priority.
  public var instances: [Self] { [self] + spares }
}

extension Section {
  /// The spares of the sensor that this section is about; none in the section of a spare.
  func readSpares<Sensor: SpareableSensor>(_ sensor: Sensor.Type) -> [Sensor]? {
    readOptionalList(sensor, "spares", count: 1...SensorKind.mostSpares, schema: Sensor.spareSchema)
  }
}

extension SensorKind {
  /// The keys that only the section of the sensor itself has.
  var redundancyKeys: [KeyDescription] {
    [
      .section(
        "spares", as: "list of 1 to \(SensorKind.mostSpares) such sensors", absent: "no spares",
        "Spare sensors of this kind, in order of priority, each with the keys of this section but `spares` and `health`; "
          + "the chips may differ (docs/redundancy.md)."),
      .section("health", absent: "its defaults", "When the sensor and its spares count as healthy."),
    ]
  }
}

extension Configuration.Sensors {
  /// The kinds that have spares.
  public var kindsWithSpares: [SensorKind] {
    SensorKind.allCases.filter { kind in
      switch kind {
      case .imu: !imu.spares.isEmpty
      case .barometer: barometer?.spares.isEmpty == false
      case .magnetometer: magnetometer?.spares.isEmpty == false
      case .range: range?.spares.isEmpty == false
      }
    }
  }
}

extension Configuration {
  /// Whether any sensor has spares.
  public var hasSpares: Bool { !sensors.kindsWithSpares.isEmpty }
}
