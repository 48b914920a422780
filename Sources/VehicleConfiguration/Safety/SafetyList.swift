import Control
import Files
import Signals

/// Reads the rules of safety of a file.
struct SafetyList {
  static let nameKey = Key<String?>.optionalText(
    "name", absent: "that of the signal",
    "Its name: the flag `safety.NAME` says whether the reaction is in force.")
  static let textKey = Key<String?>.optionalText(
    "text", absent: "the comparison", "What is wrong, for people.")
  static let delayKey = Key<Double>.number(
    "for_s", 0...3600, unit: "s", standard: 0, "How long it must hold without a break.")
  static let thenKey = Key<String>.text("then", "The name of the reaction.")
  private enum End: String, CaseIterable { case gone, disarm }
  private enum Invalid: String, CaseIterable { case last, holds, ignored }
  private static let untilKey = Key<End>.choice(
    "until", standard: .gone,
    "Whether the reaction ends when the condition has gone, or only when the vehicle is disarmed.")
  private static let invalidKey = Key<Invalid>.choice(
    "invalid", standard: .last,
    "What a signal that is not valid means: its last value counts, the condition holds, or it does not.")
  private static let startingKey = Key<Bool>.flag(
    "while_starting", standard: false, "Whether it counts while a vehicle that is not armed still starts.")
  private static let requestKey = Key<Bool>.flag(
    "takes_request_back", standard: false, "Whether it takes the request to arm back, as a kill switch does.")
  private static let forbidsKey = Key<Bool>.flag(
    "forbids_arming", standard: false, "Whether it is a reason not to arm, too.")
  static let when = KeyDescription(
    name: "when", expected: "name of a signal, or list of comparisons", unit: "", standard: nil,
    about: "It holds when this does; of a list when any does.")
  static let all = KeyDescription(
    name: "while", expected: "name of a flag, or list of comparisons", unit: "", standard: "always",
    about: "It counts only while all of these hold.")

  static let conditionSchema = SectionSchema(
    path: "safety[]", about: "What can go wrong, most important first, and what is done about it.",
    keys: [when] + SafetyTestReader.comparisons + [
      all, delayKey.description, thenKey.description, untilKey.description, nameKey.description,
      textKey.description,
      invalidKey.description, startingKey.description, requestKey.description, forbidsKey.description,
    ])
  private static let remedyKey = Key<String>.text(
    "remedy", standard: "see the configuration's arming", "What to do about it, for people.")
  static let armingSchema = SectionSchema(
    path: "arming[]", about: "Why the vehicle may not arm, most important first.",
    keys: [when] + SafetyTestReader.comparisons + [
      all, nameKey.description, textKey.description, remedyKey.description,
    ])

  let file: Section
  let reader: SafetyTestReader

  /// Conditions of a configuration at most, and reasons not to arm.
  static let most = 2048

  /// Adds what the file says to `rules`, and to `places` where each rule stands. What could not be read is left out, and safety noted as
  /// broken.
  func read(into rules: inout SafetyRules, _ places: inout BlockPlaces) {
    var isWhole = readReactions(into: &rules, &places)
    readConditions(into: &rules, &places)
    let arming = file.readElements("arming", most: Self.most)
    isWhole = isWhole && arming.isWhole
    for entry in arming.entries {
      let known = rules.arming.count
      if readArming(entry, into: &rules) {
        for rule in rules.arming[known...] { places["reason \(rule.name)"] = entry.path }
      } else {
        isWhole = false
      }
    }
    if let atRest = reader.read("at_rest", in: file) { rules.atRest += atRest } else { isWhole = false }
    if !isWhole { file.context.broken.add(owner: "safety") }
  }

  /// Adds the conditions of the file to `rules`, and to `places` where each stands.
  func readConditions(into rules: inout SafetyRules, _ places: inout BlockPlaces) {
    let conditions = file.readElements("safety", most: Self.most)
    var isWhole = conditions.isWhole
    for entry in conditions.entries {
      let known = (rules.conditions.count, rules.arming.count)
      if readCondition(entry, into: &rules) {
        for rule in rules.conditions[known.0...] { places["condition \(rule.name)"] = entry.path }
        for rule in rules.arming[known.1...] { places["reason \(rule.name)"] = entry.path }
      } else {
        isWhole = false
      }
    }
    if !isWhole { file.context.broken.add(owner: "safety") }
  }

