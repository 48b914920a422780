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

/// The entries of an object or a list that could be read.
struct ReadEntries {
  var entries: [NamedEntry] = []
  /// Those beyond the most that there may be, and those whose names are none.
  var refused: [NamedEntry] = []
  /// Whether nothing was wrong.
  var isWhole = true
  /// Whether there is an object or a list, or nothing.
  var isThere = true
}

extension Section {
  /// The entries of the object `name`, whose keys are the user's: parts of names of signals, each once. Nothing when it is not there; `nil`
  /// after an error was noted.
  ///
  /// - Parameters:
  ///   - most: How many there may be at most.
  ///   - anyName: Whether the keys are plain texts, and no parts of names of signals.
  func entries(_ name: String, most: Int, anyName: Bool = false) -> [NamedEntry]? {
    let read = readEntries(name, most: most, anyName: anyName)
    return read.isWhole ? read.entries : nil
  }

  /// The same, of which those that can be read are given also after an error was noted.
  func readEntries(_ name: String, most: Int, anyName: Bool = false) -> ReadEntries {
    guard let value = value(name) else { return ReadEntries() }
    let place = path.isEmpty ? name : "\(path).\(name)"
    guard case .object(let members) = value.content else {
      complain(name, "found \(value.shown), expected an object: { name: …, … }")
      return ReadEntries(isWhole: false, isThere: false)
    }
    var read = ReadEntries()
    func entry(_ member: JSON5Member) -> NamedEntry {
      NamedEntry(name: member.key, value: member.value, path: "\(place).\(member.key)")
    }
    if members.count > most {
      complain(name, "found \(members.count) entries, expected at most \(most)")
      (read.isWhole, read.refused) = (false, members[most...].map(entry))
    }
    var lines: [String: Int] = [:]
    for member in members.prefix(most) {
      let line = member.keyPosition.line
      if let first = lines[member.key] {
        context.complain(
          place, "\(JSON5Value.quoted(member.key)) stands here twice; first in line \(first)", line: line)
        read.isWhole = false
        continue
      }
      lines[member.key] = line
      guard Self.isPart(member.key) || anyName else {
        context.complain(
          place,
          "\(JSON5Value.quoted(member.key)) is no name: use small letters, digits and single underscores, "
            + "a letter first, at most 40 in all", line: line)
        read.isWhole = false
        read.refused.append(entry(member))
        continue
      }
      read.entries.append(entry(member))
    }
    return read
  }

  /// Whether a name can be a part of the name of a signal, as those of devices, channels and blocks are.
  static func isPart(_ name: String) -> Bool {
    name.utf8.count <= 40 && !name.utf8.contains(UInt8(ascii: ".")) && Signal.isWellFormed(name)
  }

  /// The elements of the list `name`, with their paths. Nothing when it is not there; `nil` after an error was noted.
  ///
  /// - Parameter most: How many there may be at most.
  func elements(_ name: String, most: Int) -> [NamedEntry]? {
    let read = readElements(name, most: most)
    return read.isWhole ? read.entries : nil
  }

  /// The same, of which the first `most` are given also after an error was noted.
  func readElements(_ name: String, most: Int) -> ReadEntries {
    guard let value = value(name) else { return ReadEntries() }
    let place = path.isEmpty ? name : "\(path).\(name)"
    guard case .array(let elements) = value.content else {
      complain(name, "found \(value.shown), expected a list: [ …, … ]")
      return ReadEntries(isWhole: false, isThere: false)
    }
    let all = elements.enumerated().map { NamedEntry(name: name, value: $1, path: "\(place)[\($0)]") }
    guard all.count > most else { return ReadEntries(entries: all) }
    complain(name, "found \(value.shown), expected at most \(most)")
    return ReadEntries(entries: Array(all.prefix(most)), refused: Array(all[most...]), isWhole: false)
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
