import FlightLog
import Foundation
import Testing
import VehicleFixtures

@testable import ganglion

@Suite struct LogRecoverTests {
  /// Writes a run of 1,000 ticks in parts of a second each.
  private func write(_ path: String, seed: UInt64 = 1) throws {
    let files = LogFiles(path: path, vehicle: "v", largestPart: nil, longestPart: 1_000_000_000)
    try IdleLog.write(1000, to: files, seed: seed)
  }

  private func cut(_ path: String, at share: Double) throws {
    let count = try LogBytes(path: path).count
    try #require(truncate(path, Int(Double(count) * share)) == 0)
  }

  private func ticks(_ path: String) throws -> [UInt64] {
    var cursor = try FlightLogReader(path: path).ticks()
    var numbers: [UInt64] = []
    while true {
      switch try cursor.next() {
      case .tick: numbers.append(cursor.view.value("tick.number") ?? .max)
      case .damage(let damage): Issue.record("\(damage.error)")
      case .dropout: continue
      case .end: return numbers
      }
    }
  }

  private func parts(_ folder: String, _ name: String) -> [String] {
    let all = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return (all ?? []).filter { $0.hasPrefix(name + ".") }.sorted()
  }

  @Test func allPartsOfALogAreRewrittenAndReadAsOne() throws {
    try withFolder { folder in
      try write(folder + "/a.mcap")
      #expect(parts(folder, "a") == ["a.2.mcap", "a.3.mcap", "a.4.mcap", "a.mcap"])
      // The first part was damaged, the third cut before it could say that another follows, and so was the last.
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/a.mcap")))
      bytes[bytes.count / 2] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/a.mcap"))
      try cut(folder + "/a.3.mcap", at: 0.7)
      try cut(folder + "/a.4.mcap", at: 0.6)
      let recovery = try PartedRecovery(
        folder + "/a.mcap", MCAPOutline(LogBytes(path: folder + "/a.mcap")), to: folder + "/b.mcap",
        replacing: false)
      #expect(parts(folder, "b") == ["b.2.mcap", "b.3.mcap", "b.4.mcap", "b.mcap"])
      #expect(recovery.outputs == ["b", "b.2", "b.3", "b.4"].map { "\(folder)/\($0).mcap" })
      for name in ["a.mcap: ", "a.3.mcap: ", "a.4.mcap: "] {
        #expect(recovery.losses.contains { $0.hasPrefix("\(folder)/\(name)") }, "\(name)")
      }
      #expect(recovery.losses.allSatisfy { !$0.hasPrefix("\(folder)/a.2.mcap") })
      #expect(recovery.text.contains("b.mcap and the 3 parts behind it: "))
      for name in parts(folder, "b") {
        #expect(MCAPVerification(try MCAPOutline(LogBytes(path: "\(folder)/\(name)"))).findings.isEmpty)
      }
      let numbers = try ticks(folder + "/b.mcap")
      #expect(numbers.first == 0 && numbers.count > 600 && numbers.count < 1000)
      #expect(numbers.contains { $0 > 750 })
      // What was whole is as it was.
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: folder + "/b.2.mcap")).count
          == Data(contentsOf: URL(fileURLWithPath: folder + "/a.2.mcap")).count)
    }
  }

  @Test func aPartFromTheMiddleIsRewrittenWithThoseBehindIt() throws {
    try withFolder { folder in
      try write(folder + "/a.mcap")
      try cut(folder + "/a.4.mcap", at: 0.6)
      #expect(
        runLogCommand(["recover", folder + "/a.3.mcap", "--output", folder + "/b.mcap"]) == .resultSaysNo)
      #expect(parts(folder, "b") == ["b.4.mcap", "b.mcap"])
      #expect(
        try ticks(folder + "/b.mcap").first == FlightLogReader(path: folder + "/a.3.mcap").part?.firstTick)
    }
  }

  @Test func aPartThatIsMissingIsALoss() throws {
    try withFolder { folder in
      try write(folder + "/a.mcap")
      try FileManager.default.removeItem(atPath: folder + "/a.3.mcap")
      #expect(
        runLogCommand(["recover", folder + "/a.mcap", "--output", folder + "/b.mcap"]) == .resultSaysNo)
      #expect(parts(folder, "b") == ["b.2.mcap", "b.mcap"])
    }
  }

  @Test func nothingIsWrittenWhenALaterPlaceIsTakenOrThatOfThePart() throws {
    try withFolder { folder in
      try write(folder + "/a.mcap")
      let before = parts(folder, "a")
      try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/b.3.mcap"))
      #expect(runLogCommand(["recover", folder + "/a.mcap", "--output", folder + "/b.mcap"]) == .wrongUse)
      #expect(parts(folder, "b") == ["b.3.mcap"])
      #expect(
        runLogCommand(["recover", folder + "/a.mcap", "--output", folder + "/b.mcap", "--replace"])
          == .success)
      #expect(parts(folder, "b").count == 4)
      // The file of part 2 may be replaced, but that of part 3 would be part 3 itself.
      #expect(
        runLogCommand(["recover", folder + "/a.2.mcap", "--output", folder + "/a.mcap", "--replace"])
          == .wrongUse)
      #expect(parts(folder, "a") == before)
      #expect(try ticks(folder + "/a.mcap").count == 1000)
    }
  }
}
