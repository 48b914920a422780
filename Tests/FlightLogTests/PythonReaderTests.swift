import Foundation
import Testing

@testable import FlightLog

@Suite(.enabled(if: Python.path != nil, "needs a Python with Tests/python/requirements.txt"))
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
    let result = try Python.withTemporaryFile(".mcap") { log in
      try Data(bytes).write(to: log)
      return try #require(try Python.script("check_mcap.py", [log.path]))
    }
    #expect(result.status == 0)
    return try JSONDecoder().decode(Report.self, from: result.output)
  }

  @Test func theyReadALogOfSensorsWithSparesInFull() throws {
    let ticks = try SyntheticFlight.ticks(1000, of: SyntheticFlight.redundantVehicle)
    let report = try check(SyntheticFlight.log(ticks))
    #expect(report.ticks == 1000)
    #expect(report.topics["/sensors"] == 200)
  }

  @Test func thePackagesMcapAndMcapRos2ReadALogInFull() throws {
    let ticks = try SyntheticFlight.ticks(1000)
    let report = try check(SyntheticFlight.log(ticks))
    #expect(report.ticks == 1000)
    #expect(report.topics["/attitude"] == 200)
    #expect(report.topics["/network"] == 200)
    #expect(report.topics["/battery"] == 40)
    #expect(report.metadata["seed"] == "7")
    #expect(report.events.contains("disarmed -> active"))
    // The last of the IMU's messages is that of tick 995: every fifth tick has one.
    let rate: Float = ticks[995].value("imu.rate_x")
    let force: Float = ticks[995].value("imu.acceleration_z")
    #expect(
      report.imu == [.number(Double(rate)), .number(Double(force)), .text("imu")])
  }
}
