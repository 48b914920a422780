import Foundation
import Testing

@testable import FlightLog

/// MCAP as other programs write it: everything that the specification allows.
@Suite struct MCAPForeignTests {
  /// The five messages of topic /count as a table.
  private static let table = "log_time_ns,data\n0,0\n1000,1\n2000,2\n3000,3\n4000,4\n"

  /// Reads a file that is sound in every way there is.
  private func expectCount(_ bytes: [UInt8], skipped: Int = 0) throws {
    let outline = try MCAPOutline(LogBytes(bytes))
    let verification = MCAPVerification(outline)
    #expect(verification.findings.isEmpty)
    #expect(verification.messageCount == 5)
    #expect(verification.registry.channels.values.map(\.topic) == ["/count"])
    #expect(outline.completeRegistry().schemas.values.map(\.name) == ["std_msgs/msg/UInt8"])
    #expect(outline.skippedRecords == skipped)
    let table = MemoryLogSink()
    let export = try CSVExport(outline, topic: "/count", to: table)
    #expect(export.rowCount == 5)
    #expect(export.damages.isEmpty)
    #expect(String(decoding: table.bytes, as: UTF8.self) == Self.table)
    let rewritten = MemoryLogSink()
    #expect(try MCAPRecovery(outline, to: rewritten).damages.isEmpty == (skipped == 0))
    #expect(MCAPVerification(try MCAPOutline(LogBytes(rewritten.bytes))).findings.isEmpty)
  }

  @Test func schemasAndChannelsMayStandInsideChunksOnly() throws {
    var file = MCAPBuilder()
    file.chunk(MCAPBuilder.schema() + MCAPBuilder.channel() + MCAPBuilder.count)
    file.finish()
    try expectCount(file.bytes)
    // A chunk has the definitions, another the messages.
    file = MCAPBuilder()
    file.chunk(MCAPBuilder.schema() + MCAPBuilder.channel(), times: 0...0)
    file.chunk(MCAPBuilder.count)
    file.finish()
    try expectCount(file.bytes)
  }

  @Test func chunksNeedNeitherIndexNorSummaryNorChecksum() throws {
    var file = MCAPBuilder()
    file.raw(MCAPBuilder.schema() + MCAPBuilder.channel())
    file.chunk(MCAPBuilder.count, crc: 0)
    file.finish()
    try expectCount(file.bytes)
  }

  @Test func messagesNeedNoChunk() throws {
    var file = MCAPBuilder()
    file.raw(MCAPBuilder.schema() + MCAPBuilder.channel() + MCAPBuilder.count)
    file.finish(summary: MCAPBuilder.schema() + MCAPBuilder.channel())
    try expectCount(file.bytes)
  }

  @Test func fieldsOfLaterVersionsAreIgnoredInEveryRecord() throws {
    let more: [UInt8] = [1, 0xFF, 0xFF]
    var file = MCAPBuilder(more: more)
    file.raw(MCAPBuilder.schema(more: more) + MCAPBuilder.channel(more: more))
    let name = MCAPBuilder.text("a") + MCAPBuilder.text("text/plain")
    var attachment = [UInt8](repeating: 0, count: 16) + name + MCAPBuilder.number(UInt64(2)) + [7, 8]
    attachment += MCAPBuilder.number(attachment.withUnsafeBytes { checksum($0) })
    file.record(9, attachment + more)
    let map = MCAPBuilder.text("k") + MCAPBuilder.text("v")
    file.record(12, MCAPBuilder.text("m") + MCAPBuilder.number(UInt32(map.count)) + map + more)
    let offset = file.bytes.count
    file.chunk(MCAPBuilder.count, more: more)
    file.record(
      7,
      MCAPBuilder.number(UInt16(1)) + MCAPBuilder.number(UInt32(16)) + [UInt8](repeating: 0, count: 16) + more
    )
    let index =
      [UInt8](repeating: 0, count: 16) + MCAPBuilder.number(UInt64(offset)) + [UInt8](repeating: 0, count: 40)
    file.finish(
      summary: MCAPBuilder.record(8, index + more)
        + MCAPBuilder.record(11, MCAPBuilder.number(UInt64(5)) + [UInt8](repeating: 0, count: 50) + more)
        + MCAPBuilder.record(10, [UInt8](repeating: 0, count: 48) + more)
        + MCAPBuilder.record(13, [UInt8](repeating: 0, count: 20) + more)
        + MCAPBuilder.record(14, [UInt8](repeating: 0, count: 17) + more),
      more: more)
    try expectCount(file.bytes)
    let outline = try MCAPOutline(LogBytes(file.bytes))
    #expect(outline.attachment(named: "a") == [7, 8])
    #expect(outline.metadata.first?.entries.first?.value == "v")
  }

