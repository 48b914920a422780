import Files
import Signals

extension CommandList {
  private static let sourceKey = Key<CommandSource.Kind>.choice(
    "source",
    "Where commands come from: `\"profile\"`, a list of times; `\"socket\"`, programs on this machine; `\"receiver\"`, a radio at a serial port; "
      + "`\"gamepad\"`.")
  private static let nameKey = Key<String?>.optionalText(
    "name", absent: "what `source` says", "The name with which its signals begin.")
  private static let staleKey = Key<Int>.integer(
    "stale_after_ms", 10...60_000, unit: "ms", standard: 500,
    "Age from which what it asked for counts no more.")
  private static let holdKey = Key<Int>.integer(
    "hold_ms", 0...60_000, unit: "ms", standard: 300,
    "How long commands stay as they are when all sources are lost; of the first source.")

  /// What an entry of `commands` may hold.
  static let schema = SectionSchema(
    path: "commands[]",
    about: "A source of commands, the one that always wins first (docs/commands.md).",
    keys: [
      sourceKey.description, nameKey.description,
      .section(
        "signals", as: "names and objects", absent: "only `arm`, or what another source has",
        "What can be asked for besides arming: each is the signal `setpoint.NAME`. It stands in one of the sources, and holds for all."
      ),
      .section(
        "flags", as: "list of names", absent: "none",
        "Flags that can be set: each is the signal `setpoint.NAME`."),
      staleKey.description, holdKey.description, CommandProfile.stepsKey,
    ] + PilotKeys.all)
  private static let most = 8

  /// The sources of commands of a file. Those that could not be read are left out, and noted as broken.
  ///
  /// - Parameter given: What the template's vehicle can be asked for, and its profile; `nil` without a template.
  static func read(_ file: Section, template given: CommandList? = nil) -> CommandList {
    let read = file.readElements("commands", most: most)
    var list = given ?? CommandList()
    var isWhole = read.isWhole
    var sections: [(section: Section, kind: CommandSource.Kind?)] = []
    for entry in read.entries {
      guard let section = Section(entry.value, path: entry.path, schema: schema, context: file.context) else {
        isWhole = false
        continue
      }
      sections.append((section, section.read(sourceKey)))
    }
    for (section, _) in sections where !list.readSignals(section, isTemplate: given != nil) {
      isWhole = false
    }
    let named = sections.flatMap { $0.section.value("signals")?.members?.map(\.key) ?? [] }
    var sources: [CommandSource] = []
    for (index, (section, kind)) in sections.enumerated() {
      if let kind,
        let source = list.readSource(section, kind, isFirst: index == 0, beside: sources, named: named)
      {
        sources.append(source)
      } else {
        isWhole = false
        file.context.broken.add(owner: section.value("name")?.text ?? section.value("source")?.text ?? "")
      }
    }
    // Which sources there are decides which signals the row that chooses among them has.
    if !isWhole { file.context.broken.add(owner: owner) }
    list.isWhole = isWhole
    // The template's profile comes behind those who are named.
    list.sources = sources + list.sources
    return list
  }

  private mutating func readSignals(_ section: Section, isTemplate: Bool) -> Bool {
    let (read, areRead) = CommandSignal.read(section)
    var isWhole = areRead
    for signal in read {
      guard !signals.contains(where: { $0.name == signal.name }) else {
        section.complain(
          "signals",
          isTemplate
            ? "\"\(signal.name)\" is the template's already"
            : "\"\(signal.name)\" stands in another source already")
        isWhole = false
        continue
      }
      signals.append(signal)
    }
    guard let value = section.value("flags") else { return isWhole }
    guard let names = value.texts, names.allSatisfy(Section.isPart), names.count <= 16 else {
      section.complain("flags", "found \(value.shown), expected a list of at most 16 names")
      return false
    }
    for name in names {
      guard !flags.contains(name), !signals.contains(where: { $0.name == name }),
        !CommandSignal.reserved.contains(name)
      else {
        section.complain("flags", "\"\(name)\" is taken: give the flag another name")
        isWhole = false
        continue
      }
      flags.append(name)
    }
    return isWhole
  }

  private mutating func readSource(
    _ section: Section, _ kind: CommandSource.Kind, isFirst: Bool, beside others: [CommandSource],
    named: [String]
  ) -> CommandSource? {
    let (name, stale, hold) = (
      section.read(Self.nameKey), section.read(Self.staleKey), section.read(Self.holdKey)
    )
    guard let name, let stale, let hold else { return nil }
    if isFirst { self.hold = Int64(hold) * 1_000_000 }
    let used = kind == .profile ? kind.rawValue : name ?? kind.rawValue
    guard Section.isPart(used), !Section.reservedNames.contains(used) else {
      section.complain(
        "name", "found \(JSON5Value.quoted(used)), expected a name of your own, of small letters and digits")
      return nil
    }
    guard !(others + sources).contains(where: { $0.name == used }) else {
      section.complain("name", "a second source called \"\(used)\": give it a name of its own")
      return nil
    }
    var source = CommandSource(
      name: used, path: section.path, kind: kind, staleAfter: Int64(stale) * 1_000_000, signals: signals,
      flags: flags)
    switch kind {
    case .receiver, .gamepad:
      guard let pilot = PilotKeys.read(section, name: used, kind, signals, flags: flags) else { return nil }
      source.take(pilot)
    case .profile, .socket:
      if let key = PilotKeys.names.first(where: section.has) {
        section.complain(key, "only a receiver or a gamepad has it")
        return nil
      }
    }
    if kind == .profile || (kind == .receiver && section.has("steps")) {
      // What could not be read is known to be a name; what no stick gives is no name of a pilot's.
      let unread = named.filter { name in !signals.contains { $0.name == name } }
      guard let read = CommandProfile(section, kind == .profile ? signals : source.signals, named: unread)
      else {
        return nil
      }
      if kind == .profile { profile = read } else { source.hands = read }
    } else if section.has("steps") {
      section.complain("steps", "only a profile has steps, and a receiver, for a simulated pilot")
      return nil
    }
    return source
  }
}

extension VehicleTables {
  /// Complains when nothing is done about the loss of all who command: whoever can be lost, will be.
  func checkLostCommands(_ file: Section) {
    guard commands.isChosen, commands.isWhole else { return }
    let lost = "\(CommandList.owner).lost"
    let isSeen = rules.conditions.contains { condition in
      (condition.any + condition.all).contains { $0.signal == lost || $0.signal == "previous.\(lost)" }
    }
    guard !isSeen else { return }
    let reactions = rules.reactions.map(\.name).filter { $0 != "warn" }
    file.complain(
      "safety",
      "nothing is done when all who command are lost: add a condition { when: \"\(lost)\", then: … } with one of "
        + reactions.map { "\"\($0)\"" }.joined(separator: ", "))
  }
}
