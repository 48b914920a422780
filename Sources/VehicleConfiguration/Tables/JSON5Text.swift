import Files

/// Writes JSON5 as people would: keys without quotes where they need none.
enum JSON5Text {
  /// A value on one line.
  static func line(_ value: JSON5Value) -> String {
    switch value.content {
    case .null: "null"
    case .boolean(let flag): "\(flag)"
    case .number(_, let written): written
    case .string(let text): quoted(text)
    case .array(let elements): list(elements.map(line))
    case .object(let members): object(members.map { ($0.key, line($0.value)) })
    }
  }

  /// A list of what is written already.
  static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

  /// An object of what is written already.
  static func object(_ members: [(key: String, value: String)]) -> String {
    members.isEmpty
      ? "{}" : "{ " + members.map { "\(key($0.key)): \($0.value)" }.joined(separator: ", ") + " }"
  }

  /// A number that is read as itself.
  static func number(_ value: Double) -> String { value.isFinite ? value.shown : "0" }

  /// A key, in quotes where it needs them.
  static func key(_ name: String) -> String {
    let isPlain =
      !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0))
      } && !(name.unicodeScalars.first.map { ("0"..."9").contains($0) } ?? true)
    return isPlain ? name : quoted(name)
  }

  /// A text in double quotes.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case _
      where scalar.value < 0x20 || scalar.properties.isDefaultIgnorableCodePoint
        || scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}":
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16, uppercase: true)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
