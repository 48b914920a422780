import Foundation
import Signals
import Testing
import VehicleRuntime

@testable import FlightLog

@Suite struct LogPartTests {
  /// Writes `ticks` to parts of at most `bytes` or `time` ns.
  private func write(
    _ ticks: [SyntheticTick], to path: String, bytes: Int? = nil, time: UInt64? = nil,
    budget: LogBudget? = nil,
    vehicle: String = "synthetic", replacing: Bool = false,
    metadata: FlightLogMetadata = SyntheticFlight.metadata
  ) throws {
    let files = LogFiles(
      path: path, vehicle: vehicle, largestPart: bytes, longestPart: time, budget: budget,
      replacing: replacing)
    let writer = try FlightLogWriter(
      parts: files, signals: SyntheticFlight.vehicle, configuration: SyntheticFlight.configuration,
      models: ["network": SyntheticFlight.model], metadata: metadata)
    for tick in ticks { try writer.append(tick) }
    try writer.finish()
  }

  /// The numbers of the ticks from `path` on, and what else was met.
  private func ticks(_ path: String) throws -> (numbers: [UInt64], damages: [LogDamage]) {
    var cursor = try FlightLogReader(path: path).ticks()
    var (numbers, damages) = ([UInt64](), [LogDamage]())
    while true {
      switch try cursor.next() {
      case .tick: numbers.append(cursor.view.value("tick.number") ?? .max)
      case .damage(let damage): damages.append(damage)
      case .dropout: continue
      case .end: return (numbers, damages)
      }
    }
  }

  private func logs(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func aNumberThatNoPartHasIsNoPart() {
    func part(_ number: String) -> LogPart? {
      LogPart(entries: [("run", "r"), ("part", number), ("first_tick", "0"), ("vehicle", "v")])
    }
    #expect(part("2147483646")?.number == 2_147_483_646)
    for number in ["0", "-1", "2147483647", "9223372036854775807", "x"] { #expect(part(number) == nil) }
  }

  @Test func aLogGoesOnInPartsThatAreReadAsOneAndAlone() throws {
    try withLogFolder { folder in
      let all = try SyntheticFlight.ticks(1000)
      try write(all, to: folder + "/a.mcap", bytes: 260_000)
      #expect(try logs(folder) == ["a.2.mcap", "a.3.mcap", "a.4.mcap", "a.mcap"])
      let read = try ticks(folder + "/a.mcap")
      #expect(read.numbers == (0..<1000).map { UInt64($0) })
      #expect(read.damages.isEmpty)
      var next: UInt64 = 0
      for (index, name) in ["a", "a.2", "a.3", "a.4"].enumerated() {
        let reader = try FlightLogReader(path: "\(folder)/\(name).mcap")
        #expect(reader.outline.isComplete)
        #expect(
          reader.content.configuration == SyntheticFlight.configuration
            && reader.content.model == SyntheticFlight.model)
        let part = try #require(reader.part)
        #expect(part.number == index + 1 && part.firstTick == next && part.vehicle == "synthetic")
        #expect(part.isFollowed == (index < 3))
        #expect(MCAPVerification(reader.outline).findings.isEmpty)
        let size = reader.outline.bytes.count
        #expect(index == 3 || (260_000..<300_000).contains(size))
        var cursor = reader.ticks()
        _ = try cursor.next()
        #expect(cursor.view.value("tick.number") == part.firstTick)
        #expect(TickContinuity(reader).findings.isEmpty)
        if index < 3 {
          let following = try FlightLogReader(
            path: LogPart.path(ofPart: index + 2, beside: "\(folder)/\(name).mcap", whichIs: index + 1))
          next = try #require(following.part).firstTick
          #expect(following.part?.run == part.run)
        }
      }
      #expect(TickContinuity(try FlightLogReader(path: folder + "/a.mcap")).tickCount == 1000)
    }
  }

  @Test func aPartEndsWithItsTimeToo() throws {
    try withLogFolder { folder in
      // 4 s of flight.
      try write(SyntheticFlight.ticks(1000), to: folder + "/a", time: 1_500_000_000)
      #expect(try logs(folder) == ["a", "a.2", "a.3"])
      #expect(try ticks(folder + "/a").numbers.count == 1000)
    }
  }

  @Test func equalRunsGiveEqualParts() throws {
    try withLogFolder { folder in
      let all = try SyntheticFlight.ticks(600)
      try write(all, to: folder + "/a.mcap", bytes: 150_000)
      try write(all, to: folder + "/other.mcap", bytes: 150_000)
      for part in ["", ".2", ".3"] {
        #expect(
          FileManager.default.contentsEqual(
            atPath: "\(folder)/a\(part).mcap", andPath: "\(folder)/other\(part).mcap"))
      }
    }
  }

