import Control
import Files
import Signals

/// Blocks as a file lists them.
struct BlockList: Sendable {
  /// A block, where it stands in the file, and what it needs besides.
  struct Entry: Sendable {
    var declaration: BlockDeclaration
    /// Its path in the file, for example `blocks[3]`.
    var path: String
    /// The network that it steps; `nil` for other blocks.
    var network: NetworkFile?
    /// The units that the file says the inputs of a network have.
    var units: [StatedUnit] = []
    /// The block of the template in front of which it stands; `nil` for the end.
    var before: String?
    /// Whether something of it could not be read, and is left out.
    var isPartial = false
  }

  /// A unit that a file states of a signal that is read.
  struct StatedUnit: Sendable {
    var path, signal: String
    var unit: Unit
  }

  var entries: [Entry] = []
  /// Changes of blocks of a template: their names, and what is set.
  var changes: [Entry] = []

  /// Blocks of a configuration at most.
  static let most = 512

  static let blockKey = Key<String>.text("block", "Its kind (docs/blocks.md).")
  static let nameKey = Key<String?>.optionalText(
    "name", absent: "the kind's", "Its name, with which its signals begin.")
  static let everyKey = Key<Int>.integer(
    "every", 1...1_000_000, standard: 1, "Every how many ticks it runs.")
  static let phaseKey = Key<Int>.integer(
    "phase", 0...999_999, standard: 0, "In which of these ticks, from 0 and below `every`.")
  static let beforeKey = Key<String?>.optionalText(
    "before", absent: "at the end",
    "With `vehicle`: the template's block in front of which it stands.")
  static let common = [
    blockKey.description, nameKey.description, everyKey.description, phaseKey.description,
  ]

  /// Reads the section `blocks`. What could not be read is left out, and noted as broken.
  ///
  /// - Parameters:
  ///   - template: The blocks of the template, which may be changed; empty without one.
  ///   - isUnknown: Whether there is a template whose blocks are not known, because it could not be read.
  init(_ file: Section, template: [BlockDeclaration] = [], isUnknown: Bool = false) {
    let read = file.readElements("blocks", most: Self.most)
    if !read.isThere { file.context.broken.addAnything() }
    let names = TemplateNames(names: template.map(\.name), isUnknown: isUnknown)
    for element in read.entries {
      guard let reader = BlockReader(element, file.context) else {
        Self.note(element, file.context)
        continue
      }
      if let name = reader.name, !reader.hasKind, let block = template.first(where: { $0.name == name }) {
        if let entry = reader.change(of: block) { changes.append(entry) }
      } else if let entry = reader.block(template: names) {
        entries.append(entry)
        if entry.isPartial { Self.note(element, file.context, isPartial: true) }
      } else {
        Self.note(element, file.context)
      }
    }
    for element in read.refused { Self.note(element, file.context) }
  }

  /// Notes a block that could not be read. What reads one that is there in part is told by the program what it lacks.
  private static func note(_ element: NamedEntry, _ context: ReadingContext, isPartial: Bool = false) {
    let members = element.value.members ?? []
    let name = members.first { $0.key == "name" } ?? members.first { $0.key == "block" }
    context.broken.add(isPartial ? "" : name?.value.text ?? "", element.value)
  }

  /// The names of a template's blocks.
  struct TemplateNames {
    var names: [String]
    /// Whether they are not known.
    var isUnknown: Bool
    /// Whether there is no template.
    var isNone: Bool { names.isEmpty && !isUnknown }

    /// Whether a name may be one of them.
    func mayHave(_ name: String) -> Bool { isUnknown || names.contains(name) }
  }
}

/// Reads one block.
struct BlockReader {
  let path: String
  let context: ReadingContext
  private let members: [JSON5Member]

  /// The block at a place of the list; `nil` when it is no object, or a key stands in it twice.
  init?(_ element: NamedEntry, _ context: ReadingContext) {
    guard let members = element.value.members else {
      context.complain(element.path, "found \(element.value.shown), expected an object: { block: …, … }")
      return nil
    }
    (path, self.context, self.members) = (element.path, context, members)
    var lines: [String: Int] = [:]
    for member in members {
      if let first = lines.updateValue(member.keyPosition.line, forKey: member.key) {
        context.complain(
          "\(path).\(member.key)", "stands here twice; first in line \(first)", line: member.keyPosition.line)
        return nil
      }
    }
  }

  /// The name that is given, if it is a text.
  var name: String? { value("name")?.text }
  /// Whether the kind is given.
  var hasKind: Bool { value("block") != nil }

  func value(_ name: String) -> JSON5Value? { members.first { $0.key == name }?.value }

  func complain(_ key: String, _ message: String) { context.complain("\(path).\(key)", message) }

  private func read<Value>(_ key: Key<Value>) -> Value? {
    guard let value = value(key.name) else {
      if case .means(let value) = key.absence { return value }
      complain(key.name, "missing; expected \(key.expected)")
      return nil
    }
    switch key.convert(value) {
    case .value(let value): return value
    case .unexpected: complain(key.name, "found \(value.shown), expected \(key.expected)")
    case .wrong(let message): complain(key.name, message)
    }
    return nil
  }

