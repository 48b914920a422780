import ControlLoop
import FlightLog
import Foundation
import Testing

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
      let bytes = try LogBytes(path: path)
      let flight = try RecordedFlight(
        try shippedMission(), PX4Recording(ULogFile(bytes)), name: "auav-x21", digest: "",
        logPath: "\(folder)/recording.mcap")
      let report = try flight.run().json

      // The recording's own attitude is the reference; goal and measured figures are in docs/log-and-replay.md.
      #expect(try #require(report["roll_rms_deg"] as? Double) < 3)
      #expect(try #require(report["pitch_rms_deg"] as? Double) < 3)
      #expect(try #require(report["comparisons"] as? Int) > 6000)
      // Its gaps are real irregular time, and must reach the network as such.
      #expect(try #require(report["longest_step_ms"] as? Double) > 60)
      // What the recording has not, the health logic must say.
      let faults = try #require(report["faults"] as? [String])
      #expect(faults.contains("range_stale"))
      #expect(faults.contains("barometer_stale"))

      var replay = try Replay(FlightLogReader(path: "\(folder)/recording.mcap"))
      let outcome = try replay.run()
      #expect(outcome.isIdentical)
      #expect(outcome.ticks == 17_070)
    }
  }

  @Test("A file that is no recording is refused with wrong use")
  func refusesOtherFiles() {
    let status = replayCommand(["--config", shippedConfiguration, #filePath])
    #expect(status == .wrongUse)
  }
}
