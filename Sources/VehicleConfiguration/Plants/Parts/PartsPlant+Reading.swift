import Control
import Files
import Signals

extension PartsPlant {
  static let mostParts = 64
  private static let wearKey = Key<Double>.number(
    "wear", 0...10, standard: 1,
    "Of `parts`: factor of all that `wear` says of parts and of what is measured.")
  private static let disturbanceKey = Key<Double>.number(
    "disturbance", 0...10, standard: 1, "Of `parts`: factor of the amplitudes of all disturbances.")
  /// Keys of `simulation`.
  static let keys = [
    KeyDescription.section(
      "parts", as: "names and objects", absent: "required of `parts`",
      "Of `parts`: what moves, at most \(mostParts) (docs/plants.md)."),
    .section(
      "measures", as: "names and objects", absent: "nothing is measured",
      "Of `parts`: what devices measure, by `\"DEVICE.CHANNEL\"`, or by `DEVICE` for all channels that have names of the part's outputs."
    ),
    .section(
      "random_commands", as: "names and objects", absent: "the profile alone",
      "Of `parts`: commands that each seed draws in place of the profile's."),
    wearKey.description, disturbanceKey.description,
  ]

  static func read(_ file: Section) -> ReadPlant? {
    guard
      let section = PlantSections.simulation(file, Configuration.SimulatedRun.schema, more: keys),
      let entries = section.entries("parts", most: mostParts)
    else { return nil }
    let (run, wear) = (Configuration.SimulatedRun(section), section.read(wearKey))
    let (disturbance, measured) = (section.read(disturbanceKey), Measurement.read(section))
    let (draws, judged) = (Draw.read(section), readEvaluation(file))
    if file.has("airframe") {
      file.complain("airframe", "a plant of parts has none: its parts say what it is; take it out")
    }
    if entries.isEmpty { section.complain("parts", "found none, expected at least one: { part: … }") }
    let parts = entries.compactMap { Part($0, section.context) }
    guard let run, let wear, let disturbance, let measured, let draws, let judged,
      parts.count == entries.count,
      !parts.isEmpty, !file.has("airframe")
    else { return nil }
    let plant = PartsPlant(
      parts: parts, measurements: measured, criteria: judged.criteria, draws: draws, wear: wear,
      disturbance: disturbance, run: run,
      window: judged.window ?? Configuration.EvaluationWindow(from: 0, until: run.duration))
    plant.checkSources(section)
    return ReadPlant(plant: plant, run: run, window: plant.window)
  }

  /// The section `evaluation`; without one nothing is judged. `nil` after an error was noted.
  private static func readEvaluation(
    _ file: Section
  ) -> (window: Configuration.EvaluationWindow?, criteria: [HeldCriterion])? {
    guard file.has("evaluation") else { return (nil, []) }
    let schema = SectionSchema(
      path: "evaluation", about: "When a run counts as held.",
      keys: Configuration.EvaluationWindow.keys + [HeldCriterion.key])
    guard let section = file.subsection("evaluation", schema: schema) else { return nil }
    let (window, criteria) = (Configuration.EvaluationWindow(section), HeldCriterion.read(section))
    guard var window, let criteria else { return nil }
    window.isJudged = true
    return (window, criteria)
  }

  /// Complains about sources and results that no part gives.
  private func checkSources(_ section: Section) {
    for part in parts {
      for input in part.kind.inputs {
        for case .output(let other, let name) in part.inputs[input.name] ?? [] {
          complain("\(section.path).parts.\(part.name).\(input.name)", other, name, section.context)
        }
      }
    }
    for measured in measurements {
      let place =
        "\(section.path).measures." + measured.device + (measured.channel.map { ".\($0)" } ?? "") + ".of"
      if let output = measured.output {
        complain(place, measured.part, output, section.context)
      } else if !parts.contains(where: { $0.name == measured.part }) {
        complain(place, measured.part, "", section.context)
      }
    }
    for (index, criterion) in criteria.enumerated() {
      complain("evaluation.held[\(index)].of", criterion.part, criterion.output, section.context)
    }
  }

  private func complain(_ path: String, _ part: String, _ output: String, _ context: ReadingContext) {
    guard let found = parts.first(where: { $0.name == part }) else {
      let hint = context.hint(part, among: parts.map(\.name))
      return context.complain(path, "there is no part \(JSON5Value.quoted(part))\(hint)")
    }
    let names = found.outputs.map(\.name)
    guard !names.contains(output) else { return }
    context.complain(
      path,
      "the part \(part) gives no \(JSON5Value.quoted(output)); it gives " + names.joined(separator: ", "))
  }
}

extension PartsPlant.Part {
  private static let kindKey = KeyDescription.section(
    "part", as: "name of a kind", "Which kind of part it is.")

