extension Configuration.Quadrotor {
  /// The estimator's filters.
  public struct Estimator: ConfigurationSection, Equatable {
    /// The attitude filter.
    public var attitude: Configuration.Attitude
    /// The altitude filter.
    public var altitude: AltitudeFilter
  }

  /// The altitude filter.
  public struct AltitudeFilter: ConfigurationSection, Equatable {
    /// Bandwidth with which the range finder corrects the altitude, in rad/s.
    public var rangeWeight: Double
    /// Bandwidth with which the barometer corrects the altitude, in rad/s.
    public var barometerWeight: Double
  }
}

extension Configuration.Quadrotor.Estimator {
  static let schema = SectionSchema(
    path: "estimator", about: "How attitude and altitude are estimated.",
    keys: Configuration.Attitude.keys + [.section("altitude", absent: "its defaults", "The altitude filter.")]
  )

  init?(_ section: Section) {
    let attitude = Configuration.Attitude(section)
    let altitude = section.readOrStandard(Configuration.Quadrotor.AltitudeFilter.self, "altitude")
    guard let attitude, let altitude else { return nil }
    (self.attitude, self.altitude) = (attitude, altitude)
  }
}

extension Configuration.Quadrotor.AltitudeFilter {
  private static let range = Key<Double>.number(
    "range_weight", 0.01...50, unit: "rad/s", standard: 2.5,
    "How fast the range finder corrects the altitude.")
  private static let barometer = Key<Double>.number(
    "barometer_weight", 0.01...50, unit: "rad/s", standard: 0.6,
    "How fast the barometer corrects the altitude.")

  static let schema = SectionSchema(
    path: "estimator.altitude", about: "The altitude filter.",
    keys: [range.description, barometer.description])

  init?(_ section: Section) {
    let (range, barometer) = (section.read(Self.range), section.read(Self.barometer))
    guard let range, let barometer else { return nil }
    (self.rangeWeight, self.barometerWeight) = (range, barometer)
  }
}
