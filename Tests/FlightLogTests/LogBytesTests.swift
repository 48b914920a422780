import Foundation
import Testing
import VehicleRuntime

@testable import FlightLog

/// Calls `body` with a new folder, which is gone afterwards.
func withLogFolder(_ body: (String) throws -> Void) throws {
  let folder = NSTemporaryDirectory() + "log-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}

@Suite struct LogBytesTests {
  private static let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 5) }

  /// A file of `bytes` that is read in blocks of `block`.
  private func inBlocks(of block: Int, _ body: (LogBytes, String) throws -> Void) throws {
    try withLogFolder { folder in
      let path = folder + "/a"
      try Data(Self.bytes).write(to: URL(fileURLWithPath: path))
      try body(LogBytes(path: path, largestWhole: 0, blockSize: block), path)
    }
  }

  @Test(arguments: [1, 3, 64, 1000, 4096]) func blocksOfAnySizeGiveTheSameBytes(_ block: Int) throws {
    try inBlocks(of: block) { file, _ in
      let memory = LogBytes(Self.bytes)
      #expect(file.count == 1000)
      for range in [0..<1000, 0..<0, 63..<65, 999..<1000, 999..<2000, 5000..<6000, 1..<3, 127..<900] {
        #expect(file.copy(range) == memory.copy(range))
        #expect(file.crc32(of: range) == memory.crc32(of: range))
        #expect(file.withBytes(in: range) { Array($0) } == memory.copy(range))
        for byte in [UInt8(0), 7, 200] {
          #expect(file.firstOffset(of: byte, in: range) == memory.firstOffset(of: byte, in: range))
        }
      }
      var (a, b) = (ByteCursor(file, 0..<1000), ByteCursor(memory, 0..<1000))
      while b.remaining > 0 {
        #expect(a.integer(UInt8.self) == b.integer(UInt8.self))
        #expect(a.integer(UInt64.self) == b.integer(UInt64.self))
        #expect(a.integer(UInt16.self) == b.integer(UInt16.self))
        if b.remaining < 8 { break }
      }
      #expect(file.failure == nil)
    }
  }

  @Test func aFileThatShrinksGivesZerosAndSaysSo() throws {
    try inBlocks(of: 64) { file, path in
      #expect(file.copy(0..<10) == Array(Self.bytes[..<10]))
      try #require(truncate(path, 100) == 0)
      #expect(file.copy(900..<910) == [UInt8](repeating: 0, count: 10))
      #expect(file.failure?.cause == .truncated)
      #expect(file.failure?.what.contains(path) == true)
      #expect(file.failure?.what.contains("ends at byte 100") == true)
    }
  }

  @Test func aFileThatShrinksWhileItIsReplayedIsAnErrorAndNoSignal() throws {
    try withLogFolder { folder in
      let path = folder + "/flight.mcap"
      let ticks = try SyntheticFlight.ticks(500)
      try SyntheticFlight.log(ticks).withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path))
      let bytes = try LogBytes(path: path, largestWhole: 0, blockSize: 4096)
      var cursor = try FlightLogReader(bytes).ticks()
      for _ in 0..<20 { _ = try cursor.next() }
      try #require(truncate(path, off_t(bytes.count / 2)) == 0)
      var failure: LogError?
      do throws(LogError) {
        while case .tick = try cursor.next() {}
      } catch {
        failure = error
      }
      #expect(failure?.cause == .truncated)
      #expect(failure?.what.contains("ends at byte") == true)
    }
  }

  @Test func aLogBeyondFourGiBIsRead() throws {
    // Sparse: an attachment of 5 GiB of nothing in front of the messages.
    try withLogFolder { folder in
      let path = folder + "/long.mcap"
      let log = try SyntheticFlight.log(SyntheticFlight.ticks(50))
      let outline = try MCAPOutline(LogBytes(log))
      let place = try #require(outline.segments.first?.chunkOffset)
      let size = 5 << 30
      let file = try #require(fopen(path, "w"))
      defer { fclose(file) }
      func put(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
      }
      put(log[..<place])
      var record = OutputBuffer()
      record.append(UInt8(0x80))
      record.append(UInt64(size))
      record.bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
      fseeko(file, size, SEEK_CUR)
      put(log[place...])
      try #require(fflush(file) == 0)
      let long = try FlightLogReader(path: path)
      #expect(long.outline.bytes.count == log.count + 9 + size)
      var cursor = long.ticks()
      var count = 0
      while case .tick = try cursor.next() { count += 1 }
      #expect(count == 50)
      #expect(long.outline.bytes.failure == nil)
    }
  }

  @Test func theDigestIsThatOfAllBytes() throws {
    try inBlocks(of: 100) { file, _ in #expect(file.digest == LogBytes(Self.bytes).digest) }
    #expect(
      LogBytes(Array("abc".utf8)).digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
  }

  @Test func aFileOfAnotherKindIsNamed() throws {
    func failure(_ bytes: [UInt8]) -> LogError? {
      do throws(LogError) {
        _ = try MCAPOutline(LogBytes(bytes))
        return nil
      } catch {
        return error
      }
    }
    #expect(failure(Array("ULogEnc".utf8))?.what == "the file is an encrypted PX4 log, not an MCAP log")
    #expect(failure([])?.what == "the file is an empty file, not an MCAP log")
    #expect(failure([0x1F, 0x8B, 8])?.remedy == "Unpack it with gunzip.")
    #expect(failure([0xC3, 0x28])?.what == "the file does not begin as an MCAP log does")
  }
}
