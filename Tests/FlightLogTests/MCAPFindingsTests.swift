import Testing

@testable import FlightLog

/// What `log verify` lists is bounded, and says so.
@Suite struct MCAPFindingsTests {
  @Test func findingsBeyondTheFirstHundredAreCounted() throws {
    var file = MCAPBuilder(profile: "ros2")
    let records = (0..<150).flatMap {
      MCAPBuilder.message(channel: 7, sequence: 0, time: UInt64($0), [UInt8(1)])
    }
    file.chunk(records)
    file.finish()
    let found = MCAPVerification(try MCAPOutline(LogBytes(file.bytes)))
    #expect(found.findings.count == MCAPVerification.limit)
    #expect(found.moreFindings >= 50)
  }
}
