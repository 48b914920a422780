extension Configuration {
  /// The time of a run that is judged: the keys that the section `evaluation` of every vehicle has.
  public struct EvaluationWindow: Sendable, Equatable {
    /// Its begin and its end in ns since the first tick.
    public var from, until: Int64
    /// Whether the file says when a run counts as held; without that, a run is measured but not judged.
    public var isJudged = false
  }
}

extension Configuration.EvaluationWindow {
  private static let fromKey = Key<Double>.number(
    "from_s", 0...86_400, unit: "s", standard: 5, "Begin of the time judged.")
  private static let untilKey = Key<Double>.number(
    "until_s", 0...86_400, unit: "s", standard: 20, "Its end.")

  /// A time that is measured and not judged.
  init(from: Int64, until: Int64) { (self.from, self.until) = (from, until) }

  static let keys = [fromKey.description, untilKey.description]

  init?(_ section: Section) {
    let (from, until) = (section.read(Self.fromKey), section.read(Self.untilKey))
    if let from, let until, from >= until {
      section.complain("until_s", "found \(until.shown), expected more than from_s, \(from.shown)")
    }
    guard let from, let until else { return nil }
    (self.from, self.until) = (Int64(from * 1e9), Int64(until * 1e9))
  }

  /// Whether `time`, in ns since the first tick, is judged.
  public func contains(_ time: Int64) -> Bool { time >= from && time < until }

  /// Complains in `file` when the time that it wants judged goes on after the end of the run.
  func check(against run: Configuration.SimulatedRun, in file: Section) {
    if file.has("evaluation"), until > run.duration {
      file.complain(
        "evaluation.until_s",
        "found \(rounded(Double(until) / 1e9, 3)), expected at most simulation.duration_s, "
          + "\(rounded(Double(run.duration) / 1e9, 3))")
    }
  }
}
