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
  func readReactions(into rules: inout SafetyRules, _ places: inout [String: String]) -> Bool {
    guard let modes = file.elements("modes", most: 64), let reactions = file.elements("reactions", most: 64)
    else {
      return false
    }
    var isWhole = true
    if file.has("modes") { rules.modes = [] }
    for entry in modes {
      guard
        let section = Section(entry.value, path: entry.path, schema: Self.modeSchema, context: file.context),
        let name = section.read(Self.ownNameKey), let sticky = section.read(Self.stickyKey),
        let handsOver = section.read(Self.handsOverKey), let resting = section.read(Self.restingKey)
      else {
        isWhole = false
        continue
      }
      places["mode \(name)"] = entry.path
      rules.modes.append(
        SafetyMode(
          name, isSticky: sticky, handsOver: handsOver,
          restingTime: resting.map { Int64(($0 * 1e9).rounded()) }))
    }
    if file.has("reactions") { rules.reactions = [] }
    for entry in reactions {
      guard
        let section = Section(
          entry.value, path: entry.path, schema: Self.reactionSchema, context: file.context),
        let name = section.read(Self.ownNameKey), let mode = section.read(Self.modeKey),
        let handsOver = section.read(Self.handsOverKey), let stops = section.read(Self.stopsKey),
        let forbids = section.read(Self.forbidsKey)
      else {
        isWhole = false
        continue
      }
      places["reaction \(name)"] = entry.path
      rules.reactions.append(
        SafetyReaction(name, mode: mode, handsOver: handsOver, stops: stops, forbidsArming: forbids))
    }
    return isWhole
  }
}
