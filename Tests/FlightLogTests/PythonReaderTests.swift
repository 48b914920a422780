import ControlLoop
import Foundation
import Testing

@testable import FlightLog

/// A Python with the packages of Tests/python/requirements.txt: from GANGLION_PYTHON, or where scripts/test
/// makes one.
private let python: String? = findPython()

private func findPython() -> String? {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let candidates: [String?] = [
    ProcessInfo.processInfo.environment["GANGLION_PYTHON"],
    root.appendingPathComponent(".build/python/bin/python").path,
  ]
  for case let path? in candidates where FileManager.default.isExecutableFile(atPath: path) {
    if let result = try? run(path, ["-c", "import mcap, mcap_ros2"]), result.status == 0 { return path }
  }
  return nil
}

private func run(_ executable: String, _ arguments: [String]) throws -> (status: Int32, output: Data) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: executable)
  process.arguments = arguments
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, data)
}

@Suite(.enabled(if: python != nil, "needs a Python with mcap and mcap-ros2-support"))
struct PythonReaderTests {
  /// What check_mcap.py reports.
  struct Report: Decodable {
    var topics: [String: Int]
    var ticks: Int
    var events: [String]
    var metadata: [String: String]
    var imu: [JSONNumberOrText]
  }

  enum JSONNumberOrText: Decodable, Equatable {
    case number(Double)
    case text(String)
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  /// What check_mcap.py says of a log.
  private func check(_ bytes: [UInt8]) throws -> Report {
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).mcap")
    defer { try? FileManager.default.removeItem(at: log) }
    try Data(bytes).write(to: log)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("python/check_mcap.py")
    let result = try run(try #require(python), [script.path, log.path])
    #expect(result.status == 0)
    return try JSONDecoder().decode(Report.self, from: result.output)
  }

  @Test func theyReadALogOfSensorsWithSparesInFull() throws {
    let ticks = SyntheticFlight.withSpares(SyntheticFlight.ticks(1000))
    let report = try check(SyntheticFlight.log(ticks, layout: TickLayout(.quadrotor, hasSpares: true)))
    #expect(report.ticks == 1000)
    #expect(report.topics["/sensors"] == 200)
  }

  @Test func thePackagesMcapAndMcapRos2ReadALogInFull() throws {
    let ticks = SyntheticFlight.ticks(1000)
    let report = try check(SyntheticFlight.log(ticks))
    #expect(report.ticks == 1000)
    #expect(report.topics["/attitude"] == 200)
    #expect(report.topics["/network"] == 200)
    #expect(report.topics["/battery"] == 40)
    #expect(report.metadata["seed"] == "7")
    #expect(report.events.contains("disarmed -> active"))
    // The last of the IMU's messages is that of tick 995: every fifth tick has one.
    let last = ticks[995].input.inertial.sample
    #expect(
      report.imu == [.number(Double(last.rateX)), .number(Double(last.accelerationZ)), .text("imu")])
  }
}
