extension Configuration.Quadrotor {
  /// When a flight counts as held.
  public struct Evaluation: ConfigurationSection, Equatable {
    /// The time that is judged.
    public var window: Configuration.EvaluationWindow
    /// Largest root-mean-square error of roll and pitch in rad.
    public var attitudeRMS: Double
    /// Largest root-mean-square error of altitude in m.
    public var altitudeRMS: Double
  }
}

extension Configuration.Quadrotor.Evaluation {
  private static let attitude = Key<Double>.number(
    "attitude_rms_deg", 0.01...90, unit: "°", standard: 5, "Largest RMS error of roll and of pitch.")
  private static let altitude = Key<Double>.number(
    "altitude_rms_m", 0.001...100, unit: "m", standard: 0.3, "Largest RMS error of altitude.")

  static let schema = SectionSchema(
    path: "evaluation", about: "When a flight counts as held.",
    keys: Configuration.EvaluationWindow.keys + [attitude.description, altitude.description])

  init?(_ section: Section) {
    let window = Configuration.EvaluationWindow(section)
    let (attitude, altitude) = (section.read(Self.attitude), section.read(Self.altitude))
    guard let window, let attitude, let altitude else { return nil }
    (self.window, self.attitudeRMS, self.altitudeRMS) = (window, attitude.radians, altitude)
  }
}
