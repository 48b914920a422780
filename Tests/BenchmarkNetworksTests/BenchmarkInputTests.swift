import Files
import BenchmarkNetworks
import LiquidModel
import Testing

@Suite struct BenchmarkInputTests {
  @Test func theSameSeedGivesTheSameFlightEverywhere() {
    let flight = BenchmarkInput(seed: 2, steps: 2000)
    #expect(flight.rows.count == 2000 * BenchmarkInput.columns)
    let digest = "0b29412119bb97b827831aebe0f80f85a0b8441f4cf26c43efbe57bc6c8222c8"
    #expect(SHA256.hexDigest(of: flight.bytes) == digest)
  }

  @Test func aLongerFlightBeginsAsAShorterOne() {
    let short = BenchmarkInput(seed: 5, steps: 10)
    #expect(BenchmarkInput(seed: 5, steps: 20).rows.starts(with: short.rows))
    #expect(BenchmarkInput(seed: 6, steps: 10).rows != short.rows)
  }

  @Test func everyInputMovesWithinItsDeclaredRange() {
    let flight = BenchmarkInput(seed: 2, steps: 20_000)
    for (index, channel) in BenchmarkInput.channels.enumerated() {
      let values = (0..<flight.steps).map { Double(flight.rows[$0 * BenchmarkInput.columns + index]) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(values.allSatisfy { channel.minimum <= $0 && $0 <= channel.maximum })
      #expect(variance.squareRoot() > 0.02, "\(channel.name) hardly moves")
      #expect(variance.squareRoot() < 2, "\(channel.name) is noise from end to end")
    }
  }

  @Test func ticksComeLateAndAreMissed() {
    let flight = BenchmarkInput(seed: 2, steps: 20_000)
    let ts = (0..<flight.steps).map { Double(flight.ts(ofStep: $0)) }
    #expect(ts.allSatisfy { $0 > 0 && $0 <= BenchmarkInput.largestTs })
    #expect(abs(ts.reduce(0, +) / Double(ts.count) - 1) < 0.03)
    #expect(Set(ts).count > 10_000)
    let missed = ts.count { $0 > 1.75 }
    #expect((100...400).contains(missed))
    #expect(ts.contains { $0 > 3 })
  }

  @Test func bytesAreLittleEndianRows() {
    let flight = BenchmarkInput(seed: 2, steps: 2)
    #expect(flight.bytes.count == 2 * BenchmarkInput.columns * 4)
    let bits = flight.rows[1].bitPattern
    #expect(flight.bytes[4..<8].elementsEqual((0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }))
  }

  @Test func theRowsAreWhatTheAccessorsGive() {
    let flight = BenchmarkInput(seed: 2, steps: 3)
    #expect(flight.inputs(ofStep: 2).elementsEqual(flight.rows[34..<50]))
    #expect(flight.ts(ofStep: 2) == flight.rows[50])
    #expect(flight.calibrationSteps.count == 3)
    #expect(flight.calibrationSteps[1].inputs == Array(flight.rows[17..<33]))
  }
}
