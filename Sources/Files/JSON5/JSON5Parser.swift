/// Reads JSON5 (https://spec.json5.org), or JSON and nothing more (RFC 8259), into a tree that knows its lines.
///
/// Foundation decodes both too, but keeps neither lines nor duplicate keys, both of which a strict
/// configuration and a model's header need; the tests hold this parser against Foundation's.
package struct JSON5Parser {
  /// What is read.
  package enum Dialect {
    case json5, json
  }

  /// Deepest nesting of arrays and objects; a text beyond it is refused, so that recursion is bounded.
  package static let maximumDepth = 32

  private let scalars: [Unicode.Scalar]
  private let isStrict: Bool
  private let mostLevels: Int
  private var index = 0
  private var line = 1
  private var lineStart = 0

  private init(_ text: String, _ dialect: Dialect, _ mostLevels: Int) {
    scalars = Array(text.unicodeScalars)
    (isStrict, self.mostLevels) = (dialect == .json, mostLevels)
  }

  /// The one value that `text` holds, nested at most `maximumDepth` deep.
  package static func parse(
    _ text: String, as dialect: Dialect = .json5, maximumDepth: Int = JSON5Parser.maximumDepth
  ) throws(JSON5Error) -> JSON5Value {
    var parser = JSON5Parser(text, dialect, maximumDepth)
    try parser.skipBlank()
    let value = try parser.parseValue(depth: 0)
    try parser.skipBlank()
    if let rest = parser.peek {
      throw parser.error("expected the end of the text, found \(Self.shown(rest))")
    }
    return value
  }

  // MARK: Values

  private mutating func parseValue(depth: Int) throws(JSON5Error) -> JSON5Value {
    let start = position
    guard let first = peek else { throw error("the text ends where a value is expected") }
    let content: JSON5Value.Content
    switch first {
    case "{": content = .object(try parseObject(depth: depth))
    case "[": content = .array(try parseArray(depth: depth))
    case "'" where isStrict: throw error("expected a JSON value, found \(Self.shown(first))")
    case "\"", "'": content = .string(try parseString())
    case "+", "-", ".", "0"..."9", "I", "N": content = try parseNumber()
    default:
      switch parseWord() {
      case "true": content = .boolean(true)
      case "false": content = .boolean(false)
      case "null": content = .null
      case "": throw error("expected a\(isStrict ? " JSON" : "") value, found \(Self.shown(first))")
      case let word:
        throw JSON5Error(
          position: start,
          message: "expected a value, found the bare word \(JSON5Value.quoted(word)); put text in quotes")
      }
    }
    return JSON5Value(content: content, position: start)
  }

  private mutating func parseObject(depth: Int) throws(JSON5Error) -> [JSON5Member] {
    try enter(depth)
    var members: [JSON5Member] = []
    while true {
      try skipBlank()
      // In JSON nothing but a member may follow a comma.
      if !isStrict || members.isEmpty, take("}") { return members }
      let keyPosition = position
      let key = try parseKey()
      try skipBlank()
      guard take(":") else { throw error("expected ':' after the key \(JSON5Value.quoted(key))") }
      try skipBlank()
      let value = try parseValue(depth: depth + 1)
      members.append(JSON5Member(key: key, keyPosition: keyPosition, value: value))
      try skipBlank()
      if take("}") { return members }
      guard take(",") else { throw error("expected ',' or '}' after the value of \(JSON5Value.quoted(key))") }
    }
  }

  private mutating func parseArray(depth: Int) throws(JSON5Error) -> [JSON5Value] {
    try enter(depth)
    var elements: [JSON5Value] = []
    while true {
      try skipBlank()
      if !isStrict || elements.isEmpty, take("]") { return elements }
      elements.append(try parseValue(depth: depth + 1))
      try skipBlank()
      if take("]") { return elements }
      guard take(",") else { throw error("expected ',' or ']' in a list") }
    }
  }

  /// Steps over an opening bracket.
  private mutating func enter(_ depth: Int) throws(JSON5Error) {
    guard depth < mostLevels else {
      throw error("nested deeper than \(mostLevels) levels")
    }
    index += 1
  }

  private mutating func parseKey() throws(JSON5Error) -> String {
    guard let first = peek else { throw error("the text ends inside an object: '}' is missing") }
    if first == "\"" || first == "'" && !isStrict { return try parseString() }
    guard !isStrict else { throw error("expected a name in double quotes, found \(Self.shown(first))") }
    let key = try parseIdentifier()
    guard !key.isEmpty else { throw error("expected a key or '}', found \(Self.shown(first))") }
    return key
  }

  /// The identifier that begins here (ECMAScript 5.1, 7.6), a part of which may be written as `\u0061`; empty when
  /// none does.
  private mutating func parseIdentifier() throws(JSON5Error) -> String {
    var word = String.UnicodeScalarView()
    while let next = peek {
      let start = position
      guard next == "\\" else {
        guard Self.isInIdentifier(next, first: word.isEmpty) else { break }
        word.append(next)
        index += 1
        continue
      }
      index += 1
      guard take("u") else {
        throw JSON5Error(
          position: start,
          message: "a key has no escapes but \\u and four hexadecimal digits; put it in quotes")
      }
      let code = try hexadecimal(digits: 4)
      guard let scalar = Unicode.Scalar(code), Self.isInIdentifier(scalar, first: word.isEmpty) else {
        throw JSON5Error(
          position: start,
          message: "the escape stands for no letter that a key can have here without quotes")
      }
      word.append(scalar)
    }
    return String(word)
  }

  /// The bare word that begins here, in which there are no escapes; empty when none does.
  private mutating func parseWord() -> String {
    var word = String.UnicodeScalarView()
    while let next = peek, Self.isInIdentifier(next, first: word.isEmpty) {
      word.append(next)
      index += 1
    }
    return String(word)
  }

  // MARK: Numbers

  private mutating func parseNumber() throws(JSON5Error) -> JSON5Value.Content {
    let start = position
    var written = String.UnicodeScalarView()
    while let next = peek, Self.isInNumber(next) {
      written.append(next)
      index += 1
    }
    let text = String(written)
    guard let value = Self.number(text), !isStrict || Self.isStrictNumber(text) else {
      let what = isStrict ? "JSON value" : "number"
      throw JSON5Error(position: start, message: "\(JSON5Value.quoted(text)) is not a \(what)")
    }
    guard !isStrict || value.isFinite && text.utf8.count <= 64 else {
      throw JSON5Error(position: start, message: "a number beyond what a double holds")
    }
    return .number(value, written: text.utf8.count <= 40 ? text : "\(value)")
  }

  private static func isInNumber(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "0"..."9", "a"..."z", "A"..."Z", "+", "-", ".": true
    default: false
    }
  }

  // MARK: Strings

  private mutating func parseString() throws(JSON5Error) -> String {
    let start = position
    guard let quote = next() else { return "" }
    var text = String.UnicodeScalarView()
    while let scalar = next() {
      switch scalar {
      case quote: return String(text)
      case "\\": try parseEscape(into: &text)
      case "\n", "\r":
        throw JSON5Error(position: start, message: "the string does not end on its line")
      case "\u{0}"..<" " where isStrict:
        throw JSON5Error(position: start, message: "a control character within a string")
      default: text.append(scalar)
      }
    }
    throw JSON5Error(position: start, message: "the string does not end")
  }

  private mutating func parseEscape(into text: inout String.UnicodeScalarView) throws(JSON5Error) {
    guard let kind = next() else { throw error("the text ends inside a string") }
    guard !isStrict || "\"\\/bfnrtu".unicodeScalars.contains(kind) else {
      throw error("an unknown escape")
    }
    switch kind {
    case "b": text.append("\u{08}")
    case "f": text.append("\u{0C}")
    case "n": text.append("\n")
    case "r": text.append("\r")
    case "t": text.append("\t")
    case "v": text.append("\u{0B}")
    case "x": text.append(try scalar(try hexadecimal(digits: 2)))
    case "u":
      var code = try hexadecimal(digits: 4)
      if (0xD800..<0xDC00).contains(code), take("\\"), take("u") {
        let low = try hexadecimal(digits: 4)
        guard (0xDC00..<0xE000).contains(low) else { throw error("a surrogate stands alone in a string") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      text.append(try scalar(code))
    case "0":
      if let digit = peek, ("0"..."9").contains(digit) { throw error("octal escapes are not JSON5") }
      text.append("\0")
    case "1"..."9": throw error("octal escapes are not JSON5")
    case "\r":
      _ = take("\n")
      startLine()
    case "\n", "\u{2028}", "\u{2029}": startLine()
    default: text.append(kind)
    }
  }

  private mutating func hexadecimal(digits: Int) throws(JSON5Error) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = peek.flatMap({ Character($0).hexDigitValue }), peek?.isASCII == true else {
        throw error("expected \(digits) hexadecimal digits in an escape")
      }
      code = code << 4 | UInt32(digit)
      index += 1
    }
    return code
  }

  private func scalar(_ code: UInt32) throws(JSON5Error) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(code) else { throw error("a surrogate stands alone in a string") }
    return scalar
  }

  // MARK: Blanks

  /// Steps over white space and comments.
  private mutating func skipBlank() throws(JSON5Error) {
    while let scalar = peek {
      switch scalar {
      case "\r":
        index += 1
        _ = take("\n")
        startLine()
      case "\n":
        index += 1
        startLine()
      case "\t", " ": index += 1
      // JSON has no other white space, and no comments.
      case _ where isStrict: return
      case "\u{2028}", "\u{2029}":
        index += 1
        startLine()
      case "/": try skipComment()
      case "\u{0B}", "\u{0C}", "\u{A0}", "\u{FEFF}": index += 1
      default:
        guard scalar.properties.generalCategory == .spaceSeparator else { return }
        index += 1
      }
    }
  }

  private mutating func skipComment() throws(JSON5Error) {
    let start = position
    index += 1
    if take("/") {
      while let scalar = peek, !["\n", "\r", "\u{2028}", "\u{2029}"].contains(scalar) { index += 1 }
      return
    }
    guard take("*") else {
      throw JSON5Error(position: start, message: "expected a comment, // or /* */, after '/'")
    }
    while let scalar = next() {
      switch scalar {
      case "*" where take("/"): return
      case "\r":
        _ = take("\n")
        startLine()
      case "\n", "\u{2028}", "\u{2029}": startLine()
      default: break
      }
    }
    throw JSON5Error(position: start, message: "the comment does not end: */ is missing")
  }

  // MARK: Scalars

  private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private mutating func next() -> Unicode.Scalar? {
    guard let scalar = peek else { return nil }
    index += 1
    return scalar
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    index += 1
    return true
  }

  private mutating func startLine() {
    line += 1
    lineStart = index
  }

  private var position: TextPosition { TextPosition(line: line, column: index - lineStart + 1, index: index) }

  private func error(_ message: String) -> JSON5Error { JSON5Error(position: position, message: message) }

  private static func shown(_ scalar: Unicode.Scalar) -> String { JSON5Value.quoted(String(scalar)) }
}
