extension Configuration {
  /// When a sensor of a kind, and each of its spares, counts as healthy.
  public struct HealthRules: Sendable, Equatable {
    /// Equal readings in a row that mean that the chip no longer measures; 0 for never.
    public var flatAfter: Int
    /// Readings in a row at the end of the range that count as saturated; 0 for never.
    public var saturatedAfter: Int
    /// Share of failed attempts above which a sensor is failing; 1 for never.
    public var errorsAbove: Double
    /// How long in ns a sensor must have been healthy before it is chosen again.
    public var goodFor: Int64
    /// Largest difference between two sensors that agree: rad/s, Pa, T or m.
    public var difference: Double
    /// The same of inertial sensors' specific forces in m/s².
    public var accelerationDifference: Double
  }
}

extension SensorKind {
  /// Equal readings of a sensor with spares that count as flat when the configuration does not say. The noise of a living
  /// chip makes ten equal readings of three or six axes as good as impossible, and five of a barometer; range finders
  /// often repeat themselves. A sensor without spares is left to its driver, which waits for more: there a false alarm
  /// costs the sensor, while with spares a late one costs the flight.
  var flatAfterWithSpares: Int {
    switch self {
    case .imu, .magnetometer: 10
    case .barometer: 5
    case .range: 0
    }
  }

  var flatKey: Key<Int?>? {
    guard self != .range else { return nil }
    return .optionalInteger(
      "flat_after", 0...100_000, absent: "\(flatAfterWithSpares) with spares, else 0",
      "Equal readings in a row that mean that the chip no longer measures; 0 leaves that to the driver, which waits for "
        + "more (docs/devices.md).")
  }

  var saturatedKey: Key<Int?>? {
    guard self == .imu else { return nil }
    return .optionalInteger(
      "saturated_after", 0...100_000, absent: "2 with spares, else 10",
      "Readings in a row within 5 % of the full scale, on any axis, that count as saturated; 0 for never.")
  }

  var differenceKey: Key<Double> {
    let about = "Largest difference between two of them that agree, on any axis, averaged over 0.2 s."
    return switch self {
    case .imu: .number("rate_difference_dps", 0.1...1000, unit: "°/s", standard: 10, about)
    case .barometer: .number("difference_pa", 1...10_000, unit: "Pa", standard: 50, about)
    case .magnetometer: .number("difference_ut", 0.1...1000, unit: "µT", standard: 20, about)
    case .range: .number("difference_m", 0.01...4, unit: "m", standard: 0.3, about)
    }
  }

  /// From the unit of `differenceKey` to SI.
  var differenceScale: Double {
    switch self {
    case .imu: .pi / 180
    case .barometer, .range: 1
    case .magnetometer: 1e-6
    }
  }

  var accelerationDifferenceKey: Key<Double>? {
    guard self == .imu else { return nil }
    return .number(
      "acceleration_difference_m_s2", 0.1...100, unit: "m/s2", standard: 2, "The same of the accelerations.")
  }

  static let errorsKey = Key<Double>.number(
    "errors_above", 0.01...1, standard: 0.3,
    "Share of failed attempts, averaged over about 50, above which the sensor counts as failing, until it is below "
      + "half of that; 1 for never.")
  static let goodForKey = Key<Double>.number(
    "good_for_s", 0...600, unit: "s", standard: 5,
    "How long a sensor that was not healthy must have been so again before it is chosen in another's place.")

  /// What the section `health` of this kind may hold.
  var healthSchema: SectionSchema {
    SectionSchema(
      path: "sensors.\(rawValue).health",
      about: "When the sensor and its spares count as healthy (docs/redundancy.md).",
      keys: [
        flatKey?.description, saturatedKey?.description, Self.errorsKey.description,
        Self.goodForKey.description, differenceKey.description, accelerationDifferenceKey?.description,
      ].compactMap(\.self))
  }
}

extension Configuration.HealthRules {
  /// Reads the section `health` of the sensor that `sensor` is about.
  init?(_ sensor: Section, of kind: SensorKind, hasSpares: Bool) {
    guard let section = sensor.subsection("health", schema: kind.healthSchema) else { return nil }
    let flat = kind.flatKey.map { section.read($0) } ?? .some(nil)
    let saturated = kind.saturatedKey.map { section.read($0) } ?? .some(nil)
    let (errors, goodFor) = (section.read(SensorKind.errorsKey), section.read(SensorKind.goodForKey))
    let difference = section.read(kind.differenceKey)
    let acceleration = kind.accelerationDifferenceKey.map { section.read($0) } ?? 0
    guard let flat, let saturated, let errors, let goodFor, let difference, let acceleration else {
      return nil
    }
    flatAfter = flat ?? (hasSpares ? kind.flatAfterWithSpares : 0)
    // Each reading at the end of the range turns the attitude by what it is short of.
    saturatedAfter = saturated ?? (hasSpares ? 2 : 10)
    errorsAbove = errors
    self.goodFor = Int64(goodFor * 1e9)
    self.difference = difference * kind.differenceScale
    accelerationDifference = acceleration
  }
}
