extension Configuration.BalancingRobot {
  /// When a run counts as held.
  public struct Evaluation: ConfigurationSection, Equatable {
    /// The time that is judged.
    public var window: Configuration.EvaluationWindow
    /// Largest distance in m between the robot and where the commanded speed and turn rate lead.
    public var pathError: Double
  }
}

extension Configuration.BalancingRobot.Evaluation {
  private static let path = Key<Double>.number(
    "path_error_m", 0.01...100, unit: "m", standard: 0.5,
    "Largest distance between the robot and the place to which the commanded speed and turn rate lead, at any time."
  )

  static let schema = SectionSchema(
    path: "evaluation", about: "When a run counts as held.",
    keys: Configuration.EvaluationWindow.keys + [path.description])

  init?(_ section: Section) {
    let (window, path) = (Configuration.EvaluationWindow(section), section.read(Self.path))
    guard let window, let path else { return nil }
    (self.window, self.pathError) = (window, path)
  }
}
