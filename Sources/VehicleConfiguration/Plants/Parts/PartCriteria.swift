import Control
import Files
import Signals

extension HeldCriterion {
  static let key = KeyDescription.section(
    "held", as: "list of objects", absent: "only that it stays armed",
    "Of `parts`: what a run is judged by; it counts as held when all of them hold, and it is armed all the time."
  )
  private static let of = Key<String>.text("of", "What is judged: `PART.OUTPUT`.")
  private static let wanted = Key<String?>.optionalText(
    "wanted", absent: "0", "The signal that it should be, for example `setpoint.level`.")
  private static let rms = Key<Double?>.optionalNumber(
    "rms", 1e-9...1e9, absent: "see `largest`",
    "Largest root mean square of the error, in the output's unit; of an angle in degrees.")
  private static let largest = Key<Double?>.optionalNumber(
    "largest", 1e-9...1e9, absent: "see `rms`", "Largest error at any time; likewise.")
  private static let relative = Key<Bool>.flag(
    "relative", standard: false, "Whether the error counts in % of what is wanted.")
  private static let name = Key<String?>.optionalText("name", absent: "the output's", "Its name in reports.")

  static let schema = SectionSchema(
    path: "evaluation.held[]", about: "How far something may be from where it should be, while it is judged.",
    keys: [
      of.description, wanted.description, rms.description, largest.description, relative.description,
      name.description,
    ])

  /// The criteria of a section; `nil` after an error was noted.
  static func read(_ section: Section) -> [Self]? {
    guard let entries = section.elements("held", most: 16) else { return nil }
    let criteria = entries.compactMap { entry in
      Section(entry.value, path: entry.path, schema: schema, context: section.context).flatMap(Self.init)
    }
    return criteria.count == entries.count ? criteria : nil
  }

  private init?(_ section: Section) {
    let (of, wanted, name) = (section.read(Self.of), section.read(Self.wanted), section.read(Self.name))
    let (rms, largest) = (section.read(Self.rms), section.read(Self.largest))
    guard let relative = section.read(Self.relative), let of, let wanted, let name, let rms, let largest
    else {
      return nil
    }
    guard let limit = rms ?? largest, rms == nil || largest == nil else {
      section.complain(
        "rms",
        rms == nil ? "missing; expected it, or `largest`" : "stands beside `largest`: expected one of them")
      return nil
    }
    guard
      case .output(let part, let output)? = PartsPlant.Source(
        JSON5Value(content: .string(of), position: TextPosition(line: 1, column: 1)))
    else {
      section.complain("of", "found \(JSON5Value.quoted(of)), expected `PART.OUTPUT`")
      return nil
    }
    if relative, wanted == nil {
      section.complain("relative", "nothing is wanted that the error could be a share of: add `wanted`")
      return nil
    }
    if let name, !Section.isPart(name) {
      section.complain(
        "name", "found \(JSON5Value.quoted(name)), expected small letters, digits and underscores")
      return nil
    }
    self.init(
      name: name ?? output, part: part, output: output, wanted: wanted, summary: rms == nil ? .largest : .rms,
      limit: limit, isRelative: relative, isAngle: false, unit: "")
  }
}

extension PartsPlant.Draw {
  private static let range = Key<ClosedRange<Double>>.interval(
    "range", -1e9...1e9, "What is drawn, uniformly.")
  private static let every = Key<ClosedRange<Double>>.interval(
    "every_s", 0.01...1e6, unit: "s", "Time from one draw to the next.")
  static let schema = SectionSchema(
    path: "simulation.random_commands.NAME",
    about: "A command that each seed draws anew; it moves at its `rate`.",
    keys: [range.description, every.description])

  /// The draws of a section; `nil` after an error was noted.
  static func read(_ section: Section) -> [Self]? {
    guard let entries = section.entries("random_commands", most: 64) else { return nil }
    let draws = entries.compactMap { entry -> Self? in
      guard let section = Section(entry.value, path: entry.path, schema: schema, context: section.context)
      else { return nil }
      let (range, every) = (section.read(range), section.read(every))
      guard let range, let every else { return nil }
      return Self(command: entry.name, range: range, every: every)
    }
    return draws.count == entries.count ? draws : nil
  }
}

extension PartsPlant: CheckedPlant {
  /// The criteria with the units of what they judge.
  public var judgedCriteria: [HeldCriterion] {
    criteria.map { criterion in
      var whole = criterion
      let unit = output(criterion.part, criterion.output)?.unit ?? .none
      whole.isAngle = unit == .radian
      whole.unit = criterion.isRelative ? "%" : whole.isAngle ? "°" : "\(unit)"
      return whole
    }
  }

  /// Complains about actuators that a part reads and the file does not have.
  private func checkActuators(_ tables: VehicleTables, _ file: Section) {
    let names = tables.actuators.map(\.name)
    for part in parts {
      for input in part.kind.inputs {
        for case .actuator(let name) in part.inputs[input.name] ?? [] where !names.contains(name) {
          file.complain(
            "simulation.parts.\(part.name).\(input.name)",
            "there is no actuator \(JSON5Value.quoted(name))\(file.context.hint(name, among: names))")
        }
      }
    }
  }

  func check(_ tables: VehicleTables, in file: Section) {
    checkActuators(tables, file)
    _ = tables.channels(of: self, in: file)
    let names = tables.commands.signals.map(\.name)
    for draw in draws {
      guard let signal = tables.commands.signals.first(where: { $0.name == draw.command }) else {
        file.complain(
          "simulation.random_commands.\(draw.command)",
          "nobody can ask for it\(file.context.hint(draw.command, among: names))")
        continue
      }
      guard signal.lowest <= draw.range.lowerBound, draw.range.upperBound <= signal.highest else {
        file.complain(
          "simulation.random_commands.\(draw.command).range",
          "found \(draw.range.shown), expected within \((signal.lowest...signal.highest).shown), as `commands` says"
        )
        continue
      }
    }
    do throws(ProgramErrors) {
      let table = try tables.table()
      for (index, criterion) in criteria.enumerated() {
        guard let wanted = criterion.wanted else { continue }
        let path = "evaluation.held[\(index)].wanted"
        guard let signal = table[wanted] else {
          let known = table.declaredSignals.map(\.name)
          file.complain(
            path, "there is no signal \(JSON5Value.quoted(wanted))\(file.context.hint(wanted, among: known))")
          continue
        }
        guard signal.kind != .number else { continue }
        file.complain(path, "\(wanted) is a \(signal.kind.words), expected a number")
      }
    } catch {
      // What is wrong with the program is said of it.
    }
  }
}
