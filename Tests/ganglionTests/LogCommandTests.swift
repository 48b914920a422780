import FlightLog
import Foundation
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite struct LogCommandTests {
  @Test func wrongUseEndsWithTwo() {
    for arguments in [
      [], ["look"], ["info"], ["info", "/nowhere/at.all"], ["verify", "a", "b"], ["info", "x", "--fast"],
      ["recover", "x.mcap"], ["export", "x.mcap"],
    ] {
      #expect(runLogCommand(arguments) == .wrongUse, "\(arguments)")
    }
  }

  @Test func aFileThatCannotBeReadIsNamedOnce() throws {
    let none = try #require(#expect(throws: LogError.self) { try LogBytes(path: "/nowhere/at.all") })
    #expect(none.description == "/nowhere/at.all: cannot open it: No such file or directory. Check the path.")
    #expect(
      VehicleError(none, in: "/nowhere/at.all").description
        == "/nowhere/at.all: cannot open it: No such file or directory; check the path")
    let folder = try #require(#expect(throws: LogError.self) { try LogBytes(path: "/") })
    #expect(VehicleError(folder, in: "/").description == "/: is a folder, not a regular file; name a file")
  }

  @Test func helpIsNoError() {
    #expect(runLogCommand(["--help"]) == .success)
  }

  @Test(.timeLimit(.minutes(1))) func aPipeThatNoOneWritesToEndsWithTwo() throws {
    try withFolder { folder in
      let pipe = folder + "/pipe"
      try #require(mkfifo(pipe, 0o600) == 0)
      #expect(runLogCommand(["info", pipe]) == .wrongUse)
      #expect(replayCommand([pipe]) == .wrongUse)
    }
  }

  @Test func theListOfTopicsStaysShortWhateverTheirNames() throws {
    let sink = MemoryLogSink()
    let writer = try MCAPWriter(sink: sink, library: "test")
    let long = String(repeating: "w", count: 100_000)
    _ = try writer.addChannel(topic: long, schema: 0)
    for topic in 0..<2000 { _ = try writer.addChannel(topic: "/\(topic)", schema: 0) }
    try writer.finish()
    let text = LogListing("x", try MCAPOutline(LogBytes(sink.bytes))).text
    #expect(text.count < 100_000)
    #expect(text.contains("2001 topics in all"))
  }

  @Test func aListingKeepsNothingOfTheLogItself() throws {
    let sink = MemoryLogSink()
    try MCAPWriter(sink: sink, library: "test").finish()
    func listing() throws -> (LogListing, () -> LogBytes?) {
      let bytes = LogBytes(sink.bytes)
      let listing = LogListing("x", try MCAPOutline(bytes))
      return (listing, { [weak bytes] in bytes })
    }
    let (listing, bytes) = try listing()
    #expect(bytes() == nil)
    #expect(listing.text.hasPrefix("x: \(sink.bytes.count) bytes, written by test\ncomplete\n"))
  }

  @Test func aFileThatIsNoLogEndsWithTwo() {
    #expect(runLogCommand(["info", #filePath]) == .wrongUse)
    #expect(runLogCommand(["verify", "/dev/null"]) == .wrongUse)
  }
}

@Suite struct LogCommandResultTests {
  /// A folder with a log of 200 ticks in which nothing happens.
  private func makeLog() throws -> (folder: URL, log: String) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appendingPathComponent("flight.mcap").path
    try IdleLog.write(200, to: SingleLogPart(FileLogSink(path: path)))
    return (folder, path)
  }

  @Test func aSoundLogPassesEveryCommand() throws {
    let (folder, log) = try makeLog()
    defer { try? FileManager.default.removeItem(at: folder) }
    let csv = folder.appendingPathComponent("tick.csv").path
    #expect(runLogCommand(["info", log, "--json"]) == .success)
    #expect(runLogCommand(["verify", log]) == .success)
    #expect(runLogCommand(["export", "--csv", log, "--output", csv]) == .success)
    let lines = try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 201)
    #expect(lines.first?.hasPrefix("log_time_ns,tick_number,tick_time,tick_elapsed,") == true)
  }

  @Test func aDamagedLogIsNotCalledComplete() throws {
    let (folder, log) = try makeLog()
    defer { try? FileManager.default.removeItem(at: folder) }
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: log)))
    #expect(LogListing(log, try MCAPOutline(LogBytes(bytes))).text.contains("\ncomplete\n"))
    bytes[bytes.count / 2] ^= 4
    let damaged = LogListing(log, try MCAPOutline(LogBytes(bytes)))
    #expect(damaged.text.contains("complete, but DAMAGED: "))
    #expect(damaged.text.contains("\n  at byte "))
    #expect((damaged.json["findings"] as? [String])?.isEmpty == false)
  }

  @Test func aCutLogFailsVerificationUntilItIsRecovered() throws {
    let (folder, log) = try makeLog()
    defer { try? FileManager.default.removeItem(at: folder) }
    let cut = folder.appendingPathComponent("cut.mcap").path
    let whole = folder.appendingPathComponent("whole.mcap").path
    let bytes = try Data(contentsOf: URL(fileURLWithPath: log))
    try bytes.prefix(bytes.count * 3 / 4).write(to: URL(fileURLWithPath: cut))
    #expect(runLogCommand(["verify", cut, "--json"]) == .resultSaysNo)
    #expect(runLogCommand(["recover", cut, "--output", whole]) == .resultSaysNo)
    #expect(runLogCommand(["verify", whole]) == .success)
    // What exists is not overwritten unasked, and never the log itself.
    #expect(runLogCommand(["recover", log, "--output", whole]) == .wrongUse)
    #expect(runLogCommand(["recover", log, "--output", whole, "--replace"]) == .success)
    #expect(runLogCommand(["recover", log, "--output", log, "--replace"]) == .wrongUse)
    #expect(try Data(contentsOf: URL(fileURLWithPath: whole)) == bytes)
  }

  @Test func aRecoveredLogSaysWhatWasLost() throws {
    let (folder, log) = try makeLog()
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = folder.appendingPathComponent("whole.mcap").path
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: log)))
    let cut = try MCAPOutline(LogBytes(Array(bytes[..<(bytes.count * 3 / 4)])))
    let lost = LogListing("cut", cut).json["lost_bytes"] as? Int
    let recovery = try PartedRecovery(log, cut, to: whole, replacing: false)
    #expect(recovery.lostBytes == lost && recovery.lostBytes > 0)
    let listing = LogListing(whole, try MCAPOutline(LogBytes(path: whole)))
    #expect(listing.text.contains("\ncomplete as far as it could be recovered\n"))
    #expect(listing.text.contains("recovered from a log that was not whole\n"))
    #expect(listing.text.contains("  lost_bytes: \(recovery.lostBytes)\n"))
    let said = try #require(listing.json["recoveries"] as? [[String: String]])
    #expect(said.map { $0["lost_bytes"] } == ["\(recovery.lostBytes)"])
    #expect(listing.json["lost_bytes"] as? Int == 0)
    let untouched = LogListing(log, try MCAPOutline(LogBytes(path: log)))
    #expect((untouched.json["recoveries"] as? [Any])?.isEmpty == true)
  }
}