  private func readCondition(_ entry: NamedEntry, into rules: inout SafetyRules) -> Bool {
    guard
      let section = Section(
        entry.value, path: entry.path, schema: Self.conditionSchema, context: file.context)
    else { return false }
    let (name, text) = (section.read(Self.nameKey), section.read(Self.textKey))
    let (delay, reaction) = (section.read(Self.delayKey), section.read(Self.thenKey))
    let (until, invalid) = (section.read(Self.untilKey), section.read(Self.invalidKey))
    let (starting, request) = (section.read(Self.startingKey), section.read(Self.requestKey))
    let (any, all) = (tests(in: section), reader.read("while", in: section))
    let names = rules.reactions.map(\.name)
    // A reaction that could not be read is said to be wrong.
    if let reaction, !names.contains(reaction), !file.context.broken.mention(reaction) {
      section.complain(
        "then",
        "no reaction is called \(JSON5Value.quoted(reaction))"
          + hint(reaction, among: names, otherwise: "there are"))
    }
    guard let forbids = section.read(Self.forbidsKey), let name, let text, let delay, let reaction, let until,
      let invalid, let starting, let request, let any, let all, names.contains(reaction)
    else { return false }
    guard let called = self.name(name, any, in: section, among: rules.conditions.map(\.name)) else {
      return false
    }
    rules.conditions.append(
      SafetyCondition(
        called, text: text ?? any.map(\.words).joined(separator: " or "), any: any, all: all,
        delay: Int64((delay * 1e9).rounded()), reaction: reaction, endsWhenGone: until == .gone,
        invalid: invalid == .last ? .last : invalid == .holds ? .holds : .ignored,
        countsWhileStarting: starting, takesRequestBack: request))
    if forbids {
      rules.arming.append(
        ArmingRule(
          called, text: text ?? any.map(\.words).joined(separator: " or "), remedy: "see to it, then arm",
          any: any,
          all: all))
    }
    return true
  }

  private func readArming(_ entry: NamedEntry, into rules: inout SafetyRules) -> Bool {
    guard
      let section = Section(entry.value, path: entry.path, schema: Self.armingSchema, context: file.context)
    else { return false }
    let (name, text, remedy) = (
      section.read(Self.nameKey), section.read(Self.textKey), section.read(Self.remedyKey)
    )
    let (any, all) = (tests(in: section), reader.read("while", in: section))
    guard let name, let text, let remedy, let any, let all else { return false }
    guard let called = self.name(name, any, in: section, among: rules.armingNames) else { return false }
    rules.arming.append(
      ArmingRule(
        called, text: text ?? any.map(\.words).joined(separator: " or "), remedy: remedy, any: any, all: all))
    return true
  }

  private func tests(in section: Section) -> [SignalTest]? {
    guard section.has("when") else {
      section.complain("when", "missing; expected the name of a signal, or a list of comparisons")
      return nil
    }
    return reader.read("when", in: section)
  }

  /// The name of a rule: as given, or that of its signal.
  private func name(
    _ given: String?, _ tests: [SignalTest], in section: Section, among others: [String]
  ) -> String? {
    let signal = tests.first?.signal ?? ""
    let plain = signal.hasPrefix("previous.") ? String(signal.dropFirst("previous.".count)) : signal
    let name = given ?? String(plain.map { $0 == "." ? "_" : $0 }.prefix(60))
    guard Signal.isWellFormed(name), !name.contains("."), name.utf8.count <= 60 else {
      section.complain(
        "name",
        "\(JSON5Value.quoted(name)) is no name: use small letters, digits and single underscores, a letter first"
      )
      return nil
    }
    guard !others.contains(name) else {
      section.complain(
        "name",
        "another is called \"\(name)\" already"
          + (given == nil ? ", after the signal: give one of them a name" : ": give one of them another"))
      return nil
    }
    return name
  }
}

extension SignalTest {
  /// The comparison in words.
  var words: String {
    switch self {
    case .isSet(let name): "\(name) is set"
    case .isNotSet(let name): "\(name) is not set"
    case .above(let name, let bound): "\(name) is above \(bound.shown)"
    case .below(let name, let bound): "\(name) is below \(bound.shown)"
    case .moreThan(let name, let count): "\(name) is above \(count)"
    case .isOneOf(let name, let values): "\(name) is \(values.joined(separator: " or "))"
    }
  }
}
