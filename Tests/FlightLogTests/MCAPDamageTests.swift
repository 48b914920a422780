import PortableMath
import Testing
import VehicleRuntime

@testable import FlightLog

/// Reads a file in every way there is; must end, and must not trap, whatever the bytes are.
private func readEverything(_ bytes: [UInt8]) {
  guard let outline = try? MCAPOutline(LogBytes(bytes)) else { return }
  _ = MCAPVerification(outline)
  if let reader = try? FlightLogReader(outline) { _ = TickContinuity(reader) }
  for topic in ["/imu", "/motors", "/events"] {
    _ = try? CSVExport(outline, topic: topic, to: MemoryLogSink())
  }
  _ = try? MCAPRecovery(outline, to: MemoryLogSink())
}

@Suite struct MCAPDamageTests {
  @Test func aLogCutAtAnyByteKeepsEveryWholeChunk() throws {
    let ticks = try SyntheticFlight.ticks(11, period: 100_000_000)
    let log = try SyntheticFlight.log(ticks)
    let whole = try FlightLogReader(LogBytes(log)).outline
    #expect(whole.segments.count >= 3)
    // Where each chunk ends, and how many ticks the chunks up to there hold.
    let front = try #require(whole.segments.first?.chunkOffset)
    var kept = 0
    for cut in stride(from: front, to: log.count, by: 1) {
      let bytes = Array(log[..<cut])
      let outline = try MCAPOutline(LogBytes(bytes))
      let expected = whole.segments.filter { $0.records.upperBound <= cut }
      #expect(outline.segments == expected, "cut at \(cut)")
      #expect(!outline.isComplete)
      #expect(outline.damages.count == 1, "cut at \(cut)")
      // Reading all ticks is slower: where a chunk ends, and now and then.
      guard expected.count != kept || cut % 997 == 0 else { continue }
      kept = expected.count
      let read = try SyntheticFlight.read(bytes)
      #expect(difference(read.ticks, Array(ticks.prefix(read.ticks.count))) == nil)
      #expect(read.damages.last?.error.cause == .truncated)
      if let last = expected.last {
        #expect(read.ticks.last.map { UInt64($0.time) } == last.end)
      }
    }
    #expect(kept == whole.segments.count)
  }

