import Foundation
import Testing

@testable import Files

@Suite struct FormattedTextTests {
  /// As Foundation's, also of numbers with more digits than the first try has room for.
  @Test(arguments: [0.125, -1.005, 1e-300, 1e22, 1e308, -.infinity, .nan])
  func isFoundations(value: Double) {
    for format in ["%.1f", "%6.3f", "%.4g"] {
      #expect(formatted(format, value) == String(format: format, value))
    }
  }

  @Test func timesAreUTC() throws {
    let before = Date().timeIntervalSince1970.rounded(.down)
    let parsed = try Date(currentTime(), strategy: .iso8601)
    #expect(parsed.timeIntervalSince1970 >= before && parsed.timeIntervalSince1970 <= before + 60)
    #expect(currentTime(forFileName: true).allSatisfy { $0.isNumber || $0 == "T" })
  }
}
