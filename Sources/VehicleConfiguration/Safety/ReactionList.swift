import Control

extension SafetyRules {
  /// What a vehicle without a template may do about a fault, mildest first: say it; put every output to its safe value until the
  /// request to arm is taken back; the same, and not arm while the fault lasts.
  static let standardReactions = [
    SafetyReaction("warn"), SafetyReaction("stop", stops: true),
    SafetyReaction("disarm", stops: true, forbidsArming: true),
  ]
}

extension SafetyList {
  private static let ownNameKey = Key<String>.text("name", "Its name.")
  private static let modeKey = Key<String?>.optionalText(
    "mode", absent: "left to the others", "The mode that it leads to.")
  private static let handsOverKey = Key<Bool>.flag(
    "hands_over", standard: false, "Whether the fallback controller takes over.")
  private static let stopsKey = Key<Bool>.flag(
    "stops", standard: false,
    "Whether every output goes to its safe value, until the request to arm is taken back.")
  private static let forbidsKey = Key<Bool>.flag(
    "forbids_arming", standard: false, "Whether no vehicle arms while it is in force.")
  static let reactionSchema = SectionSchema(
    path: "reactions[]",
    about: "What may be done about a fault, mildest first. They stand in place of `warn`, `stop`, `disarm`.",
    keys: [
      ownNameKey.description, modeKey.description, handsOverKey.description, stopsKey.description,
      forbidsKey.description,
    ])
  private static let stickyKey = Key<Bool>.flag(
    "sticky", standard: false, "Whether it goes on when its reason has gone.")
  private static let restingKey = Key<Double?>.optionalNumber(
    "resting_s", 0...3600, unit: "s", absent: "never",
    "How long the vehicle must be at rest until the mode ends in disarming.")
  static let modeSchema = SectionSchema(
    path: "modes[]", about: "Modes of an armed vehicle beside `active`.",
    keys: [ownNameKey.description, stickyKey.description, handsOverKey.description, restingKey.description])

  /// Reads modes and reactions; those of the file stand in place of what `rules` has.
  func readReactions(into rules: inout SafetyRules, _ places: inout BlockPlaces) -> Bool {
    let modes = file.readElements("modes", most: 64)
    let reactions = file.readElements("reactions", most: 64)
    var isWhole = modes.isWhole && reactions.isWhole
    if file.has("modes") { rules.modes = [] }
    for entry in modes.entries {
      guard let mode = readMode(entry) else {
        isWhole = false
        file.context.broken.add("", entry.value)
        continue
      }
      places["mode \(mode.name)"] = entry.path
      rules.modes.append(mode)
    }
    if !reactions.isThere { file.context.broken.addAnything() }
    if file.has("reactions"), reactions.isThere { rules.reactions = [] }
    for entry in reactions.entries {
      guard var reaction = readReaction(entry) else {
        isWhole = false
        file.context.broken.add("", entry.value)
        continue
      }
      // A mode that could not be read is said to be wrong.
      if let mode = reaction.mode, !rules.modeNames.contains(mode), file.context.broken.mention(mode) {
        reaction.mode = nil
      }
      places["reaction \(reaction.name)"] = entry.path
      rules.reactions.append(reaction)
    }
    return isWhole
  }

  private func readMode(_ entry: NamedEntry) -> SafetyMode? {
    guard
      let section = Section(entry.value, path: entry.path, schema: Self.modeSchema, context: file.context)
    else { return nil }
    let (name, sticky) = (section.read(Self.ownNameKey), section.read(Self.stickyKey))
    let (handsOver, resting) = (section.read(Self.handsOverKey), section.read(Self.restingKey))
    guard let name, let sticky, let handsOver, let resting else { return nil }
    return SafetyMode(
      name, isSticky: sticky, handsOver: handsOver, restingTime: resting.map { Int64(($0 * 1e9).rounded()) })
  }

  private func readReaction(_ entry: NamedEntry) -> SafetyReaction? {
    guard
      let section = Section(entry.value, path: entry.path, schema: Self.reactionSchema, context: file.context)
    else { return nil }
    let (name, mode) = (section.read(Self.ownNameKey), section.read(Self.modeKey))
    let (handsOver, stops) = (section.read(Self.handsOverKey), section.read(Self.stopsKey))
    guard let forbids = section.read(Self.forbidsKey), let name, let mode, let handsOver, let stops else {
      return nil
    }
    return SafetyReaction(name, mode: mode, handsOver: handsOver, stops: stops, forbidsArming: forbids)
  }
}
