import Control
import Files
import Signals

/// Reads what signals are compared with: of conditions, of reasons not to arm, and of rest.
struct SafetyTestReader {
  let context: ReadingContext
  let kinds: SignalKinds
  /// The place of the row of safety in the list of blocks; what is written there or later is read from the tick before.
  let place: Int

  static let signalKey = Key<String>.text("signal", "The signal.")
  static let comparisons: [KeyDescription] = [
    KeyDescription(
      name: "is", expected: "true, false, a name or a list of names", unit: "", standard: "true, of a flag",
      about: "What a flag or a choice must be for it to hold."),
    KeyDescription(
      name: "above", expected: "number", unit: "that of the signal", standard: "",
      about: "It holds above this."),
    KeyDescription(
      name: "below", expected: "number", unit: "that of the signal", standard: "",
      about: "It holds below this."),
  ]
  static let schema = SectionSchema(
    path: "safety[].when[], safety[].while[], arming[].when[], at_rest[]",
    about: "A comparison. `above` and `below` together hold beyond either.",
    keys: [signalKey.description] + comparisons)
  /// Comparisons in one list at most.
  static let most = 64

  /// The comparisons at `key` of a section: a name with the comparison beside it, or a list of names and objects. `nil` after an error.
  func read(_ key: String, in section: Section) -> [SignalTest]? {
    guard let value = section.value(key) else { return [] }
    let isCompared = key == "when"
    if let name = value.text {
      // What stands beside is about `when`.
      if isCompared { return tests(name, key, in: section) }
      let path = Self.path(key, in: section)
      return kind(of: name, path).flatMap { flag(name, $0, path) }
    }
    guard case .array(let elements) = value.content, (1...Self.most).contains(elements.count) else {
      section.complain(
        key,
        "found \(value.shown), expected the name of a signal, or a list of 1 to \(Self.most) names and objects"
      )
      return nil
    }
    for comparison in Self.comparisons where isCompared && section.has(comparison.name) {
      section.complain(comparison.name, "stands beside a list: put it into the list's objects")
      return nil
    }
    var tests: [SignalTest] = []
    var isWhole = true
    for (index, element) in elements.enumerated() {
      let path = "\(Self.path(key, in: section))[\(index)]"
      if let name = element.text {
        guard let known = kind(of: name, path), let found = flag(name, known, path) else {
          isWhole = false
          continue
        }
        tests += found
      } else if let object = Section(element, path: path, schema: Self.schema, context: context),
        let name = object.read(Self.signalKey), let found = self.tests(name, "signal", in: object)
      {
        tests += found
      } else {
        isWhole = false
      }
    }
    return isWhole ? tests : nil
  }

  private static func path(_ key: String, in section: Section) -> String {
    section.path.isEmpty ? key : "\(section.path).\(key)"
  }

  private func kind(of name: String, _ path: String) -> SignalKind? {
    let plain = name.hasPrefix("previous.") ? String(name.dropFirst("previous.".count)) : name
    if let kind = kinds[plain] { return kind }
    // What is wrong with who writes it is said there.
    if !kinds.isUnknowable(plain), !context.broken.mayWrite(plain) {
      context.complain(
        path, "no signal is called \(JSON5Value.quoted(plain))" + context.hint(plain, among: kinds.names))
    }
    return nil
  }

  private func flag(_ name: String, _ kind: SignalKind, _ path: String) -> [SignalTest]? {
    switch kind {
    case .flag: return [.isSet(read(name))]
    case .choice(let names):
      context.complain(path, "\(name) is a choice: say what it is to be, `is: \"\(names.last ?? "")\"`")
    case .number, .count: context.complain(path, "\(name) is a \(kind.words): say `above` or `below` what")
    case .time, .word, .wide: context.complain(path, "\(name) is a \(kind.words), which no rule can compare")
    }
    return nil
  }

  /// The name as it is read: from the tick before where it is written later.
  private func read(_ name: String) -> String {
    guard !name.hasPrefix("previous."), let writer = kinds.writer(of: name), writer >= place else {
      return name
    }
    return "previous.\(name)"
  }

  private func tests(_ name: String, _ key: String, in section: Section) -> [SignalTest]? {
    let path = Self.path(key, in: section)
    guard let kind = kind(of: name, path) else { return nil }
    let (above, below, what) = (section.value("above"), section.value("below"), section.value("is"))
    guard above != nil || below != nil || what != nil else { return flag(name, kind, path) }
    switch kind {
    case .flag where above == nil && below == nil:
      guard let flag = what?.flag else {
        section.complain("is", "found \(what?.shown ?? ""), expected true or false: \(name) is a flag")
        return nil
      }
      return [flag ? .isSet(read(name)) : .isNotSet(read(name))]
    case .choice(let names) where above == nil && below == nil:
      return what.flatMap { choice(name, $0, names, in: section) }
    case .number where what == nil, .count where what == nil && below == nil:
      return bounds(name, kind, above, below, in: section)
    default:
      let wanted =
        switch kind {
        case .flag: "`is: true` or `is: false`"
        case .choice: "`is` and one of its values"
        case .number: "`above` or `below` and a number"
        case .count: "`above` and a number"
        case .time, .word, .wide: "another signal: no rule can compare it"
        }
      context.complain(path, "\(name) is a \(kind.words), expected \(wanted)")
      return nil
    }
  }

  private func choice(_ name: String, _ value: JSON5Value, _ names: [String], in section: Section)
    -> [SignalTest]?
  {
    guard let wanted = value.texts, !wanted.isEmpty, wanted.count <= 256 else {
      section.complain("is", "found \(value.shown), expected a value of \(name), or a list of them")
      return nil
    }
    for word in wanted where !names.contains(word) {
      section.complain(
        "is",
        "\(name) is never \(JSON5Value.quoted(word))"
          + hint(word, among: names, otherwise: "it is"))
      return nil
    }
    return [.isOneOf(read(name), wanted)]
  }

  private func bounds(
    _ name: String, _ kind: SignalKind, _ above: JSON5Value?, _ below: JSON5Value?, in section: Section
  ) -> [SignalTest]? {
    var tests: [SignalTest] = []
    if let above {
      if kind == .count {
        guard let count = above.wholeNumber.flatMap(UInt32.init(exactly:)) else {
          section.complain(
            "above", "found \(above.shown), expected a whole number from 0: \(name) is a count")
          return nil
        }
        tests.append(.moreThan(read(name), count))
      } else {
        guard let bound = above.finiteNumber, Float(bound).isFinite else {
          section.complain("above", "found \(above.shown), expected a number")
          return nil
        }
        tests.append(.above(read(name), bound))
      }
    }
    if let below {
      guard let bound = below.finiteNumber, Float(bound).isFinite else {
        section.complain("below", "found \(below.shown), expected a number")
        return nil
      }
      tests.append(.below(read(name), bound))
    }
    return tests
  }
}
