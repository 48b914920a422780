import ControlLoop
import Testing

@testable import FlightLog

@Suite struct MCAPRecoveryTests {
  private func recover(_ bytes: [UInt8]) throws -> (bytes: [UInt8], recovery: MCAPRecovery) {
    let sink = MemoryLogSink()
    let recovery = try MCAPRecovery(MCAPOutline(LogBytes(bytes)), to: sink)
    return (sink.bytes, recovery)
  }

  @Test func aSoundLogIsRewrittenByteForByte() throws {
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(300))
    let result = try recover(log)
    #expect(result.bytes == log)
    #expect(result.recovery.damages.isEmpty)
  }

  @Test func aCutLogBecomesSoundAgain() throws {
    let ticks = SyntheticFlight.ticks(300)
    let log = try SyntheticFlight.log(ticks)
    let result = try recover(Array(log[..<(log.count * 2 / 3)]))
    #expect(result.recovery.lostBytes > 0)
    let outline = try MCAPOutline(LogBytes(result.bytes))
    #expect(outline.isComplete)
    #expect(MCAPVerification(outline).findings.isEmpty)
    let read = try SyntheticFlight.read(result.bytes)
    #expect(read.ticks.count > 100)
    #expect(difference(read.ticks, Array(ticks.prefix(read.ticks.count))) == nil)
    let reader = try FlightLogReader(outline)
    #expect(reader.configuration == SyntheticFlight.configuration)
    #expect(TickContinuity(reader).findings.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func channelsWithoutMessagesCostAChunkNothing() throws {
    let sink = MemoryLogSink()
    let writer = try MCAPWriter(sink: sink, library: "test")
    for topic in 0..<60_000 { _ = try writer.addChannel(topic: "/\(topic)", schema: 0) }
    var encoder = CDREncoder()
    encoder.begin()
    // Each message is in a chunk of its own, by its time.
    for second in 0..<50_000 {
      try writer.write(
        channel: UInt16(second), time: UInt64(second) * 1_000_000_000, payload: encoder.payload)
    }
    try writer.finish()
    let outline = try MCAPOutline(LogBytes(sink.bytes))
    #expect(outline.segments.count == 50_000)
    #expect(MCAPVerification(outline).findings.isEmpty)
  }

  @Test func aHoleIsNamedByItsTicks() throws {
    var log = try SyntheticFlight.log(SyntheticFlight.ticks(400))
    let segments = try MCAPOutline(LogBytes(log)).segments
    log[segments[1].records.lowerBound] ^= 0xFF
    let continuity = try TickContinuity(FlightLogReader(LogBytes(log)))
    #expect(continuity.findings.count == 1)
    #expect(continuity.findings.first?.what.contains("is missing") == true)
    #expect(continuity.tickCount < 400)
  }

  @Test func messagesOutsideChunksAreRead() throws {
    // Legal, and some writers do it: turn a one-chunk file's content into top-level records.
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(20))
    let segment = try #require(MCAPOutline(LogBytes(log)).segments.first)
    let chunk = try #require(segment.chunkOffset)
    let bytes = Array(log[..<chunk]) + Array(log[segment.records])
    let read = try SyntheticFlight.read(bytes)
    #expect(read.ticks.count == 20)
    #expect(read.damages.map(\.lostBytes) == [0])
  }

  @Test func aChunkOfUnknownCompressionIsRefusedByName() throws {
    var record = OutputBuffer()
    for byte in MCAPFormat.magic { record.append(byte) }
    record.append(MCAPOpcode.chunk.rawValue)
    record.append(UInt64(49))
    for value: UInt64 in [0, 0, 9] { record.append(value) }
    record.append(UInt32(0))
    record.append(text: "brotli")
    record.append(UInt64(3))
    for byte: UInt8 in [1, 2, 3] { record.append(byte) }
    let outline = try MCAPOutline(LogBytes(Array(record.bytes)))
    #expect(outline.damages.first?.error.cause == .unsupported)
    #expect(outline.damages.first?.error.what.contains("brotli") == true)
  }
}
