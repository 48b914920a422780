import FlightLog
import Foundation
import HardwareInterfaces
import PortableMath
import Signals
import Testing
import ULogBuilding
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

private let armedIsUnknown =
  "nothing in the recording tells whether the vehicle was armed: it is replayed as disarmed, with the estimator's gains "
  + "of that state"

@Suite("The sensors of a recording, played back by chips")
struct RecordedSensorsTests {
  /// A vehicle that stands: `seconds` of inertial rows at `rate` Hz with the noise of a real sensor, or with none at all.
  private func standing(_ seconds: Int, rate: Int = 250, noise: Double = 1) -> ULogBuilder {
    var log = ULogBuilder()
    log.flags()
    log.combinedTopic(id: 0)
    var random = RandomGenerator(seed: 3)
    for row in 0..<seconds * rate {
      func value(_ mean: Float, _ deviation: Double) -> Float {
        mean + Float(deviation * noise * random.nextGaussian())
      }
      log.combined(
        id: 0, time: 1_000_000 + UInt64(row * 1_000_000 / rate),
        rate: [value(0, 0.002), value(0, 0.002), value(0, 0.002)],
        force: [value(0, 0.03), value(0, 0.03), value(-9.80665, 0.03)])
    }
    return log
  }

  private func fly(_ log: ULogBuilder) throws -> [String: Any] {
    try flyRecording(LogBytes(log.bytes)) { report, _ in report }
  }

  private func faults(_ report: [String: Any]) throws -> [String] {
    try #require(report["faults"] as? [String])
  }

  /// Adds a barometer of `rate` Hz whose readings do not change, from and until a time in s.
  private func addBarometer(
    _ log: inout ULogBuilder, rate: Int, _ times: [Range<Int>], pressure: Float = 100_000
  ) {
    log.barometerTopic(id: 1)
    for time in times {
      for row in time.lowerBound * rate..<time.upperBound * rate {
        // One bit, now and then.
        log.data(
          id: 1, time: 1_000_000 + UInt64(row * 1_000_000 / rate),
          floats: [pressure + (row % 97 == 0 ? 1 : 0), 20])
      }
    }
  }

  @Test("Readings of few bits are fresh, whatever the chip", arguments: [10, 25, 50])
  func fewBits(rate: Int) throws {
    var log = standing(6, noise: 0)
    addBarometer(&log, rate: rate, [0..<6])
    let report = try fly(log)
    let faults = try faults(report)
    #expect(faults.filter { $0.contains("barometer") || $0.contains("imu") || $0.contains("attitude") } == [])
    #expect(!faults.contains("altitude_lost"))
  }

  @Test("A barometer that falls silent is stale, and comes back")
  func silentBarometer() throws {
    var log = standing(12)
    addBarometer(&log, rate: 25, [0..<4, 8..<12])
    try flyRecording(LogBytes(log.bytes)) { report, path throws in
      #expect(try faults(report).contains("barometer_stale"))
      var cursor = try FlightLogReader(path: path).ticks()
      while case .tick = try cursor.next() {
        let tick = cursor.view
        let seconds = (tick["tick.time"] ?? 0) * 1e-9 - 0.5
        let age = (tick["tick.time"] ?? 0) - (tick["barometer.time"] ?? 0)
        if (1..<4).contains(seconds) || seconds > 9 { #expect(age < 100_000_000, "\(seconds) s") }
        if (4.5..<7.9).contains(seconds) { #expect(age > 400_000_000, "\(seconds) s") }
      }
    }
  }

  @Test("A barometer that is slower than its readings live is said to be")
  func slowBarometer() throws {
    var log = standing(4)
    addBarometer(&log, rate: 1, [0..<4])
    let report = try fly(log)
    let account = try #require(report["account"] as? [String: Any])
    #expect(
      account["notes"] as? [String] == [
        armedIsUnknown,
        "the barometer's rows are 1000 ms apart, and stale after 200 ms: between them a straight line stands in",
      ])
  }

  @Test("A recording that is slower than the loop has not missed every other tick", arguments: [100, 125])
  func slowerThanTheLoop(rate: Int) throws {
    let report = try fly(standing(4, rate: rate))
    #expect(try !faults(report).contains("overruns"))
    #expect(report["ticks"] as? Int == 4 * rate)
    #expect(report["judged"] as? Bool == true)
    let account = try #require(report["account"] as? [String: Any])
    #expect(
      account["notes"] as? [String] == [
        armedIsUnknown,
        "\(rate).0 inertial rows a second are fewer than the loop's 250 Hz: a tick comes with each, and none counts as "
          + "missed for that",
      ])
  }

