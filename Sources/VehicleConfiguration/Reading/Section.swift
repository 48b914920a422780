import Files
import Signals

/// What a section may hold.
struct SectionSchema: Sendable, Equatable {
  /// Where sections of this kind stand, for example `actuators.motors[]`; empty for the file itself.
  var path: String
  /// What the section is about, one sentence.
  var about: String
  /// Its keys, in the order of the reference.
  var keys: [KeyDescription]
}

/// A part of the configuration that reads itself from a section of the file.
protocol ConfigurationPart: Sendable {
  /// What the section may hold in the file of a kind of vehicle.
  static func schema(of vehicle: VehicleKind) -> SectionSchema
  /// Reads every key of `section`, so that all errors are found, and is `nil` when it cannot be whole.
  init?(_ section: Section)
}

/// A part whose section is the same whatever the vehicle, or which only one kind has.
protocol ConfigurationSection: ConfigurationPart {
  static var schema: SectionSchema { get }
}

extension ConfigurationSection {
  static func schema(of vehicle: VehicleKind) -> SectionSchema { schema }
}

/// An object in the file, on its way to becoming a part of the configuration.
struct Section {
  let path: String
  let context: ReadingContext
  private let members: [String: JSON5Member]

  /// The object `value` at `path`, whose keys must all be in `schema`; `nil` when it is no object.
  init?(_ value: JSON5Value, path: String, schema: SectionSchema, context: ReadingContext) {
    guard case .object(let list) = value.content else {
      context.complain(path, "found \(value.shown), expected an object: { … }", line: value.position.line)
      return nil
    }
    self.path = path
    self.context = context
    var members: [String: JSON5Member] = [:]
    let names = Set(schema.keys.map(\.name))
    var refused = 0
    for member in list {
      if members[member.key] == nil, names.contains(member.key) {
        members[member.key] = member
        continue
      }
      refused += 1
      if refused <= Self.mostRefusedKeys { Self.refuse(member, path, members[member.key], schema, context) }
    }
    if refused > Self.mostRefusedKeys {
      context.complain(path, "\(refused - Self.mostRefusedKeys) more keys are unknown or stand here twice")
    }
    self.members = members
  }

  /// Complaints about keys of one section, so that a hostile file does not cost minutes.
  private static let mostRefusedKeys = 20

  /// Complains about a key that is unknown, or that stands in the section for the second time.
  private static func refuse(
    _ member: JSON5Member, _ path: String, _ first: JSON5Member?, _ schema: SectionSchema,
    _ context: ReadingContext
  ) {
    let line = member.keyPosition.line
    if let first {
      return context.complain(
        join(path, member.key), "stands here twice; first in line \(first.keyPosition.line)", line: line)
    }
    let names = schema.keys.map(\.name)
    let hint =
      nearestName(to: member.key, among: names).map { "did you mean \"\($0)\"?" }
      ?? "valid here: " + names.joined(separator: ", ")
    context.complain(path, "unknown key \(JSON5Value.quoted(member.key)); \(hint)", line: line)
  }

  /// Notes that something is wrong with `name`: a key, or a path below this section.
  func complain(_ name: String, _ message: String) {
    context.complain(Self.join(path, name), message)
  }

  /// Whether `name` stands in this section.
  func has(_ name: String) -> Bool { members[name] != nil }

  /// What stands at `name`; `nil` when nothing does.
  func value(_ name: String) -> JSON5Value? { members[name]?.value }

  /// The value of `key`; `nil` after an error was noted.
  func read<Value>(_ key: Key<Value>) -> Value? {
    guard let member = members[key.name] else {
      if case .means(let value) = key.absence { return value }
      complain(key.name, "missing; expected \(key.expectedWithUnit)")
      return nil
    }
    switch key.convert(member.value) {
    case .value(let value): return value
    case .unexpected(let nearest):
      let hint = nearest.map { "; nearest: \($0)" } ?? ""
      complain(key.name, "found \(member.value.shown), expected \(key.expectedWithUnit)\(hint)")
    case .wrong(let message): complain(key.name, message)
    }
    return nil
  }

  /// The section `name`, which must be there.
  func read<Part: ConfigurationPart>(_ part: Part.Type, _ name: String) -> Part? {
    guard members[name] != nil else {
      complain(name, "missing; expected an object: { … }")
      return nil
    }
    return readOrStandard(part, name)
  }

  /// The section `name`, or `.some(nil)` when it is not there; `nil` after an error was noted.
  func readOptional<Part: ConfigurationPart>(_ part: Part.Type, _ name: String) -> Part?? {
    guard members[name] != nil else { return .some(nil) }
    return readOrStandard(part, name).map(Optional.some)
  }

  /// The section `name`; its keys take their defaults when it is not there.
  func readOrStandard<Part: ConfigurationPart>(_ part: Part.Type, _ name: String) -> Part? {
    subsection(name, schema: Part.schema(of: context.vehicle)).flatMap(Part.init)
  }

  /// The object `name`, an empty one when it is not there.
  func subsection(_ name: String, schema: SectionSchema) -> Section? {
    let empty = JSON5Value(content: .object([]), position: TextPosition(line: 1, column: 1))
    return Section(
      members[name]?.value ?? empty, path: Self.join(path, name), schema: schema, context: context)
  }

  /// The list of sections `name` that hold at most what is in `schema`; an empty one when it is not there.
  func readOptionalList<Part: ConfigurationPart>(
    _ part: Part.Type, _ name: String, count: ClosedRange<Int>, schema: SectionSchema
  ) -> [Part]? {
    guard members[name] != nil else { return [] }
    return readList(part, name, count: count, schema: schema)
  }

  /// The list of sections `name`, which must be there and hold `count` of them.
  func readList<Part: ConfigurationPart>(
    _ part: Part.Type, _ name: String, count: ClosedRange<Int>, schema: SectionSchema? = nil
  ) -> [Part]? {
    let (least, most) = (count.lowerBound, count.upperBound)
    let wanted = "a list of \(least == most ? "" : "\(least) to ")\(most) objects"
    guard let member = members[name] else {
      complain(name, "missing; expected \(wanted)")
      return nil
    }
    guard case .array(let elements) = member.value.content, count.contains(elements.count) else {
      complain(name, "found \(member.value.shown), expected \(wanted)")
      return nil
    }
    let parts = elements.enumerated().map { index, element in
      Section(
        element, path: "\(Self.join(path, name))[\(index)]",
        schema: schema ?? Part.schema(of: context.vehicle),
        context: context
      ).flatMap(Part.init)
    }
    let whole = parts.compactMap(\.self)
    return whole.count == parts.count ? whole : nil
  }

  private static func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }
}

extension Key {
  fileprivate var expectedWithUnit: String { unit.isEmpty ? expected : "\(expected) (\(unit))" }
}

extension KeyDescription {
  /// A key that holds a section or a list of them; required when `absent` is `nil`.
  static func section(
    _ name: String, as expected: String = "object", absent: String? = nil, _ about: String
  ) -> Self {
    KeyDescription(name: name, expected: expected, unit: "", standard: absent, about: about)
  }
}
