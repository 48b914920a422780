extension Configuration.BalancingRobot {
  /// The estimator's filters and the wheels' measures.
  public struct Estimator: ConfigurationSection, Equatable {
    /// The attitude filter.
    public var attitude: Configuration.Attitude
    /// Radius of the wheels in m.
    public var wheelRadius: Double
    /// Distance between the points at which the wheels touch the ground, in m.
    public var track: Double
    /// Bandwidth with which the encoders correct the wheels' rates, in rad/s.
    public var encoderWeight: Double
  }
}

extension Configuration.BalancingRobot.Estimator {
  static let radius = Key<Double>.number(
    "wheel_radius_m", 0.01...0.5, unit: "m", "Radius of the wheels.")
  static let track = Key<Double>.number(
    "track_m", 0.02...2, unit: "m", "Distance between the points at which the wheels touch the ground.")
  private static let encoder = Key<Double>.number(
    "encoder_weight", 1...500, unit: "rad/s", standard: 80,
    "How fast the encoders correct the wheels' rates.")

  static let schema = SectionSchema(
    path: "estimator", about: "How attitude, speed and way are estimated.",
    keys: Configuration.Attitude.keys + [radius.description, track.description, encoder.description])

  init?(_ section: Section) {
    let attitude = Configuration.Attitude(section)
    let (radius, track, encoder) =
      (section.read(Self.radius), section.read(Self.track), section.read(Self.encoder))
    guard let attitude, let radius, let track, let encoder else { return nil }
    (self.attitude, self.wheelRadius, self.track) = (attitude, radius, track)
    encoderWeight = encoder
  }
}