  @Test("Battery and range reach the tick through their chips")
  func batteryAndRange() throws {
    var log = standing(4)
    log.topic("battery_status", "uint64_t timestamp;float voltage_v;float current_a;", id: 7)
    log.topic("distance_sensor", "uint64_t timestamp;float current_distance;", id: 8)
    for row in 0..<80 {
      log.data(id: 7, time: 1_000_000 + UInt64(row) * 50_000, floats: [12.2, 4])
      log.data(id: 8, time: 1_000_000 + UInt64(row) * 50_000, floats: [row < 40 ? 1.2 : 30])
    }
    try flyRecording(LogBytes(log.bytes)) { report, path throws in
      #expect(report["absent"] as? [String] == ["barometer"])
      var cursor = try FlightLogReader(path: path).ticks()
      while case .tick = try cursor.next() {
        let tick = cursor.view
        let seconds = (tick["tick.time"] ?? 0) * 1e-9 - 0.5
        guard seconds > 0.5 else { continue }
        #expect(abs((tick["power.voltage"] ?? 0) - 12.2) < 0.01)
        #expect(abs((tick["power.current"] ?? 0) - 4) < 0.01)
        if seconds < 1.8 {
          #expect(tick.isSet("range.seen"))
          #expect(abs((tick["range.distance"] ?? 0) - 1.2) < 0.005)
        }
        if seconds > 2.2 { #expect(!tick.isSet("range.seen")) }
      }
      let account = try #require(report["account"] as? [String: Any])
      #expect(
        account["notes"] as? [String] == [
          armedIsUnknown,
          "40 of 80 distances are beyond the configured range finder's 3.5 m, and out of range for it",
        ])
    }
  }