  /// Reads a part; `nil` after an error was noted.
  init?(_ entry: NamedEntry, _ context: ReadingContext) {
    let names = PartTable.all.map(\.name)
    guard let members = entry.value.members, let given = members.first(where: { $0.key == "part" })?.value
    else {
      context.complain(
        entry.path,
        "found \(entry.value.shown), expected an object with `part`: one of "
          + names.joined(separator: ", "))
      return nil
    }
    guard let name = given.text, let kind = PartTable.all.named(name) else {
      context.complain(
        "\(entry.path).part",
        "found \(given.shown), expected one of " + names.joined(separator: ", ")
          + context.hint(given.text ?? "", among: names))
      return nil
    }
    var schema = kind.schema
    schema.keys.insert(Self.kindKey, at: 0)
    guard let section = Section(entry.value, path: entry.path, schema: schema, context: context) else {
      return nil
    }
    let (inputs, settings) = (Self.inputs(section, kind), Self.settings(section, kind))
    guard let wear = Self.wear(section, kind), let inputs, let settings else { return nil }
    self.init(name: entry.name, kind: kind, settings: settings, inputs: inputs, wear: wear)
  }

  private static func inputs(_ section: Section, _ kind: PartKind) -> [String: [PartsPlant.Source]]? {
    var inputs: [String: [PartsPlant.Source]] = [:]
    var isWhole = true
    for input in kind.inputs {
      guard let value = section.value(input.name) else {
        guard input.count.lowerBound > 0 else { continue }
        section.complain(
          input.name, "missing; expected an actuator, `PART.OUTPUT` or a number: \(input.about)")
        isWhole = false
        continue
      }
      let elements: [JSON5Value] = if case .array(let list) = value.content { list } else { [value] }
      let sources = elements.compactMap(PartsPlant.Source.init)
      guard sources.count == elements.count, input.count.contains(sources.count) else {
        let most = input.count.upperBound
        section.complain(
          input.name,
          "found \(value.shown), expected the name of an actuator, `PART.OUTPUT` or a number"
            + (most > 1 ? ", or a list of at most \(most) of them" : ""))
        isWhole = false
        continue
      }
      inputs[input.name] = sources
    }
    return isWhole ? inputs : nil
  }

  private static func settings(_ section: Section, _ kind: PartKind) -> BlockSettings? {
    guard let given = section.given(kind.settings) else { return nil }
    do throws(SettingErrors) {
      let settings = try BlockSettings(given, kind.settings)
      // What names its outputs itself may give them only names that others can read.
      let names = kind.outputs(settings).map(\.name)
      for (index, name) in names.enumerated() where !Section.isPart(name) || names[..<index].contains(name) {
        section.complain("outputs", "\(JSON5Value.quoted(name)) is no name, or stands there twice")
        return nil
      }
      for setting in kind.settings {
        guard case .numbers(_, let count, _) = setting.kind, count == 2...2 else { continue }
        let ends = settings.numbers(setting.name)
        guard ends.count == 2, ends[0] > ends[1] else { continue }
        section.complain(
          setting.name, "the least value, \(ends[0].shown), is above the greatest, \(ends[1].shown)")
        return nil
      }
      return settings
    } catch {
      for mistake in error.errors { section.complain(mistake.name, "\(mistake)") }
      return nil
    }
  }

  private static func wear(_ section: Section, _ kind: PartKind) -> [(setting: String, share: Double)]? {
    guard let value = section.value("wear") else { return [] }
    guard let members = value.members else {
      section.complain("wear", "found \(value.shown), expected an object: { gain: 0.1 }")
      return nil
    }
    let names = kind.settings.filter(\.kind.isNumeric).map(\.name)
    var wear: [(setting: String, share: Double)] = []
    for member in members {
      guard names.contains(member.key) else {
        section.complain(
          "wear.\(member.key)",
          "is no number of the part; those are " + names.joined(separator: ", "))
        return nil
      }
      guard let share = member.value.finiteNumber, (0...0.9).contains(share) else {
        section.complain("wear.\(member.key)", "found \(member.value.shown), expected a share, 0 to 0.9")
        return nil
      }
      wear.append((member.key, share))
    }
    return wear
  }
}

extension SettingDescription.Kind {
  /// Whether it has numbers, which may wear.
  fileprivate var isNumeric: Bool {
    switch self {
    case .number, .numbers: true
    default: false
    }
  }
}

extension PartsPlant.Source {
  /// A source as a file has it; `nil` when it is none.
  init?(_ value: JSON5Value) {
    if let number = value.finiteNumber {
      self = .number(number)
    } else if let text = value.text {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      switch parts.count {
      case 1 where Section.isPart(text): self = .actuator(text)
      case 2 where parts.allSatisfy(Section.isPart): self = .output(part: parts[0], name: parts[1])
      default: return nil
      }
    } else {
      return nil
    }
  }
}