  @Test func aLogCutInItsFrontSaysWhatItLost() throws {
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(10))
    let front = try #require(MCAPOutline(LogBytes(log)).segments.first?.chunkOffset)
    for cut in stride(from: 0, to: front, by: 11) {
      let bytes = LogBytes(Array(log[..<cut]))
      // Either the reader names what is missing, or everything in front of the first tick is there.
      do {
        let reader = try FlightLogReader(bytes)
        #expect(reader.content.model == SyntheticFlight.model)
      } catch {
        #expect([.missing, .notALog].contains(error.cause))
      }
    }
  }

  @Test func theLossIsCountedInBytes() throws {
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(160))
    let outline = try MCAPOutline(LogBytes(log))
    let last = try #require(outline.segments.last)
    let cut = last.records.upperBound - 100
    let damage = try #require(MCAPOutline(LogBytes(Array(log[..<cut]))).damages.first)
    #expect(damage.lostBytes == cut - (last.chunkOffset ?? 0))
    #expect(damage.error.offset == last.chunkOffset)
  }

  @Test func aDamagedChunkIsLeftOutAndTheRestIsRead() throws {
    let ticks = try SyntheticFlight.ticks(400)
    var log = try SyntheticFlight.log(ticks)
    let segments = try MCAPOutline(LogBytes(log)).segments
    log[segments[1].records.lowerBound + 500] ^= 0x10
    let read = try SyntheticFlight.read(log)
    #expect(read.damages.map(\.error.cause) == [.checksum])
    #expect(read.damages.first?.error.offset == segments[1].chunkOffset)
    #expect(read.damages.first?.lostBytes == segments[1].records.count)
    let times = segments[1].start...segments[1].end
    let expected = ticks.filter { !times.contains(UInt64($0.time)) }
    #expect(difference(read.ticks, expected) == nil)
  }

  @Test func aDamagedLengthCostsOneChunk() throws {
    let ticks = try SyntheticFlight.ticks(400)
    var log = try SyntheticFlight.log(ticks)
    let segments = try MCAPOutline(LogBytes(log)).segments
    log[try #require(segments[1].chunkOffset) + 8] = 0x7F
    let read = try SyntheticFlight.read(log)
    #expect(read.damages.map(\.error.cause) == [.malformed])
    let times = segments[1].start...segments[1].end
    let expected = ticks.filter { !times.contains(UInt64($0.time)) }
    #expect(difference(read.ticks, expected) == nil)
  }

  @Test func flippedBitsNeverTrap() throws {
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(20))
    var random = RandomGenerator(seed: 20)
    for _ in 0..<150 {
      var bytes = log
      for _ in 0...random.nextBits() % 4 {
        bytes[Int(random.nextBits() % UInt64(bytes.count))] ^= 1 << UInt8(random.nextBits() % 8)
      }
      readEverything(bytes)
    }
  }

  @Test func everyFlippedBitIsFound() throws {
    // The data section, the index and each chunk have checksums, so no flip of a single bit stays unseen.
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(20))
    for place in stride(from: 8, to: log.count - 8, by: 61) {
      var bytes = log
      bytes[place] ^= 1 << UInt8(place % 8)
      let outline = try MCAPOutline(LogBytes(bytes))
      #expect(!MCAPVerification(outline).findings.isEmpty, "bit at \(place)")
    }
  }

  @Test func hostileLengthsNeverTrap() throws {
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(20))
    var random = RandomGenerator(seed: 21)
    let hostile: [UInt64] = [.max, .max - 8, 1 << 63, UInt64(Int.max), 0xFFFF_FFFF, 0x8000_0000, 0]
    for _ in 0..<150 {
      var bytes = log
      let place = Int(random.nextBits() % UInt64(bytes.count - 8))
      let value = hostile[Int(random.nextBits() % UInt64(hostile.count))]
      for index in 0..<8 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
      readEverything(bytes)
    }
  }

  @Test func randomBytesBehindTheMagicNeverTrap() {
    var random = RandomGenerator(seed: 22)
    for length in 0..<300 {
      readEverything(MCAPFormat.magic + (0..<length).map { _ in UInt8(random.nextBits() % 12) })
    }
  }

  @Test func anythingElseIsNoLog() {
    for bytes: [UInt8] in [[], [0x89], Array("ULog".utf8), [UInt8](repeating: 0, count: 100)] {
      #expect { try MCAPOutline(LogBytes(bytes)) } throws: { ($0 as? LogError)?.cause == .notALog }
    }
  }

  @Test func zerosAtTheEndAreNotRecords() throws {
    // What a file system leaves after a power cut: the length grew, the data did not come.
    let ticks = try SyntheticFlight.ticks(160)
    let log = try SyntheticFlight.log(ticks)
    let last = try #require(MCAPOutline(LogBytes(log)).segments.last)
    let bytes = Array(log[..<last.records.upperBound]) + [UInt8](repeating: 0, count: 4096)
    let read = try SyntheticFlight.read(bytes)
    #expect(read.ticks.count == 160)
    #expect(read.damages.map(\.lostBytes) == [4096])
  }

  @Test(.timeLimit(.minutes(1))) func bytesThatManyChunksClaimAreNotReadForEach() throws {
    // Behind a zero byte 20,000 beginnings of a chunk, each with a compression whose name is nearly all of the rest.
    let (count, step) = (20_000, 50)
    var file = MCAPBuilder()
    file.raw([UInt8](repeating: 0, count: 9))
    let end = file.bytes.count + count * step + 100
    var claims: [UInt8] = []
    for index in 0..<count {
      let length = end - (file.bytes.count + index * step) - 9
      var claim: [UInt8] = [6] + MCAPBuilder.number(UInt64(length)) + [UInt8](repeating: 1, count: 28)
      claim += MCAPBuilder.number(UInt32(length - 36))
      claims += claim + [UInt8](repeating: 0x61, count: step - claim.count)
    }
    file.raw(claims + [UInt8](repeating: 0x61, count: 100))
    let outline = try MCAPOutline(LogBytes(file.bytes))
    #expect(outline.segments.isEmpty)
    #expect(outline.damages.map(\.error.cause) == [.truncated])
  }

  @Test func aGuardCoversNothingThatTheGuardBeforeItCovers() throws {
    func findings(second start: Int) throws -> [Int?] {
      var file = MCAPBuilder()
      func add(from start: Int) {
        let crc = file.bytes[start...].withUnsafeBytes { checksum($0) }
        file.record(0xF0, MCAPGuard.mark + MCAPBuilder.number(UInt64(start)) + MCAPBuilder.number(crc))
      }
      add(from: 0)
      add(from: start)
      return try MCAPOutline(LogBytes(file.bytes)).checksumFindings.map(\.offset)
    }
    let front = MCAPBuilder().bytes.count
    #expect(try findings(second: front) == [])
    // The checksum fits, but it is of bytes that are covered: a file of such guards alone would be read for each of them.
    #expect(try findings(second: 0) == [front + MCAPFormat.recordHeader + MCAPGuard.length])
  }
}