  @Test("What the vehicle has no sensor for is named as not used")
  func noSensorForIt() throws {
    var log = standing(3)
    log.topic("distance_sensor", "uint64_t timestamp;float current_distance;", id: 8)
    for row in 0..<60 { log.data(id: 8, time: 1_000_000 + UInt64(row) * 50_000, floats: [1.2]) }
    try withFolder { folder in
      let models = URL(filePath: shippedConfiguration).deletingLastPathComponent().path
      let bare = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("    range: {") && !$0.contains("range_stale") }.joined(separator: "\n")
        .replacing("file: \"models/", with: "file: \"\(models)/models/")
      try bare.write(toFile: "\(folder)/bare.json5", atomically: true, encoding: .utf8)
      try flyRecording(LogBytes(log.bytes), configuration: "\(folder)/bare.json5") { report, _ throws in
        #expect(report["absent"] as? [String] == ["barometer", "power"])
        let topics = try accountTopics(report, "range")
        let topic = try #require(topics.first)
        #expect(topic["used"] as? Int == 0)
        #expect(topic["chosen"] as? Bool == false)
        #expect(topic["why"] as? String == "the configured vehicle has no range finder")
      }
    }
  }

  @Test("The account is in the log, and shown by log info")
  func accountInTheLog() throws {
    var log = standing(2)
    log.message("I", [6] + Array("no_typ".utf8))
    addBarometer(&log, rate: 25, [0..<2])
    try flyRecording(LogBytes(log.bytes)) { report, path throws in
      let listing = LogListing(path, try MCAPOutline(LogBytes(path: path)))
      #expect(
        listing.text.contains("inertial from sensor_combined: 500 of 500 rows used, 250 Hz (the only one)"))
      #expect(listing.text.contains("pressure from sensor_baro: 50 of 50 rows used, 25 Hz (the only one)"))
      #expect(listing.text.contains("skipped: 1 information messages without a type"))
      let recording = try #require(listing.json["recording"] as? [String: String])
      #expect(recording["format"] == "PX4 ULog")
      #expect(recording["pressure from sensor_baro"] == "50 of 50 rows used, 25 Hz (the only one)")
    }
  }

  @Test(
    "Rates that the configuration calls stale are not judged",
    arguments: [(9, false), (50, false), (100, true)])
  func rates(rate: Int, isJudged: Bool) throws {
    var log = standing(4, rate: rate)
    log.attitudeTopic(id: 4)
    for row in 0..<200 { log.data(id: 4, time: 1_000_000 + UInt64(row) * 20_000, floats: [1, 0, 0, 0]) }
    let report = try fly(log)
    #expect(report["judged"] as? Bool == isJudged)
    #expect((report["roll_rms_deg"] as? Double != nil) == isJudged)
    #expect((report["why_not_judged"] as? String != nil) != isJudged)
  }

  @Test("A row whose time leaps loses itself", arguments: [61, 3600, 9_000_000_000_000])
  func leaps(seconds: Int) throws {
    var log = standing(3)
    log.combined(id: 0, time: 4_000_000 + UInt64(seconds) * 1_000_000)
    let report = try fly(log)
    #expect(report["ticks"] as? Int == 750)
    let left = try accountTopics(report, "inertial").first?["left_out"] as? [[String: Any]]
    #expect(left?.map { $0["count"] as? Int } == [1])
  }

  @Test("Angles are compared on the circle")
  func circle() {
    let turn = 2 * Double.pi
    let cases: [(angle: Double, expected: Double)] = [
      (0, 0), (6.2, 6.2 - turn), (-6.2, turn - 6.2), (3.1, 3.1), (12.6, 12.6 - 2 * turn),
    ]
    for (angle, expected) in cases {
      #expect(abs(RecordingReport.onCircle(angle) - expected) < 1e-12)
    }
  }

  @Test("With the nose up there is a pitch to compare, and no roll")
  func noseUp() throws {
    let table = try SignalTable(
      ["roll", "pitch"].map { Signal("attitude.\($0)", .number, from: .block("attitude")) })
    // Level.
    let memory = FrameMemory(table)
    var report = RecordingReport(
      name: "x", logPath: "y", SensorRecording(format: "any"), of: table, absent: [], whyNotJudged: nil)
    report.compare(memory.frame, with: Quaternion(roll: 0, pitch: 1.55, yaw: 0))
    #expect(report.json["roll_rms_deg"] == nil)
    #expect(abs(try #require(report.json["pitch_rms_deg"] as? Double) - 1.55 * 180 / .pi) < 1e-9)
    #expect(report.text.contains("roll not compared, pitch 88.81° RMS"))
  }

  @Test("A sensor is silent where its rows are further apart than usual, and than a reading lives")
  func silences() {
    func times(_ milliseconds: [Int]) -> [String] {
      let track = RecordedTrack(
        milliseconds.map {
          SensorRecording.Timed(time: MonotonicTime(nanoseconds: Int64($0) * 1_000_000), sample: true)
        }, offset: 0)
      return track.silences(longerThan: 200_000_000, until: MonotonicTime(nanoseconds: 10_000_000_000)).map {
        "\($0.from.nanoseconds / 1_000_000)-\($0.until.map { $0.nanoseconds / 1_000_000 } ?? -1)"
      }
    }
    #expect(times([]) == [])
    #expect(times(Array(stride(from: 0, through: 10_000, by: 40))) == [])
    #expect(times(Array(stride(from: 0, through: 10_000, by: 1000))) == [])
    #expect(
      times(
        Array(stride(from: 1000, through: 5000, by: 40)) + Array(stride(from: 6000, through: 9000, by: 40)))
        == [
          "0-1000", "5040-6000", "9040--1",
        ])
    // What is over before the board starts, or begins behind the end, is none.
    #expect(
      times([-9000, -8960, -8920, -5000, 0, 40, 80] + Array(stride(from: 120, through: 11_000, by: 40)))
        .isEmpty)
  }

  @Test("Armed times count on the log's clock")
  func armedTimes() {
    let changes = [(false, 1), (true, 5), (false, 9)].map { armed, second in
      SensorRecording.Timed(time: MonotonicTime(nanoseconds: Int64(second) * 1_000_000_000), sample: armed)
    }
    var arming = RecordedArming(changes, offset: 500_000_000)
    let seen = (0..<12).map { arming.isArmed(at: MonotonicTime(nanoseconds: Int64($0) * 1_000_000_000)) }
    #expect(seen == (0..<12).map { (6..<10).contains($0) })
    var none = RecordedArming([], offset: 0)
    let isArmed = none.isArmed(at: .distantFuture)
    #expect(!isArmed)
  }
}
