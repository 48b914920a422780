/// Reads strict JSON (RFC 8259) of bounded depth; every error names the byte.
struct JSONReader {
  /// Deeper nesting than any model file has; bounds the recursion.
  static let maximumDepth = 16

  private let bytes: [UInt8]
  private let end: Int
  private var position: Int
  private let place: String

  /// The value that `bytes[range]` holds, with nothing but white space after it.
  ///
  /// - Parameters:
  ///   - place: what is read, for messages.
  static func read(_ bytes: [UInt8], _ range: Range<Int>, place: String) throws(ModelError) -> JSONValue {
    var reader = JSONReader(
      bytes: bytes, end: range.upperBound, position: range.lowerBound, place: place)
    return try reader.whole()
  }

  /// The value that `text` holds.
  static func read(_ text: String, place: String) throws(ModelError) -> JSONValue {
    let bytes = Array(text.utf8)
    return try read(bytes, 0..<bytes.count, place: place)
  }

  private mutating func whole() throws(ModelError) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == end else { throw error("text after the end of the JSON value") }
    return value
  }

  private func error(_ cause: String, at place: Int? = nil) -> ModelError {
    ModelError("\(self.place), byte \(place ?? position)", cause, remedy: ModelError.copyAgain)
  }

  private mutating func skipSpace() {
    while position < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private var current: UInt8? { position < end ? bytes[position] : nil }

  private mutating func value(depth: Int) throws(ModelError) -> JSONValue {
    guard depth < Self.maximumDepth else {
      throw error("JSON nested deeper than \(Self.maximumDepth) levels")
    }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try word("null")
      return .null
    case nil: throw error("the JSON text ends where a value was expected")
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString) throws(ModelError) {
    let expected = Array("\(word)".utf8)
    guard end - position >= expected.count, Array(bytes[position..<position + expected.count]) == expected
    else { throw error("expected \(word)") }
    position += expected.count
  }

  private mutating func object(depth: Int) throws(ModelError) -> JSONValue {
    var members: [String: JSONValue] = [:]
    position += 1
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipSpace()
      let start = position
      guard current == UInt8(ascii: "\"") else { throw error("expected a name in quotes") }
      let name = try string()
      guard members[name] == nil else {
        throw error("the name \(ModelError.excerpt(name)) occurs twice", at: start)
      }
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw error("expected : after a name") }
      position += 1
      members[name] = try value(depth: depth + 1)
      skipSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return .object(members)
      default: throw error("expected , or } in an object")
      }
    }
  }

  private mutating func array(depth: Int) throws(ModelError) -> JSONValue {
    var values: [JSONValue] = []
    position += 1
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return .array(values)
    }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        position += 1
        return .array(values)
      default: throw error("expected , or ] in a list")
      }
    }
  }

  private mutating func number() throws(ModelError) -> JSONValue {
    let start = position
    func digits(_ reader: inout JSONReader) -> Int {
      let first = reader.position
      while let byte = reader.current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        reader.position += 1
      }
      return reader.position - first
    }
    if current == UInt8(ascii: "-") { position += 1 }
    let leadingZero = current == UInt8(ascii: "0")
    let whole = digits(&self)
    guard whole > 0, !(leadingZero && whole > 1) else { throw error("expected a JSON value", at: start) }
    if current == UInt8(ascii: ".") {
      position += 1
      guard digits(&self) > 0 else { throw error("malformed number", at: start) }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard digits(&self) > 0 else { throw error("malformed number", at: start) }
    }
    guard position - start <= 64,
      let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
      value.isFinite
    else { throw error("a number beyond what a double holds", at: start) }
    return .number(value)
  }

  private mutating func string() throws(ModelError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw error("a string that is not UTF-8", at: start)
        }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
      case 0..<0x20: throw error("a control character within a string", at: position - 1)
      default: text.append(byte)
      }
    }
    throw error("a string without its closing quote", at: start)
  }

  private mutating func escape() throws(ModelError) -> [UInt8] {
    let start = position - 1
    guard let byte = current else { throw error("an escape cut off", at: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try hexadecimal(start)
      if (0xD800..<0xDC00).contains(code) {
        guard current == UInt8(ascii: "\\"), position + 1 < end, bytes[position + 1] == UInt8(ascii: "u")
        else {
          throw error("half a surrogate pair", at: start)
        }
        position += 2
        let low = try hexadecimal(start)
        guard (0xDC00..<0xE000).contains(low) else { throw error("half a surrogate pair", at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair", at: start) }
      return Array(String(Character(scalar)).utf8)
    default: throw error("an unknown escape", at: start)
    }
  }

  private mutating func hexadecimal(_ start: Int) throws(ModelError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("an escape without four hexadecimal digits", at: start)
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}

extension ModelError {
  /// `text` in quotes, cut short and without control characters, fit for a message on a terminal.
  static func excerpt(_ text: String) -> String {
    let visible = text.unicodeScalars.prefix(60).map {
      $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0)
    }
    return "\"" + String(visible) + (text.unicodeScalars.count > 60 ? "…" : "") + "\""
  }
}
