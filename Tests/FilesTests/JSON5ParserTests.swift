import Files
import Foundation
import Testing

@Suite struct JSON5ParserTests {
  private func message(_ text: String) -> String {
    do throws(JSON5Error) {
      _ = try JSON5Parser.parse(text)
      return ""
    } catch {
      return "\(error.position.line):\(error.position.column) \(error.message)"
    }
  }

  @Test(arguments: [
    "{a: 1, 'b': [true, null,], \"c\": {},}", "// comment\n[/* inner */ 1, -2.5e3, +3, .5, 5., 0x1F]",
    #"["\t \" \u00e9 \uD83D\uDE00", 'it"s']"#, "[]", "{}", " true ", "{$x_1: 'ü', ünder: 2}", "0",
    "[0.1, 123456789012345678, 1e-320, 4.9e-324]",
  ])
  func foundationReadsTheSame(text: String) throws {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    let expected = try decoder.decode(AnyValue.self, from: Data(text.utf8))
    #expect(try JSON5Parser.parse(text).foundationValue == expected)
  }

  /// What the standard allows and Foundation does not read.
  @Test(arguments: [
    (#"'\x41\'\a\/\0\v'"#, "A'a/\0\u{0B}"), ("'line \\\n on'", "line  on"), ("'a\\\r\nb'", "ab"),
    ("\u{FEFF}\u{A0}\u{2003}'blank' /**/", "blank"), ("'\u{2028}'", "\u{2028}"),
  ])
  func theRestOfTheStandardIsReadToo(text: String, expected: String) throws {
    #expect(try JSON5Parser.parse(text).foundationValue == .string(expected))
  }

  @Test func foundationReadsTheShippedConfigurationsTheSame() throws {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "firmware-configs")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json5" }
    #expect(!files.isEmpty)
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(
        try JSON5Parser.parse(text).foundationValue == decoder.decode(AnyValue.self, from: Data(text.utf8)))
    }
  }

  @Test(arguments: [
    ("", "1:1 the text ends where a value is expected"),
    ("{a: 1", "1:6 expected ',' or '}' after the value of \"a\""),
    ("{\n  a 1}", "2:5 expected ':' after the key \"a\""),
    ("[1 2]", "1:4 expected ',' or ']' in a list"),
    ("{a: north}", "1:5 expected a value, found the bare word \"north\"; put text in quotes"),
    ("[1]\n/* open", "2:1 the comment does not end: */ is missing"),
    ("'open", "1:1 the string does not end"),
    ("'two\nlines'", "1:1 the string does not end on its line"),
    ("[1] []", "1:5 expected the end of the text, found \"[\""),
    ("{a: 01}", "1:5 \"01\" is not a number"),
    ("{a: 0x}", "1:5 \"0x\" is not a number"),
    ("{a: 1e}", "1:5 \"1e\" is not a number"),
    ("{a: .}", "1:5 \".\" is not a number"),
    ("{a: +-1}", "1:5 \"+-1\" is not a number"),
    ("{a: inf}", "1:5 expected a value, found the bare word \"inf\"; put text in quotes"),
    ("'\\uD800'", "1:8 a surrogate stands alone in a string"),
    ("'\\x4'", "1:5 expected 2 hexadecimal digits in an escape"),
    ("{,}", "1:2 expected a key or '}', found \",\""),
    ("[,]", "1:2 expected a value, found \",\""),
  ])
  func whatIsWrongIsSaidWithItsPlace(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test(arguments: [
    (#"{ n\u0061me: 1 }"#, "name"), (#"{\u0061: 1}"#, "a"), (#"{a\u0031\u005F\u0024: 1}"#, "a1_$"),
    (#"{\u005f\u200D: 1}"#, "_\u{200D}"), (#"{\u00FCnder: 1}"#, "ünder"), ("{a\u{200C}b: 1}", "a\u{200C}b"),
    (#"{tru\u0065: 1}"#, "true"), (#"{a\u0301: 1}"#, "a\u{301}"),
  ])
  func aKeyMayHaveEscapes(text: String, key: String) throws {
    guard case .object(let members) = try JSON5Parser.parse(text).content else {
      return #expect(Bool(false), "no object")
    }
    #expect(members.map { Array($0.key.unicodeScalars) } == [Array(key.unicodeScalars)])
  }

  @Test(arguments: [
    (#"{n\x61me: 1}"#, "1:3 a key has no escapes but \\u and four hexadecimal digits; put it in quotes"),
    (#"{\: 1}"#, "1:2 a key has no escapes but \\u and four hexadecimal digits; put it in quotes"),
    (#"{a\u00: 1}"#, "1:7 expected 4 hexadecimal digits in an escape"),
    (#"{a\u{61}: 1}"#, "1:5 expected 4 hexadecimal digits in an escape"),
    (#"{\u0031a: 1}"#, "1:2 the escape stands for no letter that a key can have here without quotes"),
    (#"{a\u0020b: 1}"#, "1:3 the escape stands for no letter that a key can have here without quotes"),
    (#"{a\u003A 1}"#, "1:3 the escape stands for no letter that a key can have here without quotes"),
    (#"{a\uD835\uDC00: 1}"#, "1:3 the escape stands for no letter that a key can have here without quotes"),
    (#"{a\u202E: 1}"#, "1:3 the escape stands for no letter that a key can have here without quotes"),
    (#"{\u200Da: 1}"#, "1:2 the escape stands for no letter that a key can have here without quotes"),
    (#"{\u0301a: 1}"#, "1:2 the escape stands for no letter that a key can have here without quotes"),
    (#"{a: tru\u0065}"#, "1:5 expected a value, found the bare word \"tru\"; put text in quotes"),
    (#"{a: \u0074rue}"#, "1:5 expected a value, found \"\\\""),
  ])
  func anEscapeThatNoKeyCanHaveIsRefused(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test func linesEndAsTheStandardSays() throws {
    let value = try JSON5Parser.parse("[\r\n1,\r2,\n3,\u{2028}4]")
    guard case .array(let elements) = value.content else { return #expect(Bool(false), "no list") }
    #expect(elements.map(\.position.line) == [2, 3, 4, 5])
  }

  @Test func nestingIsBounded() {
    let deepest = JSON5Parser.maximumDepth
    let fits = String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
    #expect(message(fits) == "")
    #expect(message("[" + fits + "]").contains("nested deeper than \(deepest) levels"))
    #expect(message(String(repeating: "{a:[", count: 250_000)).contains("nested deeper"))
  }
}

/// A decoded value whose parts compare, to hold the parser against Foundation's.
enum AnyValue: Equatable, Decodable {
  case null
  case boolean(Bool)
  case number(Double)
  case string(String)
  case array([AnyValue])
  case object([String: AnyValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([AnyValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: AnyValue].self))
    }
  }
}

extension JSON5Value {
  /// The value without its places; `nil` when an object has a key twice.
  var foundationValue: AnyValue? {
    switch content {
    case .null: return .null
    case .boolean(let value): return .boolean(value)
    case .number(let value, _): return .number(value)
    case .string(let value): return .string(value)
    case .array(let elements):
      let values = elements.compactMap(\.foundationValue)
      return values.count == elements.count ? .array(values) : nil
    case .object(let members):
      var object: [String: AnyValue] = [:]
      for member in members {
        guard object[member.key] == nil, let value = member.value.foundationValue else { return nil }
        object[member.key] = value
      }
      return .object(object)
    }
  }
}
