import Files
import FlightLog
import Foundation
import LiquidModel
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// What commands do with files: of another kind, in the place of an input, in parts, and that can no longer be written.
@Suite struct FileCommandTests {
  private static let model = URL(filePath: shippedConfiguration).deletingLastPathComponent()
    .appending(path: "models/quadrotor-ncp19.safetensors").path

  /// A log of the shipped vehicle's eight seconds.
  private func fly(to path: String, _ changes: [(String, String)] = []) throws -> FlightReport {
    try VehicleRuntime.fly(
      Flight(shippedVehicle(changes), seed: 1, fault: nil, logPath: path), showsProgress: false)
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  @Test func aFileOfAnotherKindEndsEveryCommandWithTwo() throws {
    try withFolder { folder in
      for (name, beginning) in [
        ("checkpoint.pt", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 100)),
        ("flight.bin", [0xA3, 0x95, 0x80, 0x80, 0x59] + Array("FMT\0BBnNZ".utf8)),
        ("flight.ulge", Array("ULogEnc".utf8)),
        ("net.h5", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]), ("log.gz", [0x1F, 0x8B, 8]),
        ("empty", []),
      ] {
        let path = "\(folder)/\(name)"
        try Data(beginning).write(to: URL(fileURLWithPath: path))
        let words = FileKind(beginning).words
        func expectNamed(_ body: () throws -> Void) {
          let error = #expect(throws: (any Error).self, "\(name)") { try body() }
          let text = error.map { "\($0)" } ?? ""
          #expect(text.contains(words) && text.contains(path), "\(name): \(text)")
        }
        expectNamed { _ = try ModelFile.read(path: path) }
        expectNamed { _ = try Configuration.load(path: path) }
        expectNamed { _ = try SensorCalibration.read(path: path) }
        expectNamed { _ = try FlightLogReader(path: path) }
        #expect(inspectCommand([path]) == .wrongUse)
        #expect(quantizeCommand([path, "--calibrate", path]) == .wrongUse)
        #expect(quantizeCommand([Self.model, "--calibrate", path, "--output", folder + "/q"]) == .wrongUse)
        #expect(embedCommand([path]) == .wrongUse)
        #expect(replayCommand([path]) == .wrongUse)
        #expect(runLogCommand(["info", path]) == .wrongUse)
        #expect(runLogCommand(["recover", path, "--output", folder + "/r"]) == .wrongUse)
        #expect(runCommand([path, "--no-log"]) == .wrongUse)
        #expect(runCommand([shippedConfiguration, "--no-log", "--model", path]) == .wrongUse)
        #expect(CheckCommand.run([path]) != .success)
        #expect(
          calibrateCommand([shippedConfiguration, "--log", path, "--output", folder + "/c"]) == .wrongUse)
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.count == 6)
    }
  }

  @Test func aTableToCalibrateOnIsShownTheWay() throws {
    try withFolder { folder in
      let path = folder + "/rows.csv"
      try "roll_error,rate_x\n0.1,0.2\n0.1,0.3\n".write(toFile: path, atomically: true, encoding: .utf8)
      let model = try ModelFile.read(path: Self.model).model()
      let error = try #require(
        #expect(throws: VehicleError.self) { try RecordedSteps(path: path, for: model) })
      #expect(error.place == path)
      #expect(error.cause == "is a table of comma-separated values (CSV), not an MCAP log")
      #expect(error.remedy?.hasSuffix("calibrate on rows of your own from Python (docs/python.md)") == true)
    }
  }

  @Test(.timeLimit(.minutes(1))) func aPipeIsRefusedWithoutWaiting() throws {
    try withFolder { folder in
      let pipe = folder + "/pipe"
      try #require(mkfifo(pipe, 0o600) == 0)
      #expect(inspectCommand([pipe]) == .wrongUse)
      #expect(runCommand([pipe, "--no-log"]) == .wrongUse)
      #expect(runCommand([shippedConfiguration, "--no-log", "--model", pipe]) == .wrongUse)
      #expect(CheckCommand.run([pipe]) == .wrongUse)
      #expect(replayCommand(["--config", shippedConfiguration, pipe]) == .wrongUse)
      let text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
      let calibrated = folder + "/calibrated.json5"
      try text.replacing("sensors: {", with: "sensors: { calibration: \"pipe\",").write(
        toFile: calibrated, atomically: true, encoding: .utf8)
      #expect(runCommand([calibrated, "--controller", "classical", "--no-log"]) == .wrongUse)
    }
  }

  @Test func noCommandWritesOverItsInput() throws {
    try withFolder { folder in
      let log = folder + "/a.mcap"
      _ = try fly(to: log)
      let model = folder + "/m.safetensors"
      try FileManager.default.copyItem(atPath: Self.model, toPath: model)
      let (logBytes, modelBytes) = (try bytes(log), try bytes(model))
      for (name, target) in [("log", log), ("model", model)] {
        try #require(link(target, "\(folder)/\(name)-hard.c") == 0)
        try #require(symlink(target, "\(folder)/\(name)-soft.c") == 0)
      }
      for place in ["a.mcap", "./a.mcap", "log-hard.c", "log-soft.c"] {
        let output = "\(folder)/\(place)"
        #expect(runLogCommand(["recover", log, "--output", output, "--replace"]) == .wrongUse, "\(place)")
        #expect(
          runLogCommand(["export", "--csv", log, "--output", output, "--replace"]) == .wrongUse, "\(place)")
        #expect(
          quantizeCommand([model, "--calibrate", log, "--output", output, "--replace"]) == .wrongUse,
          "\(place)")
      }
      for place in ["m.safetensors", "model-hard.c", "model-soft.c"] {
        let output = "\(folder)/\(place)"
        #expect(
          quantizeCommand([model, "--to", "float16", "--output", output, "--replace"]) == .wrongUse,
          "\(place)")
        #expect(embedCommand([model, "-o", output, "--replace"]) == .wrongUse, "\(place)")
      }
      #expect(try bytes(log) == logBytes)
      #expect(try bytes(model) == modelBytes)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 6)
    }
  }

  @Test func theLaterPartsOfALogAreInputsToo() throws {
    try withFolder { folder in
      let log = folder + "/a.mcap"
      _ = try fly(to: log, [("directory: \"../out\"", "directory: \"../out\", part_mb: 1")])
      let later = try bytes(folder + "/a.2.mcap")
      try #require(symlink(folder + "/a.2.mcap", folder + "/soft.mcap") == 0)
      #expect(LogPart.paths(ofLogAt: log) == [log, folder + "/a.2.mcap"])
      #expect(LogPart.paths(ofLogAt: folder + "/a.2.mcap") == [folder + "/a.2.mcap"])
      for output in ["a.2.mcap", "soft.mcap"].map({ "\(folder)/\($0)" }) {
        #expect(
          quantizeCommand([Self.model, "--calibrate", log, "--output", output, "--replace"]) == .wrongUse)
        #expect(runLogCommand(["export", "--csv", log, "--output", output, "--replace"]) == .wrongUse)
        #expect(runLogCommand(["recover", log, "--output", output, "--replace"]) == .wrongUse)
        #expect(
          calibrateCommand([shippedConfiguration, "--log", log, "--output", output, "--replace"]) == .wrongUse
        )
      }
      #expect(try bytes(folder + "/a.2.mcap") == later)
    }
  }

  @Test func twoFilesThatLeadToOnePlaceAreRefused() throws {
    try withFolder { folder in
      let int16 = Self.model.replacing(".safetensors", with: "-int16.safetensors")
      try Data("old".utf8).write(to: URL(fileURLWithPath: folder + "/e.c"))
      try #require(symlink(folder + "/e.c", folder + "/e.h") == 0)
      #expect(embedCommand([int16, "-o", folder + "/e.c", "--replace"]) == .wrongUse)
      #expect(try bytes(folder + "/e.c") == Data("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["e.c", "e.h"])
    }
  }

  @Test func whatExistsIsReplacedOnlyWhenToldToAndNotByHalf() throws {
    try withFolder { folder in
      let int16 = Self.model.replacing(".safetensors", with: "-int16.safetensors")
      let (quantised, code, header) = (folder + "/q.safetensors", folder + "/e.c", folder + "/e.h")
      try Data("old".utf8).write(to: URL(fileURLWithPath: quantised))
      try Data("old".utf8).write(to: URL(fileURLWithPath: header))
      #expect(quantizeCommand([Self.model, "--to", "float16", "--output", quantised]) == .wrongUse)
      #expect(embedCommand([int16, "-o", code]) == .wrongUse)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["e.h", "q.safetensors"])
      #expect(try bytes(header) == Data("old".utf8))
      #expect(
        quantizeCommand([Self.model, "--to", "float16", "--output", quantised, "--replace"]) == .success)
      #expect(embedCommand([int16, "-o", code, "--replace"]) == .success)
      #expect(try ModelFile.read(path: quantised).arithmetic == .float16)
      #expect(try bytes(header).count > 100)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
    }
  }

  @Test func aLogInPartsIsReplayedVerifiedAndExportedAsOne() throws {
    try withFolder { folder in
      let log = folder + "/a.mcap"
      let report = try fly(to: log, [("directory: \"../out\"", "directory: \"../out\", part_mb: 1")])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.2.mcap", "a.mcap"])
      var replay = try Replay(path: log)
      let outcome = try replay.run()
      #expect(outcome.isIdentical && outcome.ticks == report.ticks, "\(outcome.text)")
      #expect(runLogCommand(["verify", log]) == .success)
      #expect(runLogCommand(["info", log, "--json"]) == .success)
      let csv = folder + "/ticks.csv"
      #expect(runLogCommand(["export", "--csv", log, "--output", csv]) == .success)
      let rows = try String(contentsOfFile: csv, encoding: .utf8).utf8.count { $0 == 0x0A }
      #expect(rows == Int(report.ticks) + 1)

      // A later part is read, and verified, alone; it cannot be replayed.
      #expect(runLogCommand(["verify", folder + "/a.2.mcap"]) == .success)
      let error = #expect(throws: VehicleError.self) {
        _ = try Replay(path: folder + "/a.2.mcap")
      }
      #expect(error?.description.contains("begins with part 1, which would be \(log)") == true)

      try FileManager.default.removeItem(atPath: folder + "/a.2.mcap")
      #expect(runLogCommand(["verify", log]) == .resultSaysNo)
      #expect(replayCommand([log]) == .resultSaysNo)
    }
  }

  @Test func aRunThatNamesItsLogItselfTakesAFreeName() throws {
    try withFolder { folder in
      for name in ["a", "a-2"] { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
      #expect(freePath { "\(folder)/" + ($0 == 1 ? "a" : "a-\($0)") } == folder + "/a-3")
      #expect(freePath { "\(folder)/b-\($0)" } == folder + "/b-1")
    }
  }

  @Test(.timeLimit(.minutes(1))) func aFlightGoesOnWhenTheReaderOfItsLogGoes() throws {
    try withFolder { folder in
      let pipe = folder + "/pipe"
      try #require(mkfifo(pipe, 0o600) == 0)
      let reader = open(pipe, O_RDONLY | O_NONBLOCK)
      try #require(reader >= 0)
      let thread = Thread {
        // Takes a hundred thousand bytes, and goes.
        var (left, buffer) = (100_000, [UInt8](repeating: 0, count: 4096))
        while left > 0 {
          let count = read(reader, &buffer, buffer.count)
          if count > 0 { left -= count } else { usleep(1000) }
        }
        close(reader)
      }
      thread.start()
      let report = try fly(to: pipe)
      #expect(report.isHeld && report.ticks > 1900)
      #expect(report.logFailure?.contains("Broken pipe") == true)
      #expect(report.json["log_failure"] != nil)
    }
  }

  /// The program beside the tests, which is built with them.
  private static let program: String? = {
    guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return nil
    }
    let path = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "ganglion").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  @Test(.enabled(if: program != nil), .timeLimit(.minutes(2)))
  func aFlightGoesOnWhenItsLogMayGrowNoFurther() throws {
    try withFolder { folder in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = [
        "-c", "ulimit -f 200; exec \"$0\" run \"$1\" --controller classical --json --log \"$2\"",
        Self.program ?? "",
        shippedConfiguration, folder + "/a.mcap",
      ]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let result = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 1)
      let object = try #require(JSONSerialization.jsonObject(with: result) as? [String: Any])
      #expect(object["ticks"] as? Int == 4994)
      #expect((object["log_failure"] as? String)?.contains("File too large") == true)
      // What was written is a log, cut off.
      #expect(
        runLogCommand(["recover", folder + "/a.mcap", "--output", folder + "/b.mcap"]) == .resultSaysNo)
      #expect(runLogCommand(["verify", folder + "/b.mcap"]) == .success)
    }
  }
}
