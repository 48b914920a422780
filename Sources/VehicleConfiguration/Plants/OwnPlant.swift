import Control

/// A plant that another program brings: it is made of settings, as a block is, which are keys of the section `simulation`.
public protocol OwnPlant: Plant {
  /// What can be set.
  static var settings: [SettingDescription] { get }
  /// The plant of a file; `settings` are within their ranges.
  init(_ settings: BlockSettings, run: Configuration.SimulatedRun, window: Configuration.EvaluationWindow)
}

extension PlantRow {
  /// The row of a plant of one's own.
  public init<Own: OwnPlant>(_: Own.Type) {
    self.init(Own.self as any Plant.Type) { file in Own.read(file) }
  }
}

extension OwnPlant {
  fileprivate static func read(_ file: Section) -> ReadPlant? {
    let keys = settings.map { setting in
      KeyDescription.section(setting.name, as: setting.kind.words, absent: "its default", setting.about)
    }
    guard
      let section = PlantSections.simulation(file, Configuration.SimulatedRun.schema, more: keys),
      let run = Configuration.SimulatedRun(section)
    else { return nil }
    guard let given = section.given(settings) else { return nil }
    do throws(SettingErrors) {
      let settings = try BlockSettings(given, settings)
      guard let window = Self.window(file, run) else { return nil }
      return ReadPlant(plant: Self(settings, run: run, window: window), run: run, window: window)
    } catch {
      for mistake in error.errors { section.complain(mistake.name, "\(mistake)") }
      return nil
    }
  }

  /// The time that is judged: all of the run where the file says nothing, and then it is only measured.
  private static func window(
    _ file: Section, _ run: Configuration.SimulatedRun
  ) -> Configuration.EvaluationWindow? {
    guard file.has("evaluation") else {
      return Configuration.EvaluationWindow(from: 0, until: run.duration)
    }
    let schema = SectionSchema(
      path: "evaluation", about: "When a run counts as held.", keys: Configuration.EvaluationWindow.keys)
    var window = file.subsection("evaluation", schema: schema).flatMap(Configuration.EvaluationWindow.init)
    window?.isJudged = true
    return window
  }
}
