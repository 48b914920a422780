import Testing
import VehicleRuntime

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
    let ticks = try SyntheticFlight.ticks(300)
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
    #expect(reader.content.configuration == SyntheticFlight.configuration)
    #expect(TickContinuity(reader).findings.isEmpty)
  }

  /// What recovery says in the new file.
  private func said(_ bytes: [UInt8]) throws -> [String: String] {
    let metadata = try MCAPOutline(LogBytes(bytes)).metadata.filter { $0.name == MCAPRecovery.recordName }
    #expect(metadata.count == 1)
    return Dictionary(metadata.flatMap { $0.entries }.map { ($0.key, $0.value) }) { first, _ in first }
  }

  @Test func aRewrittenLogSaysWhatWasLost() throws {
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(300))
    let cut = try recover(Array(log[..<(log.count * 2 / 3)]))
    let said = try said(cut.bytes)
    #expect(said["messages"] == "\(cut.recovery.messageCount)")
    #expect(said["lost_bytes"] == "\(cut.recovery.lostBytes)")
    #expect(said["finding 1"]?.contains("the log is cut off in mid-write") == true)
    // A log that was rewritten is whole: once more it comes out with the same words, and no others.
    #expect(try MCAPRecovery.lostBytes(before: MCAPOutline(LogBytes(cut.bytes))) == cut.recovery.lostBytes)
    #expect(try MCAPRecovery.lostBytes(before: MCAPOutline(LogBytes(log))) == nil)
    let again = try recover(cut.bytes)
    #expect(again.recovery.damages.isEmpty)
    #expect(try self.said(again.bytes) == said)
  }

  @Test func whatARewriteLeavesOutIsNamedAHundredTimes() throws {
    var file = MCAPBuilder()
    file.raw(MCAPBuilder.schema() + MCAPBuilder.channel())
    for _ in 0..<250 { file.chunk(MCAPBuilder.count, crc: 1) }
    file.finish()
    let said = try said(recover(file.bytes).bytes)
    #expect(said["finding 100"]?.contains("the checksum of a chunk does not fit") == true)
    #expect(said["finding 101"] == nil)
    #expect(said["more findings"] == "150")
    #expect(said["lost_bytes"] == "\(250 * MCAPBuilder.count.count)")
  }

  @Test func aWholeLogThatIsDamagedHasLostBytes() throws {
    var log = try SyntheticFlight.log(SyntheticFlight.ticks(400))
    let segments = try MCAPOutline(LogBytes(log)).segments
    log[segments[1].records.lowerBound] ^= 0xFF
    let outline = try MCAPOutline(LogBytes(log))
    #expect(outline.isComplete && outline.lostBytes == 0)
    #expect(MCAPVerification(outline).lostBytes == segments[1].records.count)
    #expect(try recover(log).recovery.lostBytes == segments[1].records.count)
    // Messages that nobody can tell what they are.
    var file = MCAPBuilder()
    file.chunk(MCAPBuilder.count)
    file.finish()
    #expect(try MCAPVerification(MCAPOutline(LogBytes(file.bytes))).lostBytes == 25)
    #expect(try recover(file.bytes).recovery.lostBytes == 25)
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
