/// Filters that estimate attitude.
public enum AttitudeFilter: String, CaseIterable, Sendable {
  case mahony
}

extension Configuration {
  /// The estimator's filters.
  public struct Estimator: ConfigurationSection, Equatable {
    /// Which attitude filter.
    public var attitude: AttitudeFilter
    /// Proportional gain of the attitude filter in rad/s per unit of direction error.
    public var proportionalGain: Double
    /// Integral gain, which learns the gyroscope's bias, in rad/s² per unit of direction error.
    public var integralGain: Double
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

extension Configuration.Estimator {
  private static let attitude = Key<AttitudeFilter>.choice(
    "attitude", standard: .mahony, "Attitude filter (Mahony, Hamel and Pflimlin, 2008).")
  private static let proportional = Key<Double>.number(
    "proportional_gain", 0...20, unit: "rad/s", standard: EstimatorSettings().proportionalGain,
    "How fast gravity corrects the attitude while disarmed.")
  private static let integral = Key<Double>.number(
    "integral_gain", 0...5, unit: "rad/s2", standard: EstimatorSettings().integralGain,
    "How fast gravity corrects the gyroscope's bias while disarmed.")

  static let schema = SectionSchema(
    path: "estimator", about: "How attitude and altitude are estimated.",
    keys: [
      attitude.description, proportional.description, integral.description,
      .section("altitude", absent: "its defaults", "The altitude filter."),
    ])

  init?(_ section: Section) {
    let attitude = section.read(Self.attitude)
    let (proportional, integral) = (section.read(Self.proportional), section.read(Self.integral))
    let altitude = section.readOrStandard(Configuration.AltitudeFilter.self, "altitude")
    guard let attitude, let proportional, let integral, let altitude else { return nil }
    (self.attitude, self.proportionalGain, self.integralGain) = (attitude, proportional, integral)
    self.altitude = altitude
  }
}

extension Configuration.AltitudeFilter {
  private static let range = Key<Double>.number(
    "range_weight", 0.01...50, unit: "rad/s", standard: EstimatorSettings().rangeBandwidth,
    "How fast the range finder corrects the altitude.")
  private static let barometer = Key<Double>.number(
    "barometer_weight", 0.01...50, unit: "rad/s", standard: EstimatorSettings().barometerBandwidth,
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