  /// A block of a file's own.
  func block(template: BlockList.TemplateNames) -> BlockList.Entry? {
    guard hasKind else {
      if let name, !template.isNone {
        guard !template.isUnknown else { return nil }
        complain(
          "name",
          "the template has no block \(JSON5Value.quoted(name)) to change" + hint(name, among: template.names)
        )
      } else {
        complain("block", "missing; expected a kind of block (docs/blocks.md)")
      }
      return nil
    }
    let before = template.isNone ? .some(nil) : read(BlockList.beforeKey)
    let (kindName, every) = (read(BlockList.blockKey), read(BlockList.everyKey))
    let (phase, given) = (read(BlockList.phaseKey), read(BlockList.nameKey))
    if let before = before ?? nil, !template.mayHave(before) {
      complain(
        "before",
        "the template has no block \(JSON5Value.quoted(before))" + hint(before, among: template.names))
    }
    guard let kindName, let given else { return nil }
    let name = given ?? kindName
    guard Section.isPart(name) else {
      complain(
        given == nil ? "block" : "name",
        "\(JSON5Value.quoted(name)) is no name: use small letters, digits and single underscores, "
          + "a letter first, at most 40 in all")
      return nil
    }
    // Ganglion's own rows may stand in a file, as what a template expands to has them.
    guard template.mayHave(name) || name == kindName || !Section.reservedNames.contains(name) else {
      complain(
        given == nil ? "block" : "name",
        "\(JSON5Value.quoted(name)) is Ganglion's own: give the block another name")
      return nil
    }
    var entry = BlockList.Entry(
      declaration: BlockDeclaration(kindName, name, divisor: every ?? 1, phase: phase ?? 0), path: path,
      before: before.flatMap { $0 }.flatMap { template.names.contains($0) ? $0 : nil })
    // An unknown kind is complained about with all else that is wrong with the program.
    guard let kind = BlockTable.kind(kindName) else { return entry }
    let keys = BlockList.common.map(\.name) + (template.isNone ? [] : ["before"])
    if kindName == "network" {
      entry.isPartial = !readNetwork(into: &entry, keys)
    } else {
      entry.isPartial = !fill(&entry.declaration, kind.description, keys)
    }
    return entry
  }

  /// A change of a block of the template.
  func change(of block: BlockDeclaration) -> BlockList.Entry? {
    var entry = BlockList.Entry(declaration: block, path: path)
    guard let kind = BlockTable.kind(block.kindName) else { return nil }
    let (every, phase) = (
      value("every").map { _ in read(BlockList.everyKey) },
      value("phase").map { _ in read(BlockList.phaseKey) }
    )
    entry.declaration.divisor = (every ?? nil) ?? block.divisor
    entry.declaration.phase = (phase ?? nil) ?? block.phase
    entry.isPartial = !fill(&entry.declaration, kind.description, BlockList.common.map(\.name))
    return entry
  }

  /// Reads what is set and bound beside the keys that every block has.
  func fill(_ declaration: inout BlockDeclaration, _ kind: BlockDescription, _ keys: [String]) -> Bool {
    var isWhole = true
    var rest: [JSON5Member] = []
    for member in members where !keys.contains(member.key) {
      guard let setting = kind.settings.first(where: { $0.name == member.key }) else {
        rest.append(member)
        continue
      }
      if let value = SettingValue(member.value, setting.kind) {
        declaration.settings[member.key] = value
      } else {
        isWhole = false
        complain(member.key, refusal(member.value, setting.kind))
      }
    }
    let ports = inputNames(of: declaration)
    for member in rest {
      if let ports, !ports.contains(member.key) {
        isWhole = false
        unknown(member, among: kind.settings.map(\.name) + ports + keys)
      } else if let texts = member.value.texts {
        declaration.inputs[member.key] = texts
      } else if ports == nil {
        isWhole = false
        unknown(member, among: kind.settings.map(\.name) + keys)
      } else {
        isWhole = false
        complain(member.key, "found \(member.value.shown), expected the name of a signal, or a list of names")
      }
    }
    return isWhole
  }

  private func refusal(_ value: JSON5Value, _ kind: SettingDescription.Kind) -> String {
    if case .unit = kind, let text = value.text { return noUnit(text) }
    if case .safety = kind {
      return "rules stand in the file's sections `safety`, `arming`, `reactions` and `modes`"
    }
    return "found \(value.shown), expected \(kind.words)"
  }

  func unknown(_ member: JSON5Member, among names: [String]) {
    context.complain(
      path,
      "unknown key \(JSON5Value.quoted(member.key))"
        + hint(member.key, among: names, otherwise: "valid here:"),
      line: member.keyPosition.line)
  }

  /// The names of its inputs; `nil` when its settings do not say.
  private func inputNames(of declaration: BlockDeclaration) -> [String]? {
    guard let kind = BlockTable.kind(declaration.kindName) else { return nil }
    do throws(ProgramErrors) {
      return try ProgramBuilder.ports(of: kind, declaration.settings).inputs.map(\.name)
    } catch {
      return nil
    }
  }

  /// The members of a block, for what reads more of it.
  var all: [JSON5Member] { members }
}

extension SettingValue {
  /// The value of a setting of a kind; `nil` when it is of another type. Whether it is in range is the builder's to say.
  init?(_ value: JSON5Value, _ kind: SettingDescription.Kind) {
    switch kind {
    case .number:
      guard let number = value.finiteNumber else { return nil }
      self = .number(number)
    case .numbers:
      guard let numbers = value.numbers else { return nil }
      self = .numbers(numbers)
    case .choice:
      guard let text = value.text else { return nil }
      self = .choice(text)
    case .unit:
      guard let unit = value.text.flatMap(Unit.init) else { return nil }
      self = .unit(unit)
    case .flag:
      guard let flag = value.flag else { return nil }
      self = .flag(flag)
    case .names:
      guard let names = value.texts else { return nil }
      self = .names(names)
    case .safety: return nil
    }
  }
}
