/// A place in a text, counted from 1.
struct TextPosition: Equatable, Sendable {
  var line: Int
  /// In Unicode scalars.
  var column: Int
}

/// A value as read from JSON5, with the place where it begins.
struct JSON5Value: Equatable, Sendable {
  enum Content: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// The number and how it was written.
    case number(Double, written: String)
    case string(String)
    case array([JSON5Value])
    case object([JSON5Member])
  }

  var content: Content
  var position: TextPosition

  /// The value as an error message shows it: short, on one line.
  var shown: String {
    switch content {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .number(_, let written): written
    case .string(let text): JSON5Value.quoted(text)
    case .array(let elements): "a list of \(elements.count)"
    case .object: "an object"
    }
  }

  /// `text` in double quotes, cut at 40 characters, without control characters, so that a hostile file cannot
  /// write to the terminal of whoever reads the error.
  static func quoted(_ text: String) -> String {
    var shown = ""
    var count = 0
    for scalar in text.unicodeScalars {
      if count == 40 {
        shown += "…"
        break
      }
      let isPlain =
        !scalar.properties.isDefaultIgnorableCodePoint && scalar.properties.generalCategory != .control
      shown.unicodeScalars.append(isPlain ? scalar : "\u{FFFD}")
      count += 1
    }
    return "\"\(shown)\""
  }
}

/// One `key: value` of an object.
struct JSON5Member: Equatable, Sendable {
  var key: String
  var keyPosition: TextPosition
  var value: JSON5Value
}

/// Why a text is not JSON5.
struct JSON5Error: Error, Equatable, Sendable {
  var position: TextPosition
  var message: String
}
