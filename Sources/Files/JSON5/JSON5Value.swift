/// A place in a text, counted from 1.
package struct TextPosition: Equatable, Sendable {
  package var line: Int
  /// In Unicode scalars.
  package var column: Int

  /// Unicode scalars in front of it.
  package var index: Int

  /// A place from its parts.
  package init(line: Int, column: Int, index: Int = 0) {
    (self.line, self.column, self.index) = (line, column, index)
  }

  /// Bytes of UTF-8 in front of it in the text that it is of.
  package func byteOffset(in text: String) -> Int {
    text.unicodeScalars.prefix(index).reduce(0) { $0 + UTF8.width($1) }
  }
}

/// A value as read from JSON5, with the place where it begins.
package struct JSON5Value: Equatable, Sendable {
  package enum Content: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// The number and how it was written.
    case number(Double, written: String)
    case string(String)
    case array([JSON5Value])
    case object([JSON5Member])
  }

  package var content: Content
  package var position: TextPosition

  /// A value from its parts.
  package init(content: Content, position: TextPosition) {
    (self.content, self.position) = (content, position)
  }

  /// The value as an error message shows it: short, on one line.
  package var shown: String {
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
  package static func quoted(_ text: String) -> String {
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
package struct JSON5Member: Equatable, Sendable {
  package var key: String
  package var keyPosition: TextPosition
  package var value: JSON5Value

  /// A member from its parts.
  package init(key: String, keyPosition: TextPosition, value: JSON5Value) {
    (self.key, self.keyPosition, self.value) = (key, keyPosition, value)
  }
}

/// Why a text is not JSON5, or not JSON.
package struct JSON5Error: Error, Equatable, Sendable {
  package var position: TextPosition
  package var message: String

  /// An error from its parts.
  package init(position: TextPosition, message: String) {
    (self.position, self.message) = (position, message)
  }
}
