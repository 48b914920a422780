import Testing

@testable import Signals

@Suite struct NearestNameTests {
  @Test func theNearestNameIsFoundDespiteOneSlip() {
    let names = ["rate_hz", "stale_after_ms", "address"]
    #expect(nearestName(to: "rate_hs", among: names) == "rate_hz")
    #expect(nearestName(to: "adress", among: names) == "address")
    #expect(nearestName(to: "stale_aftre_ms", among: names) == "stale_after_ms")
    #expect(nearestName(to: "colour", among: names) == nil)
    #expect(editDistance("", "abc") == 3)
    #expect(editDistance("ab", "ba") == 1)
  }
}
