/// JSON as text, for those who write a little of it and need no Foundation.
package enum JSONText {
  /// A string with its quotes.
  package static func string(_ text: String) -> String {
    var written = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": written += "\\\""
      case "\\": written += "\\\\"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        written += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: written.unicodeScalars.append(scalar)
      }
    }
    return written + "\""
  }

  /// A number; `null` for one that JSON cannot write.
  package static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

  /// A list of what is written already.
  package static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

  /// An object of what is written already.
  package static func object(_ members: KeyValuePairs<String, String>) -> String {
    "{" + members.map { "\(string($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
  }
}