  @Test func aPartThatIsMissingIsNamed() throws {
    try withLogFolder { folder in
      try write(SyntheticFlight.ticks(1000), to: folder + "/a.mcap", bytes: 200_000)
      try FileManager.default.removeItem(atPath: folder + "/a.3.mcap")
      let read = try ticks(folder + "/a.mcap")
      #expect(read.damages.count == 1)
      #expect(read.damages.first?.error.what.contains("part 3 of run ") == true)
      #expect(read.damages.first?.error.what.contains("is missing") == true)
      #expect(read.numbers.count < 1000)
      #expect(
        TickContinuity(try FlightLogReader(path: folder + "/a.mcap")).tickCount == UInt64(read.numbers.count))
      // Another run's part in its place is no help.
      var metadata = SyntheticFlight.metadata
      metadata.seed += 1
      try write(
        SyntheticFlight.ticks(1000, seed: 2), to: folder + "/b.mcap", bytes: 200_000, metadata: metadata)
      try FileManager.default.copyItem(atPath: folder + "/b.3.mcap", toPath: folder + "/a.3.mcap")
      #expect(try ticks(folder + "/a.mcap").damages.first?.error.what.contains("another run") == true)
    }
  }

  @Test func aCutPartIsFollowedWhenThereIsAnother() throws {
    try withLogFolder { folder in
      try write(SyntheticFlight.ticks(1000), to: folder + "/a.mcap", bytes: 200_000)
      try #require(truncate(folder + "/a.2.mcap", 150_000) == 0)
      let read = try ticks(folder + "/a.mcap")
      #expect(read.numbers.last == 999)
      #expect(read.damages.contains { $0.error.cause == .truncated })
      // Cut in the last part: nothing follows, and nothing is called missing.
      try #require(truncate(folder + "/a.4.mcap", 60_000) == 0)
      #expect(try !ticks(folder + "/a.4.mcap").damages.contains { $0.error.cause == .missing })
    }
  }

  @Test(.timeLimit(.minutes(1))) func aPartThatCannotBeReadEndsTheRunAndIsNamed() throws {
    try withLogFolder { folder in
      try write(SyntheticFlight.ticks(1000), to: folder + "/a.mcap", bytes: 200_000)
      let path = folder + "/a.2.mcap"
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let model = try #require(
        try MCAPOutline(LogBytes(bytes)).attachments.first { $0.name == FlightLogWriter.modelName("network") }
      )
      bytes[model.range.lowerBound] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let continuity = TickContinuity(try FlightLogReader(path: folder + "/a.mcap"))
      #expect(continuity.findings.map(\.cause) == [.checksum])
      #expect(continuity.findings.first?.what.hasPrefix("\(path): the attachment model.safetensors ") == true)
      #expect(continuity.tickCount > 0 && continuity.tickCount < 1000)
    }
  }

  @Test func namesOfParts() {
    func name(_ number: Int, _ path: String, _ known: Int) -> String {
      LogPart.path(ofPart: number, beside: path, whichIs: known)
    }
    #expect(name(2, "/out/a.mcap", 1) == "/out/a.2.mcap")
    #expect(name(3, "out/a.2.mcap", 2) == "out/a.3.mcap")
    #expect(name(1, "a.12.mcap", 12) == "a.mcap")
    #expect(name(1, "/x.y/a", 1) == "/x.y/a")
    #expect(name(2, "/x.y/a", 1) == "/x.y/a.2")
    #expect(name(2, ".mcap", 1) == ".mcap.2")
  }

  @Test func theIndexInMemoryStaysBoundedOverMillionsOfTicks() throws {
    // An hour's part at 250 Hz, chunks of 250 ms at most: what is remembered for the index must not grow with the run.
    final class Nowhere: LogSink {
      func write(_ bytes: UnsafeRawBufferPointer) {}
      func checkpoint() {}
      func close() {}
    }
    final class Parts: LogPartSource {
      let largestPart: Int? = 512_000_000
      let longestPart: UInt64? = 3_600_000_000_000
      let vehicle = "v"
      var count = 0
      func sink(part number: Int) -> any LogSink {
        count = number
        return Nowhere()
      }
    }
    var isDebug = false
    assert(
      {
        isDebug = true; return true
      }())
    // Without optimisation a tick takes thirty times as long; a slower loop then has as many chunks for each tick.
    let (count, period): (Int, Int64) = isDebug ? (150_000, 100_000_000) : (3_000_000, 4_000_000)
    let parts = Parts()
    let writer = try FlightLogWriter(
      parts: parts, signals: SyntheticFlight.vehicle, configuration: SyntheticFlight.configuration,
      models: ["network": [1]],
      metadata: SyntheticFlight.metadata)
    let memory = FrameMemory(SyntheticFlight.vehicle)
    let tick = try #require(SyntheticFlight.vehicle.index(of: "tick.number", as: UInt64.self))
    let time = try #require(SyntheticFlight.vehicle.index(of: "tick.time", as: Int64.self))
    var largest = 0
    for number in 0..<count {
      memory.frame[tick] = UInt64(number)
      memory.frame[time] = Int64(number) * period
      try writer.append(memory.frame)
      if number % 1000 == 0 { largest = max(largest, writer.rememberedEntries) }
    }
    #expect(parts.count >= 3)
    // An hour of chunks of 250 ms, each with an entry for itself and at most 12 topics.
    #expect(largest < 4 * 3600 * 13 + 13_000)
  }

  @Test func theOldestOfTheVehicleMakeRoomAndNothingElseDoes() throws {
    try withLogFolder { folder in
      let ticks = try SyntheticFlight.ticks(300)
      func age(_ name: String, _ seconds: Double) throws {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: "\(folder)/\(name)")
      }
      try write(ticks, to: folder + "/old.mcap")
      try write(ticks, to: folder + "/older.mcap")
      try write(ticks, to: folder + "/cut.mcap")
      try write(ticks, to: folder + "/another.mcap", vehicle: "another")
      try Data("no log".utf8).write(to: URL(fileURLWithPath: folder + "/note.mcap"))
      let size = try LogBytes(path: folder + "/old.mcap").count
      try #require(truncate(folder + "/cut.mcap", off_t(size / 2)) == 0)
      try age("cut.mcap", 1000)
      try age("another.mcap", 1500)
      try age("older.mcap", 2000)
      try age("old.mcap", 3000)
      let budget = LogBudget(bytes: size * 5 / 2, deletesOldest: true)
      // There are 2.5; the next needs one more: the older goes, the cut one stays, and others' are not counted.
      try write(ticks, to: folder + "/new.mcap", bytes: size, budget: budget)
      #expect(try logs(folder).contains("old.mcap"))
      #expect(
        try logs(folder).filter { !$0.hasPrefix("new") } == [
          "another.mcap", "cut.mcap", "note.mcap", "old.mcap",
        ])
    }
  }

  @Test func withoutTheKeyNothingIsDeletedAndNoLogIsBegun() throws {
    try withLogFolder { folder in
      let ticks = try SyntheticFlight.ticks(300)
      try write(ticks, to: folder + "/old.mcap")
      let size = try LogBytes(path: folder + "/old.mcap").count
      let error = #expect(throws: LogError.self) {
        try write(
          ticks, to: folder + "/new.mcap", bytes: size,
          budget: LogBudget(bytes: size * 3 / 2, deletesOldest: false))
      }
      #expect(error?.cause == .refused)
      #expect(error?.remedy.contains("log.delete_oldest") == true)
      #expect(try logs(folder) == ["old.mcap"])
    }
  }

  @Test func aRunWithinItsBudgetKeepsItsLastPartsAndNeverLosesTheOpenOne() throws {
    try withLogFolder { folder in
      try write(
        SyntheticFlight.ticks(3000), to: folder + "/a.mcap", bytes: 200_000,
        budget: LogBudget(bytes: 900_000, deletesOldest: true))
      let names = try logs(folder)
      let sizes = try names.map { try LogBytes(path: "\(folder)/\($0)").count }
      #expect(sizes.reduce(0, +) <= 900_000)
      #expect(!names.contains("a.mcap"))
      // The last parts are there, in a row, and readable from the first that is left.
      let numbers = names.compactMap { Int($0.dropFirst(2).dropLast(5)) }.sorted()
      let first = try #require(numbers.first)
      #expect(numbers == Array(first...(first + numbers.count - 1)))
      let read = try ticks("\(folder)/a.\(first).mcap")
      #expect(read.numbers.last == 2999 && read.damages.isEmpty)
    }
  }

  @Test func partsOfARunAreDeletedInTheirOrderWhateverTheClock() throws {
    try withLogFolder { folder in
      func age(_ name: String, _ seconds: Double) throws {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: "\(folder)/\(name)")
      }
      try write(SyntheticFlight.ticks(500), to: folder + "/a.mcap", bytes: 260_000)
      var metadata = SyntheticFlight.metadata
      metadata.seed += 1
      try write(SyntheticFlight.ticks(200), to: folder + "/b.mcap", metadata: metadata)
      #expect(try logs(folder) == ["a.2.mcap", "a.mcap", "b.mcap"])
      // The board's clock jumped back while a was written.
      try age("a.mcap", 5000)
      try age("a.2.mcap", 1000)
      try age("b.mcap", 3000)
      // Room for all of them less one byte, then again: b goes, then a's first part.
      for left in [["a.2.mcap", "a.mcap"], ["a.2.mcap"]] {
        let sum = try logs(folder).map { try LogBytes(path: "\(folder)/\($0)").count }.reduce(0, +)
        try LogBudget(bytes: sum - 1, deletesOldest: true).makeRoom(
          beside: folder + "/new.mcap", for: "synthetic", room: 0)
        #expect(try logs(folder) == left)
      }
    }
  }

  @Test func theFrontOfALogEndsWithItsFirstMessage() throws {
    try withLogFolder { folder in
      let entries = [("run", "r"), ("part", "1"), ("first_tick", "0"), ("vehicle", "v")]
        .flatMap { MCAPBuilder.text($0.0) + MCAPBuilder.text($0.1) }
      let part = MCAPBuilder.text("ganglion part") + MCAPBuilder.number(UInt32(entries.count)) + entries
      for isInFront in [true, false] {
        var file = MCAPBuilder()
        if isInFront { file.record(12, part) }
        file.raw(MCAPBuilder.count)
        if !isInFront { file.record(12, part) }
        let path = "\(folder)/\(isInFront).mcap"
        try Data(file.bytes).write(to: URL(fileURLWithPath: path))
        // A log without chunks, of any length, is not read to its end.
        #expect((LogPart.front(ofLogAt: path) != nil) == isInFront)
      }
    }
  }
}
