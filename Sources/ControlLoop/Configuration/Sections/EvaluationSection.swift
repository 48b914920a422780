extension Configuration {
  /// When a flight counts as held.
  public struct Evaluation: ConfigurationSection, Equatable {
    /// The time that is judged, in ns since the first tick.
    public var from, until: Int64
    /// Largest root-mean-square error of roll and pitch in rad.
    public var attitudeRMS: Double
    /// Largest root-mean-square error of altitude in m.
    public var altitudeRMS: Double
  }
}

extension Configuration.Evaluation {
  private static let from = Key<Double>.number(
    "from_s", 0...86_400, unit: "s", standard: 5, "Begin of the time judged.")
  private static let until = Key<Double>.number("until_s", 0...86_400, unit: "s", standard: 20, "Its end.")
  private static let attitude = Key<Double>.number(
    "attitude_rms_deg", 0.01...90, unit: "°", standard: 5, "Largest RMS error of roll and of pitch.")
  private static let altitude = Key<Double>.number(
    "altitude_rms_m", 0.001...100, unit: "m", standard: 0.3, "Largest RMS error of altitude.")

  static let schema = SectionSchema(
    path: "evaluation", about: "When a flight counts as held.",
    keys: [from.description, until.description, attitude.description, altitude.description])

  init?(_ section: Section) {
    let (from, until) = (section.read(Self.from), section.read(Self.until))
    let (attitude, altitude) = (section.read(Self.attitude), section.read(Self.altitude))
    if let from, let until, from >= until {
      section.complain("until_s", "found \(until.shown), expected more than from_s, \(from.shown)")
    }
    guard let from, let until, let attitude, let altitude else { return nil }
    (self.from, self.until) = (Int64(from * 1e9), Int64(until * 1e9))
    (self.attitudeRMS, self.altitudeRMS) = (attitude.radians, altitude)
  }
}
