import FlightLog
import Foundation
import PortableMath
import Testing
import ULogBuilding
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// The folder with recordings that others made, when the machine has it.
private let data = ProcessInfo.processInfo.environment["GANGLION_DATA"]

@Suite("A real autopilot's recording")
struct RecordedFlightTests {
  @Test(
    "It passes through chips, drivers, estimator and network into a log that replays bit for bit",
    .enabled(if: data != nil, "needs GANGLION_DATA"))
  func replays() throws {
    try withFolder { folder in
      let path = try #require(data) + "/px4/auav-x21.ulg"
      let flight = try RecordedFlight(
        try shippedVehicle(), RecordingReader.read(bytes: LogBytes(path: path)), name: "auav-x21", digest: "",
        logPath: "\(folder)/recording.mcap")
      let report = try flight.run().json

      // The recording's own attitude is the reference; goal and measured figures are in docs/log-and-replay.md.
      #expect(try #require(report["roll_rms_deg"] as? Double) < 0.3)
      #expect(try #require(report["pitch_rms_deg"] as? Double) < 0.6)
      #expect(try #require(report["comparisons"] as? Int) > 6000)
      // Its gaps are real irregular time, and must reach the network as such.
      #expect(try #require(report["longest_step_ms"] as? Double) > 60)
      // What the recording has not, the health logic must say.
      let faults = try #require(report["faults"] as? [String])
      #expect(faults.contains("range_stale"))
      #expect(faults.contains("barometer_stale"))

      var replay = try Replay(path: "\(folder)/recording.mcap")
      let outcome = try replay.run()
      #expect(outcome.isIdentical)
      #expect(outcome.ticks == 17_070)
      // Its gaps count in the ticks' numbers, so that nothing looks lost.
      let continuity = try TickContinuity(FlightLogReader(path: "\(folder)/recording.mcap"))
      #expect(continuity.findings.isEmpty)
    }
  }

  @Test("A newer recording's barometer reaches the estimate as altitude")
  func newerBarometer() throws {
    // Ten seconds level and still, of which the last five climb at 1 m/s: sensor_combined as PX4 logs it since 1.7,
    // and the barometer in a topic of its own, in Pa.
    var builder = ULogBuilder()
    builder.flags()
    builder.format(
      "sensor_combined:uint64_t timestamp;float[3] gyro_rad;uint32_t gyro_integral_dt;"
        + "int32_t accelerometer_timestamp_relative;float[3] accelerometer_m_s2;")
    builder.format("sensor_baro:uint64_t timestamp;float pressure;float temperature;")
    builder.subscribe("sensor_combined", id: 1)
    builder.subscribe("sensor_baro", id: 2)
    // A sensor without noise would rightly be taken for a frozen one.
    var random = RandomGenerator(seed: 3)
    func bytes(_ values: [Float], noise: Double) -> [UInt8] {
      values.flatMap { ULogBuilder.bytes(($0 + Float(noise * random.nextGaussian())).bitPattern) }
    }
    var altitude = 0.0
    for step in 0..<2500 {
      let time = 1_000_000 + UInt64(step) * 4000
      let climbs = step >= 1250
      if climbs { altitude += 0.004 }
      // The first fifth of a second of the climb accelerates with 5 m/s²; a vehicle that moves also shakes.
      let force: Float = climbs && step < 1300 ? -14.80665 : -9.80665
      builder.data(
        id: 1, time: time,
        bytes([0, 0, 0], noise: climbs ? 0.1 : 0.002) + ULogBuilder.bytes(UInt32(4000))
          + ULogBuilder.bytes(Int32(0))
          + bytes([0, 0, force], noise: 0.03))
      guard step % 10 == 0 else { continue }
      let pressure = Float(StandardAtmosphere.pressure(atAltitude: altitude))
      builder.data(id: 2, time: time, bytes([pressure], noise: 2) + bytes([20], noise: 0.01))
    }
    try withFolder { folder in
      let flight = try RecordedFlight(
        try shippedVehicle(), RecordingReader.read(bytes: LogBytes(builder.bytes)), name: "climb", digest: "",
        logPath: "\(folder)/climb.mcap")
      let report = try flight.run().json
      let faults = try #require(report["faults"] as? [String])
      #expect(!faults.contains("barometer_stale"))
      #expect(!faults.contains("altitude_lost"))
      #expect(report["pressure_source"] as? String == "sensor_baro")
      var cursor = try FlightLogReader(path: "\(folder)/climb.mcap").ticks()
      var highest: Float = 0
      while case .tick = try cursor.next() {
        highest = max(highest, cursor.view.value("altitude.altitude") ?? .infinity)
      }
      #expect(abs(highest - Float(altitude)) < 1)
    }
  }

  @Test("A recording of little but gaps is refused, however short each gap is")
  func refusesManyGaps() throws {
    var builder = ULogBuilder()
    builder.flags()
    builder.format(
      "sensor_combined:uint64_t timestamp;float[3] gyro_rad;uint32_t gyro_integral_dt;"
        + "int32_t accelerometer_timestamp_relative;float[3] accelerometer_m_s2;")
    builder.subscribe("sensor_combined", id: 1)
    let row = [UInt8](repeating: 0, count: 12 + 4 + 4 + 12)
    for minute in 0..<60 { builder.data(id: 1, time: UInt64(minute) * 59_000_000, row) }
    try withFolder { folder in
      let recording = try RecordingReader.read(bytes: LogBytes(builder.bytes))
      #expect {
        _ = try RecordedFlight(
          try shippedVehicle(), recording, name: "gaps", digest: "", logPath: "\(folder)/gaps.mcap")
      } throws: { "\($0)".contains("add up to more than 600 s") }
    }
  }

  @Test("A file that is no recording is refused with wrong use")
  func refusesOtherFiles() {
    let status = replayCommand(["--config", shippedConfiguration, #filePath])
    #expect(status == .wrongUse)
  }
}
