import FlightLog
import Foundation
import HardwareInterfaces
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// The folder with recordings that others made, when the machine has it.
private let data = ProcessInfo.processInfo.environment["GANGLION_DATA"]

/// Flies a recording with the shipped configuration; the report as JSON, and the log, before it is gone.
func flyRecording<Result>(
  _ bytes: LogBytes, configuration path: String = shippedConfiguration,
  _ body: ([String: Any], String) throws -> Result
) throws -> Result {
  var result: Result?
  try withFolder { folder in
    var overrides = ConfigurationOverrides()
    overrides.ignoresCalibration = true
    let log = "\(folder)/recording.mcap"
    let flight = try RecordedFlight(
      try LoadedVehicle(path: path, overrides: overrides), RecordingReader.read(bytes: bytes),
      name: "recording",
      digest: "",
      logPath: log)
    result = try body(try flight.run().json, log)
    var replay = try Replay(path: log)
    #expect(try replay.run().isIdentical)
  }
  return try #require(result)
}

/// The topics of a quantity in a report's account.
func accountTopics(_ report: [String: Any], _ quantity: String) throws -> [[String: Any]] {
  let account = try #require(report["account"] as? [String: Any])
  let topics = try #require(account["topics"] as? [[String: Any]])
  return topics.filter { $0["quantity"] as? String == quantity }
}

@Suite("Recordings that were read wrongly once", .enabled(if: data != nil, "needs GANGLION_DATA"))
struct RecordedCasesTests {
  private func fly(_ path: String) throws -> [String: Any] {
    try flyRecording(LogBytes(path: try #require(data) + "/cases/ulog-\(path).ulg")) { report, _ in report }
  }

  private func faults(_ report: [String: Any]) throws -> [String] {
    try #require(report["faults"] as? [String])
  }

  private func number(_ report: [String: Any], _ key: String) throws -> Double {
    try #require((report[key] as? Double) ?? (report[key] as? Int).map(Double.init), "\(key)")
  }

  @Test("Armed by actuator_armed, the estimator's flight gains apply")
  func armedFlight() throws {
    let report = try fly("armed-flight/flight_baro50")
    #expect(try number(report, "roll_rms_deg") < 0.2)
    #expect(try number(report, "pitch_rms_deg") < 0.2)
    #expect(try number(report, "armed_ticks") == 2950)
  }

  @Test("Battery and range finder are used")
  func batteryAndRange() throws {
    let report = try fly("battery-and-range-present/battery_range")
    #expect(report["absent"] as? [String] == [])
    #expect(try faults(report) == [])
    for quantity in ["range", "power"] {
      let topics = try accountTopics(report, quantity)
      #expect(topics.map { $0["used"] as? Int } == [200])
    }
  }

  @Test("A clock that goes back makes parts: the longest is flown, the other counted")
  func clockGoesBack() throws {
    let report = try fly("clock-goes-back/clock_back")
    #expect(report["ticks"] as? Int == 5000)
    let topics = try accountTopics(report, "inertial")
    let topic = try #require(topics.first)
    #expect(topic["rows"] as? Int == 6250)
    #expect(topic["used"] as? Int == 5000)
    let left = try #require(topic["left_out"] as? [[String: Any]])
    #expect(left.map { $0["count"] as? Int } == [1250])
    #expect((left.first?["reason"] as? String)?.contains("goes back") == true)
  }

  @Test("An information without a type costs itself")
  func informationWithoutType() throws {
    let report = try fly("information-without-type/i_notype")
    #expect(report["ticks"] as? Int == 1000)
    let account = try #require(report["account"] as? [String: Any])
    let skipped = try #require(account["skipped"] as? [[String: Any]])
    #expect(skipped.map { $0["count"] as? Int } == [1])
    #expect((skipped.first?["reason"] as? String)?.hasPrefix("information messages without a type") == true)
  }

  @Test("Instance 1 serves where instance 0 is missing")
  func instanceOneOnly() throws {
    let report = try fly("instance-one-only/instance1_only")
    #expect(report["ticks"] as? Int == 2500)
    let topics = try accountTopics(report, "inertial")
    #expect(topics.map { $0["instance"] as? Int } == [1])
  }

  @Test("Upside down, angles are compared on the circle")
  func inverted() throws {
    let report = try fly("inverted/inverted")
    #expect(try number(report, "roll_rms_deg") < 0.2)
    #expect(try number(report, "comparisons") > 450)
  }

  @Test("A quiet barometer is fresh throughout")
  func quietBarometer() throws {
    let report = try fly("quiet-barometer/air20")
    #expect(report["pressure_source"] as? String == "vehicle_air_data")
    let faults = try faults(report)
    #expect(faults.filter { $0.contains("barometer") || $0.contains("altitude") } == [])
  }

  @Test("A timestamp may be a topic's second member", arguments: ["", "_after"])
  func timestampSecond(variant: String) throws {
    let report = try fly("side-topic-timestamp-second/side_timestamp_second\(variant)")
    #expect(report["ticks"] as? Int == 500)
    let account = try #require(report["account"] as? [String: Any])
    let skipped = try #require(account["skipped"] as? [[String: Any]])
    #expect(skipped.isEmpty)
  }

  @Test("Nothing is judged by nine inertial rows a second, and it is said")
  func slowInertial() throws {
    let report = try fly("slow-inertial/slow_inertial")
    #expect(report["judged"] as? Bool == false)
    #expect(report["roll_rms_deg"] == nil)
    #expect(
      (report["why_not_judged"] as? String)?.contains("8.9 inertial rows a second are too few") == true)
  }

  @Test("A barometer at 1 Hz loses against one at 25 Hz")
  func slowSensorBaro() throws {
    let report = try fly("slow-sensor-baro/flight_air25_baro1")
    #expect(report["pressure_source"] as? String == "vehicle_air_data")
    let faults = try faults(report)
    #expect(faults.filter { $0.contains("barometer") } == [])
    let topics = try accountTopics(report, "pressure")
    #expect(topics.map { $0["name"] as? String } == ["vehicle_air_data", "sensor_baro"])
    #expect(topics.map { $0["rows"] as? Int } == [350, 14])
    #expect(topics.map { $0["used"] as? Int } == [350, 0])
    #expect(topics.map { $0["rate_hz"] as? Double } == [25, 1])
  }

  @Test("Rows with a time far ahead lose themselves")
  func twoTimesAhead() throws {
    let report = try fly("two-times-ahead/two_times_50s_ahead")
    #expect(report["ticks"] as? Int == 998)
    #expect(try number(report, "longest_step_ms") < 13)
    let left = try accountTopics(report, "inertial").first?["left_out"] as? [[String: Any]]
    #expect(left?.map { $0["count"] as? Int } == [2])
  }
}
