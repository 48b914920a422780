import Files
import Signals

/// One of the entries of an object whose keys are names of the user's own.
struct NamedEntry {
  /// The name.
  var name: String
  /// What stands there.
  var value: JSON5Value
  /// Its path in the file.
  var path: String
}

extension Section {
  /// The entries of the object `name`, whose keys are the user's: parts of names of signals, each once. Nothing when it is not there; `nil`
  /// after an error was noted.
  ///
  /// - Parameters:
  ///   - most: How many there may be at most.
  ///   - anyName: Whether the keys are plain texts, and no parts of names of signals.
  func entries(_ name: String, most: Int, anyName: Bool = false) -> [NamedEntry]? {
    guard let value = value(name) else { return [] }
    let place = path.isEmpty ? name : "\(path).\(name)"
    guard case .object(let members) = value.content else {
      complain(name, "found \(value.shown), expected an object: { name: …, … }")
      return nil
    }
    guard members.count <= most else {
      complain(name, "found \(members.count) entries, expected at most \(most)")
      return nil
    }
    var entries: [NamedEntry] = []
    var lines: [String: Int] = [:]
    for member in members {
      let line = member.keyPosition.line
      if let first = lines[member.key] {
        context.complain(
          place, "\(JSON5Value.quoted(member.key)) stands here twice; first in line \(first)", line: line)
        continue
      }
      lines[member.key] = line
      guard Self.isPart(member.key) || anyName else {
        context.complain(
          place,
          "\(JSON5Value.quoted(member.key)) is no name: use small letters, digits and single underscores, "
            + "a letter first, at most 40 in all", line: line)
        continue
      }
      entries.append(NamedEntry(name: member.key, value: member.value, path: "\(place).\(member.key)"))
    }
    return entries.count == members.count ? entries : nil
  }

  /// Whether a name can be a part of the name of a signal, as those of devices, channels and blocks are.
  static func isPart(_ name: String) -> Bool {
    name.utf8.count <= 40 && !name.utf8.contains(UInt8(ascii: ".")) && Signal.isWellFormed(name)
  }

  /// The elements of the list `name`, with their paths. Nothing when it is not there; `nil` after an error was noted.
  ///
  /// - Parameter most: How many there may be at most.
  func elements(_ name: String, most: Int) -> [NamedEntry]? {
    guard let value = value(name) else { return [] }
    let place = path.isEmpty ? name : "\(path).\(name)"
    guard case .array(let elements) = value.content else {
      complain(name, "found \(value.shown), expected a list: [ …, … ]")
      return nil
    }
    guard elements.count <= most else {
      complain(name, "found \(value.shown), expected at most \(most)")
      return nil
    }
    return elements.enumerated().map { NamedEntry(name: name, value: $1, path: "\(place)[\($0)]") }
  }
}

extension JSON5Value {
  /// The members of an object; `nil` when it is none.
  var members: [JSON5Member]? {
    guard case .object(let members) = content else { return nil }
    return members
  }

  /// The text, if it is one.
  var text: String? {
    guard case .string(let text) = content else { return nil }
    return text
  }

  /// The flag, if it is one.
  var flag: Bool? {
    guard case .boolean(let flag) = content else { return nil }
    return flag
  }

  /// A text alone or a list of them, as a list; `nil` when it is neither.
  var texts: [String]? {
    switch content {
    case .string(let text): [text]
    case .array(let elements):
      elements.allSatisfy { $0.text != nil } ? elements.compactMap(\.text) : nil
    default: nil
    }
  }

  /// A list of numbers; `nil` when it is none.
  var numbers: [Double]? {
    guard case .array(let elements) = content else { return nil }
    let numbers = elements.compactMap(\.finiteNumber)
    return numbers.count == elements.count ? numbers : nil
  }
}