  @Test func recordsOfOthersAndOfLaterVersionsAreSkipped() throws {
    var file = MCAPBuilder()
    file.record(0x80, [1, 2, 3])
    file.record(0xF0, [1, 2, 3])
    file.record(0x10, [])
    file.raw(MCAPBuilder.schema() + MCAPBuilder.channel())
    file.chunk(MCAPBuilder.record(0xFF, [9]) + MCAPBuilder.count + MCAPBuilder.record(0x7F, []))
    file.record(0xFF, MCAPBuilder.count)
    file.finish(summary: MCAPBuilder.record(0x90, [5]))
    try expectCount(file.bytes, skipped: 5)
    let outline = try MCAPOutline(LogBytes(file.bytes))
    // Those inside the chunk too.
    #expect(MCAPVerification(outline).skippedRecords == 7)
    let recovery = try MCAPRecovery(outline, to: MemoryLogSink())
    #expect(
      recovery.damages.map(\.error.what) == [
        "7 record(s) of other programs, or of a later version of MCAP, are left out"
      ])
    #expect(recovery.lostBytes == 12 + 12 + 9 + (9 + MCAPBuilder.count.count) + 10 + 10 + 9)
  }

  @Test func aSchemaOfNumberZeroIsIgnored() throws {
    var file = MCAPBuilder()
    file.raw(MCAPBuilder.schema(id: 0, "nothing", "") + MCAPBuilder.schema() + MCAPBuilder.channel())
    file.chunk(MCAPBuilder.count)
    file.finish()
    try expectCount(file.bytes)
  }

  /// Schema, channel and messages, packed by the Python packages zstandard 0.25 and lz4 4.4: in one frame each, and in
  /// two that follow each other.
  private static let packed = [
    (
      "zstd",
      """
      KLUv/QAAhQQAcgYXIrAnjQEMIMkCwZAzkZ6Rpw1GQhEXFG7xjjdHhGLclmy5ZQrp8QHjT9lAyvEjzAcaEIcxf+57Gmb9gHG8kALLLuyg7Fs8v6Cp
      S7RxfqXsQyRWU7e0qVOw1Z8wnmQWAIAAMArYHRViZQCzOCOEAHYgxAoBMGoJdjhDrBAABmUGcZR8uB+KKrxnYAUGHMAQ
      """
    ),
    (
      "zstd",
      """
      KLUv/SCIzQIAAkURGIC3GgNC0w/jtcEJ1Npc4FFMqGWt2SdLpiko4FJ/WRefMr9xngcIJG1aA7TuEP+EaTv64H+gdYSCYdqMMm2GtfoDzk8JBgBH
      bYL7oKjCewZWYMABDAEotS/9IIlVAgBkAgAAAQABAAAA6AMAAQUbAAEAAgAAANAHArgLAwQAAACgDwABAAAEDwCAADAK2B0VYoWAn0EDhwB2R4VY
      ISDmOGAGZ4AVAhfwAg==
      """
    ),
    (
      "lz4",
      """
      BCJNGGhAEQEAAAAAAAA0swAAADIDMgABAPIlAQASAAAAc3RkX21zZ3MvbXNnL1VJbnQ4BwAAAHJvczJtc2cLAAAAdWludDggZGF0YQoEGToA8AcA
      AQABAAYAAAAvY291bnQDAAAAY2RyHAAgBRsGAAEiAAEHAAwCAAAXAAckAAAPABDoPwAHCABXAAEAAAEkAFACAAAA0JQABwgAACQAFwIkAABDABC4
      rQAHCAAAJAAXAyQAYQQAAACgDyMABQgAUAABAAAEAAAAAA==
      """
    ),
    (
      "lz4",
      """
      BCJNGGhAiAAAAAAAAAAccgAAADIDMgABAPIlAQASAAAAc3RkX21zZ3MvbXNnL1VJbnQ4BwAAAHJvczJtc2cLAAAAdWludDggZGF0YQoEGToA8AcA
      AQABAAYAAAAvY291bnQDAAAAY2RyHAAgBRsGAAEiAAEHAAwCALABAAAABRsAAAAAAAAAAAAEIk0YbECJAAAAAAAAALpUAAAAsQAAAQABAAAA6AMA
      AQAECAAAFQAxAQUbFAAAJABgAgAAANAHDAAGCAAAJAAXAiQAAEMAILgLIgAGCAAAJAAXAyQAYAQAAACgDyIABggAUAABAAAEAAAAACCL14E=
      """
    ),
  ]

  private static let unpacked = MCAPBuilder.schema() + MCAPBuilder.channel() + MCAPBuilder.count

  private static func file(_ compression: String, _ records: [UInt8], size: Int? = nil) -> [UInt8] {
    var file = MCAPBuilder(profile: "ros2")
    file.chunk(
      records, compression: compression, size: size ?? unpacked.count,
      crc: unpacked.withUnsafeBytes { checksum($0) })
    file.finish()
    return file.bytes
  }

  @Test(arguments: packed) func packedChunksAreRead(_ compression: String, _ text: String) throws {
    let data = try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters))
    try expectCount(Self.file(compression, Array(data)))
  }

  @Test(arguments: packed) func noDamageToAPackedChunkIsMissed(_ compression: String, _ text: String) throws {
    let records = Array(try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters)))
    let sound = try contents(MCAPOutline(LogBytes(Self.file(compression, records))))
    for place in records.indices {
      for bit in 0..<8 {
        var damaged = records
        damaged[place] ^= 1 << UInt8(bit)
        let outline = try MCAPOutline(LogBytes(Self.file(compression, damaged)))
        // A frame may have bits that mean nothing, or only how to check it.
        if MCAPVerification(outline).findings.isEmpty {
          #expect(contents(outline) == sound, "\(place).\(bit)")
        }
      }
      let cut = try MCAPOutline(LogBytes(Self.file(compression, Array(records[..<place]))))
      #expect(!MCAPVerification(cut).findings.isEmpty || contents(cut) == sound, "cut at \(place)")
    }
    for size in [0, 1, Self.unpacked.count - 1, Self.unpacked.count + 1, 1 << 28] {
      let outline = try MCAPOutline(LogBytes(Self.file(compression, records, size: size)))
      #expect(!MCAPVerification(outline).findings.isEmpty, "\(size) bytes")
    }
  }

  @Test func aChunkThatUnpacksToTooMuchIsRefusedByName() throws {
    let outline = try MCAPOutline(LogBytes(Self.file("zstd", [1, 2, 3], size: 1 << 40)))
    #expect(outline.damages.first?.error.cause == .unsupported)
    #expect(outline.damages.first?.error.what.contains("1099511627776 bytes") == true)
  }

  /// A byte that is repeated packs thousands of times: a few megabytes would keep a reader busy for hours.
  @Test func chunksThatUnpackToManyTimesTheFileAreLeftOut() throws {
    var file = MCAPBuilder()
    for _ in 0..<6 { file.chunk([1, 2, 3], compression: "zstd", size: 1 << 28) }
    // One that is not packed.
    file.chunk(MCAPBuilder.schema() + MCAPBuilder.channel() + MCAPBuilder.count)
    file.finish()
    let outline = try MCAPOutline(LogBytes(file.bytes))
    #expect(outline.segments.map(\.compression) == [.zstd, .zstd, .zstd, .zstd, .none])
    #expect(outline.damages.map(\.error.cause) == [.tooLarge, .tooLarge])
    #expect(outline.damages.first?.error.what.contains("the 1073741824 bytes that are read of") == true)
    #expect(MCAPVerification(outline).messageCount == 5)
  }

  @Test func aLongFileMayUnpackTo64TimesItsLength() {
    #expect(MCAPCompression.largestContent(ofFile: 0) == 1 << 30)
    #expect(MCAPCompression.largestContent(ofFile: 64 << 20) == 4 << 30)
    #expect(MCAPCompression.largestContent(ofFile: .max) == .max)
  }

  @Test func aFinishedLogWithoutItsEndOfDataIsNoted() throws {
    var file = MCAPBuilder()
    file.raw(MCAPBuilder.schema() + MCAPBuilder.channel())
    file.chunk(MCAPBuilder.count)
    file.finish(dataEnd: false)
    let findings = try MCAPVerification(MCAPOutline(LogBytes(file.bytes))).findings
    #expect(findings.count == 1)
    #expect(findings.first?.what.contains("the record that ends its data is gone") == true)
  }

  @Test func twoDescriptionsOfOneNumberAreNoted() throws {
    var file = MCAPBuilder()
    file.raw(MCAPBuilder.schema() + MCAPBuilder.channel() + MCAPBuilder.channel())
    file.chunk(MCAPBuilder.channel("/other") + MCAPBuilder.count)
    file.finish(summary: MCAPBuilder.schema("std_msgs/msg/Int8"))
    let findings = try MCAPVerification(MCAPOutline(LogBytes(file.bytes))).findings.map(\.what)
    #expect(
      findings.sorted() == [
        "channel 1 is described once more, and differently",
        "schema 1 is described once more, and differently",
      ])
  }

  @Test func aChunkThatLiesAboutItsTimesIsNoted() throws {
    var file = MCAPBuilder()
    file.raw(MCAPBuilder.schema() + MCAPBuilder.channel())
    file.chunk(MCAPBuilder.count, times: 0...3999)
    file.finish()
    let findings = try MCAPVerification(MCAPOutline(LogBytes(file.bytes))).findings
    #expect(findings.map(\.what).first?.contains("from 0 to 3999 ns, but they are from 0 to 4000 ns") == true)
  }

  /// Many guards that each cover the whole file would take for ever to check.
  @Test func noGuardCoversWhatTheOneBeforeItCovers() throws {
    func findings(_ starts: (_ first: Int) -> [Int]) throws -> [LogError] {
      var file = MCAPBuilder()
      file.raw(MCAPBuilder.schema() + MCAPBuilder.channel())
      let first = file.bytes.count
      for start in [0] + starts(first) {
        let covered = file.bytes[start...].withUnsafeBytes { checksum($0) }
        file.record(
          0xF0, Array("ganglion".utf8) + MCAPBuilder.number(UInt64(start)) + MCAPBuilder.number(covered))
      }
      return try MCAPOutline(LogBytes(file.bytes)).checksumFindings
    }
    // A guard's record has 29 bytes.
    #expect(try findings { [$0, $0 + 29] } == [])
    #expect(try findings { [$0, $0] }.map(\.cause) == [.checksum])
    #expect(try findings { _ in [0, 0, 0] }.map(\.cause) == [.checksum, .checksum, .checksum])
  }

  @Test func whatARewriteOfADamagedLogBlessesIsSaid() throws {
    // A topic's name changed in front of the chunks, where the checksum of the data is the only one.
    var log = try SyntheticFlight.log(SyntheticFlight.ticks(20))
    let place = try #require(log.firstRange(of: Array("/barometer".utf8))).lowerBound
    log[place + 1] ^= 2
    let recovery = try MCAPRecovery(MCAPOutline(LogBytes(log)), to: MemoryLogSink())
    #expect(recovery.damages.map(\.error.cause).contains(.checksum))
  }

  @Test(.enabled(if: cases != nil, "set GANGLION_DATA to run it"))
  func theCasesOfTheIssueAreReadAsTheySay() throws {
    let folder = try #require(cases)
    for path in [
      "mcap-channel-in-chunk/mcap_channel_in_chunk.mcap", "mcap-chunk-extended/mcap_chunk_padded.mcap",
    ] {
      try expectCount(Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))))
    }
    let flipped = try MCAPOutline(LogBytes(path: "\(folder)/log-data-end-flipped/log-flip-dataend.mcap"))
    #expect(
      MCAPVerification(flipped).findings.contains {
        $0.what.contains("the record that ends its data is gone")
      })
  }

  @Test func allPublishersOfATopicAreExported() throws {
    var file = MCAPBuilder()
    file.chunk(
      MCAPBuilder.schema() + MCAPBuilder.schema(id: 2) + MCAPBuilder.schema(id: 3, "x/msg/X", "uint16 data\n")
        + MCAPBuilder.channel() + MCAPBuilder.channel(id: 2, schema: 2)
        + MCAPBuilder.channel(id: 3, schema: 3)
        + MCAPBuilder.message(sequence: 0, time: 0, [0, 1, 0, 0, 7])
        + MCAPBuilder.message(channel: 2, sequence: 0, time: 1000, [0, 1, 0, 0, 8])
        + MCAPBuilder.message(channel: 3, sequence: 0, time: 4000, [0, 1, 0, 0, 9, 0]))
    file.finish()
    let table = MemoryLogSink()
    let export = try CSVExport(try MCAPOutline(LogBytes(file.bytes)), topic: "/count", to: table)
    #expect(String(decoding: table.bytes, as: UTF8.self) == "log_time_ns,data\n0,7\n1000,8\n")
    #expect(
      export.damages.map(\.error.what) == [
        "1 message(s) of topic '/count' are on channels with another schema"
      ])
  }

  @Test func aPartsNumberThatNoRunReachesIsNone() throws {
    func outline(_ number: String) throws -> MCAPOutline {
      var file = MCAPBuilder()
      let entries = [("run", "r"), ("part", number), ("first_tick", "0"), ("vehicle", "v")]
        .flatMap { MCAPBuilder.text($0.0) + MCAPBuilder.text($0.1) }
      file.record(12, MCAPBuilder.text("ganglion part") + MCAPBuilder.number(UInt32(entries.count)) + entries)
      return try MCAPOutline(LogBytes(file.bytes))
    }
    #expect(try outline("2147483646").part?.number == 2_147_483_646)
    for number in ["9223372036854775807", "2147483647", "0", "-1"] {
      let outline = try outline(number)
      #expect(outline.part == nil)
      guard case .nothing = outline.following() else {
        Issue.record("something follows part \(number)")
        continue
      }
    }
  }
}

/// Where the issue's cases are.
private let cases = ProcessInfo.processInfo.environment["GANGLION_DATA"].map { $0 + "/cases" }
