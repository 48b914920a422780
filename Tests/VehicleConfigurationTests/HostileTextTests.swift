import PortableMath
import Testing
import VehicleFixtures

@Suite struct HostileTextTests {
  @Test func hostileTextIsReadOrRefusedButNeverTraps() throws {
    let seedText = Array(try quadrotorText().unicodeScalars)
    let pieces: [[Unicode.Scalar]] = [
      "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "/*", "*/", "//", "\n", "0x", "1e999", "-", ".", "NaN",
      "Infinity", "\\u", "\\uD800", "null", "\u{0}", "\u{1F600}", "\u{2028}", "99999999999999999999",
    ].map { Array($0.unicodeScalars) }
    var random = RandomGenerator(seed: 20_251)
    func below(_ bound: Int) -> Int { Int(random.nextUniform() * Double(bound)) }
    var refused = 0
    for _ in 0..<400 {
      var text = seedText
      for _ in 0...below(6) {
        let place = below(text.count)
        switch below(3) {
        case 0: text.removeSubrange(place..<min(place + 1 + below(40), text.count))
        case 1: text.insert(contentsOf: pieces[below(pieces.count)], at: place)
        default: text[place] = pieces[below(pieces.count)][0]
        }
        if text.isEmpty { text = seedText }
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: text)
      if !complaints(about: String(view)).isEmpty { refused += 1 }
    }
    // Most damage hits something that matters; some only a comment.
    #expect(refused > 200)
    #expect(refused < 400)
  }
}
