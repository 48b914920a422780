import Foundation
import Testing

@testable import Files

/// The parser as it reads JSON and nothing more, as models' headers are.
@Suite struct StrictJSONTests {
  @Test(arguments: [
    ("{a: 1}", "1:2 expected a name in double quotes, found \"a\""),
    ("{\"a\": 1,}", "1:9 expected a name in double quotes, found \"}\""),
    ("[1,]", "1:4 expected a JSON value, found \"]\""),
    ("'a'", "1:1 expected a JSON value, found \"'\""),
    ("{'a': 1}", "1:2 expected a name in double quotes, found \"'\""),
    ("[1 /* one */]", "1:4 expected ',' or ']' in a list"),
    ("// one\n1", "1:1 expected a JSON value, found \"/\""),
    ("\u{FEFF}1", "1:1 expected a JSON value, found \"\u{FFFD}\""),
    ("[\u{A0}1]", "1:2 expected a JSON value, found \"\u{A0}\""),
    ("+1", "1:1 \"+1\" is not a JSON value"), (".5", "1:1 \".5\" is not a JSON value"),
    ("5.", "1:1 \"5.\" is not a JSON value"), ("5.e1", "1:1 \"5.e1\" is not a JSON value"),
    ("0x10", "1:1 \"0x10\" is not a JSON value"), ("NaN", "1:1 \"NaN\" is not a JSON value"),
    ("-Infinity", "1:1 \"-Infinity\" is not a JSON value"),
    ("1e999", "1:1 a number beyond what a double holds"),
    (#""\x41""#, "1:4 an unknown escape"), (#""\0""#, "1:4 an unknown escape"),
    ("\"a\\\nb\"", "1:5 an unknown escape"), ("\"a\tb\"", "1:1 a control character within a string"),
    (#""\ud800""#, "1:8 a surrogate stands alone in a string"),
  ])
  func whatOnlyJSON5HasIsRefused(text: String, expected: String) {
    let error = #expect(throws: JSON5Error.self) { try JSON5Parser.parse(text, as: .json) }
    #expect(error.map { "\($0.position.line):\($0.position.column) \($0.message)" } == expected)
  }

  @Test func depthIsTheCallers() throws {
    let fits = String(repeating: "[", count: 5) + String(repeating: "]", count: 5)
    #expect(throws: Never.self) { try JSON5Parser.parse(fits, as: .json, maximumDepth: 5) }
    #expect(throws: JSON5Error.self) { try JSON5Parser.parse("[\(fits)]", as: .json, maximumDepth: 5) }
  }

  @Test func anErrorsPlaceCountsBytes() {
    let text = "{\"é😀\":\n x}"
    let error = #expect(throws: JSON5Error.self) { try JSON5Parser.parse(text, as: .json) }
    #expect(error?.position.byteOffset(in: text) == Array(text.utf8).firstIndex(of: UInt8(ascii: "x")))
  }

  /// What is taken is JSON for Foundation, too, and has the same value; damage to it is taken by neither or by both.
  @Test func foundationTakesWhatIsTaken() throws {
    let seed = #"{"a": [1, -2.5e-3, true, null, "x\u00e9\n\"y"], "b": {"c": {}, "d": []}, "e": 0}"#
    let pieces = [
      "'", "+", "//", "/**/", ",", "0", ".", "\\", "\u{A0}", "\t", "NaN", "\u{1}", "e", "-", "\"", "]", "}",
    ]
    var state: UInt64 = 88_172_645_463_325_252
    func below(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    var taken = 0
    for _ in 0..<3000 {
      var scalars = Array(seed.unicodeScalars)
      for _ in 0...below(2) {
        let place = below(scalars.count)
        if below(2) == 0 {
          scalars.removeSubrange(place..<min(place + 1 + below(4), scalars.count))
        } else {
          scalars.insert(contentsOf: pieces[below(pieces.count)].unicodeScalars, at: place)
        }
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      let text = String(view)
      guard let value = try? JSON5Parser.parse(text, as: .json), let ours = value.foundationValue else {
        continue
      }
      taken += 1
      #expect(
        try JSONDecoder().decode(AnyValue.self, from: Data(text.utf8)) == ours, "\(text)")
    }
    #expect(taken > 100)
  }
}
