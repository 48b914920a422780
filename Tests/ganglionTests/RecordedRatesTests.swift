import FlightLog
import Foundation
import Testing
import ULogBuilding
import VehicleFixtures

@testable import ganglion

/// Recordings whose inertial rows come faster than any bus, or whose slower sensor is too slow.
@Suite struct RecordedRatesTests {
  /// Rows of `sensor_combined` for two seconds.
  private func log(hertz: Double) -> ULogBuilder {
    var log = ULogBuilder()
    log.combinedTopic(id: 0)
    for row in 0..<Int(2 * hertz) {
      let time = 1_000_000 + UInt64(Double(row) * 1e6 / hertz)
      log.combined(
        id: 0, time: time, rate: [Float(row % 16) / 1024, 0, 0], force: [0, Float(row % 8) / 256, -9.8125])
    }
    return log
  }

  @Test(
    "Rows at kilohertz are flown without a fault of the inertial sensor",
    arguments: [2000.0, 2500, 4000, 8000])
  func rowsAtKilohertz(_ hertz: Double) throws {
    let report = try flyRecording(LogBytes(log(hertz: hertz).bytes)) { report, _ in report }
    #expect(report["ticks"] as? Int == Int(2 * hertz))
    let faults = try #require(report["faults"] as? [String])
    #expect(!faults.contains { $0.hasPrefix("imu") || $0.contains("attitude") }, "\(faults)")
    let step = try #require(report["longest_step_ms"] as? Double)
    #expect(abs(step - 1000 / hertz) <= 0.0011, "\(step) ms")
  }

  @Test("An accelerometer at 1 Hz beside a gyroscope at 250 Hz is too slow to judge by, in each form")
  func slowAccelerometer() throws {
    var apart = ULogBuilder()
    for (id, name) in [(UInt16(1), "sensor_gyro"), (2, "sensor_accel")] {
      apart.topic(name, "uint64_t timestamp;float x;float y;float z;", id: id)
    }
    for row in 0..<2500 {
      let time = 1_000_000 + UInt64(row) * 4000
      apart.data(id: 1, time: time, floats: [Float(row % 16) / 1024, 0, 0])
      if row % 250 == 0 { apart.data(id: 2, time: time, floats: [Float(row) / 10_000, 0, -9.8125]) }
    }
    var together = ULogBuilder()
    together.combinedTopic(id: 0)
    for row in 0..<2500 {
      together.combined(
        id: 0, time: 1_000_000 + UInt64(row) * 4000, rate: [Float(row % 16) / 1024, 0, 0],
        force: [Float(row / 250) / 40, 0, -9.8125])
    }
    for log in [apart, together] {
      let report = try flyRecording(LogBytes(log.bytes)) { report, _ in report }
      #expect(report["judged"] as? Bool == false)
      let why = try #require(report["why_not_judged"] as? String)
      #expect(
        why.hasPrefix("1.0 new readings of the accelerometer a second are too few for a loop of 250 Hz"),
        "\(why)")
    }
  }
}
