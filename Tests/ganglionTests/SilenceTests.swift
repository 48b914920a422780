import FlightLog
import Foundation
import HardwareInterfaces
import Testing
import ULogBuilding
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// What once was told too little of: faults before arming, recordings beyond a range, rows that nothing could use.
@Suite("Nothing is called well in silence")
struct SilenceTests {
  @Test(
    "A run that never armed names the faults that were in force at its end",
    arguments: ["imu:stuck@3ms", "power:off@0s"])
  func neverArmed(_ fault: String) throws {
    let report = try Flight(try shippedVehicle(), seed: 1, fault: fault, logPath: nil).fly()
    #expect(!report.inhibits.isEmpty)
    #expect(!report.faultNames.isEmpty)
  }

  @Test("A flight that armed names none that only the start had")
  func armed() throws {
    let report = try Flight(try shippedVehicle(), seed: 1, fault: nil, logPath: nil).fly()
    #expect(report.faultNames.isEmpty)
  }

  @Test("Rows far from the inertial ones are left out, and counted")
  func outside() {
    var recording = SensorRecording(format: "test")
    func row(_ second: Double) -> MonotonicTime { MonotonicTime(nanoseconds: Int64(second * 1e9)) }
    recording.pressure = [-5, 0, 1, 2, 12].map {
      .init(time: row($0), sample: PressureSample(pressure: 1e5, temperature: 20))
    }
    recording.armed = [-100, 20].map { .init(time: row($0), sample: true) }
    for quantity in [RecordedQuantity.pressure, .armed] {
      recording.account.topics.append(
        .init(
          name: quantity.rawValue, quantity: quantity, rows: 5, used: 5, isChosen: true, why: "the only one"))
    }
    recording.leaveOutRows(from: row(0), to: row(10))
    #expect(recording.pressure.map(\.time.seconds) == [0, 1, 2])
    let pressure = recording.account.topics[0]
    #expect(pressure.used == 3)
    #expect(pressure.leftOut == [.init(reason: "outside the time of the inertial rows", count: 2)])
    // What armed it long before still holds.
    #expect(recording.armed.map(\.time.seconds) == [-100])
    #expect(recording.account.topics[1].used == 4)
  }

  @Test("A log that its budget ended says so, when it is verified and when it is replayed")
  func endedEarly() throws {
    try withFolder { folder in
      var text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
      text = text.replacing("log: {", with: "log: { part_mb: 1, budget_mb: 2,")
      let loaded = try LoadedVehicle(
        configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
      let report = try Flight(loaded, seed: 1, fault: nil, logPath: "\(folder)/a.mcap").fly()
      #expect(report.logFailure != nil)
      let outlines = try FileManager.default.contentsOfDirectory(atPath: folder).map {
        try MCAPOutline(LogBytes(path: "\(folder)/\($0)"))
      }
      // The last part alone says it.
      let ended = outlines.filter { $0.endedEarly != nil }
      #expect(ended.count == 1)
      let findings = ended.flatMap { MCAPVerification($0).findings }
      #expect(findings.contains { $0.what.contains("ended before its run") })
      var replay = try Replay(path: "\(folder)/a.mcap")
      let outcome = try replay.run()
      #expect(outcome.isIdentical)
      #expect(outcome.text.contains("ended before its run"))
    }
  }

  @Test("A message that does not fit its schema costs no other row of an export")
  func oneBadMessage() throws {
    let sink = MemoryLogSink()
    let writer = try MCAPWriter(sink: sink, profile: "ros2", library: "test")
    let schema = try writer.addSchema(name: "test/msg/Two", text: "float64 a\nfloat64 b\n")
    let channel = try writer.addChannel(topic: "/two", schema: schema)
    for place in 0..<5 {
      let message: [UInt8] = [0, 1, 0, 0] + [UInt8](repeating: 0, count: place == 2 ? 5 : 16)
      try message.withUnsafeBytes { try writer.write(channel: channel, time: UInt64(place), payload: $0) }
    }
    try writer.finish()
    let out = MemoryLogSink()
    let export = try CSVExport(MCAPOutline(LogBytes(sink.bytes)), topic: "/two", to: out)
    #expect(export.rowCount == 4)
    #expect(!export.damages.isEmpty)
  }
}
