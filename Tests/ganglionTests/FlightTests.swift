import FlightLog
import Foundation
import HardwareInterfaces
import Signals
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

private func fly(_ loaded: LoadedVehicle, seed: UInt64 = 1, fault: String? = nil, log: String? = nil) throws
  -> FlightReport
{
  try VehicleRuntime.fly(Flight(loaded, seed: seed, fault: fault, logPath: log), showsProgress: false)
}

@Suite("A simulated flight")
struct FlightTests {
  @Test("It takes off, holds its setpoints, and raises no fault")
  func holds() throws {
    let report = try fly(try shippedVehicle())
    #expect(report.isHeld)
    #expect(report.conditions.isEmpty)
    #expect(report.mode == .active)
    #expect(report.ticks > 1900)
  }

  @Test("The same configuration and seed give the same log, byte for byte; another seed does not")
  func deterministic() throws {
    try withFolder { folder in
      let loaded = try shippedVehicle()
      for (name, seed) in [("a", 5), ("b", 5), ("c", 6)] {
        _ = try fly(loaded, seed: UInt64(seed), log: "\(folder)/\(name)")
      }
      let logs = try ["a", "b", "c"].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")) }
      #expect(logs[0] == logs[1])
      #expect(logs[0] != logs[2])
    }
  }

  @Test("Its log replays bit for bit, and needs nothing but itself")
  func replays() throws {
    try withFolder { folder in
      let report = try fly(try shippedVehicle(), log: "\(folder)/flight.mcap")
      var replay = try Replay(path: "\(folder)/flight.mcap")
      let outcome = try replay.run()
      #expect(outcome.isIdentical)
      #expect(outcome.text == "replayed \(report.ticks) ticks: identical")
    }
  }

  @Test("A replay names the first tick and field that differ, with both values")
  func findsDifference() throws {
    try withFolder { folder in
      let path = "\(folder)/flight.mcap"
      let loaded = try shippedVehicle()
      _ = try fly(loaded, log: path)
      let table = try FlightLogReader(path: path).table
      let pitch = try #require(table.index(of: "command.pitch", as: Float.self))
      let bytes = try rewritten(path) { number, frame in
        if number == 1000 { frame[pitch] = Float(bitPattern: frame[pitch].bitPattern ^ 1) }
        return true
      }
      var replay = try Replay(LogBytes(bytes))
      let outcome = try replay.run()
      #expect(outcome.difference?.tick == 1000)
      #expect(outcome.difference?.field.field == "command.pitch")
      #expect(outcome.difference?.field.recorded != outcome.difference?.field.replayed)
      #expect(!outcome.isIdentical)
    }
  }

  @Test(
    "A replay says that ticks are missing, and does not call what follows different", arguments: [0, 1000])
  func missingTicks(_ first: UInt64) throws {
    try withFolder { folder in
      let path = "\(folder)/flight.mcap"
      _ = try fly(try shippedVehicle(), log: path)
      // As `ganglion log recover` leaves a log of which a chunk was damaged.
      let bytes = try rewritten(path) { number, _ in !(first..<first + 60).contains(number) }
      var replay = try Replay(LogBytes(bytes))
      let outcome = try replay.run()
      #expect(outcome.difference == nil)
      #expect(outcome.interruption?.hasPrefix("tick \(first) is missing: the next is tick ") == true)
      #expect(outcome.text.contains("NOT REPRODUCIBLE from here on") && !outcome.isIdentical)
    }
  }

  @Test("A replay says what was lost before the log was recovered, and so does an account of its ticks")
  func recovered() throws {
    try withFolder { folder in
      let path = "\(folder)/flight.mcap"
      _ = try fly(try shippedVehicle(), log: path)
      try #require(truncate(path, try LogBytes(path: path).count / 2) == 0)
      let whole = "\(folder)/whole.mcap"
      let recovery = try PartedRecovery(
        path, MCAPOutline(LogBytes(path: path)), to: whole, replacing: false)
      var replay = try Replay(path: whole)
      let outcome = try replay.run()
      #expect(outcome.isIdentical)
      let lost = "; the log was recovered, and \(recovery.lostBytes) bytes of it are lost"
      #expect(outcome.text == "replayed \(outcome.ticks) ticks: identical" + lost)
      let account = try SensorRecording(MCAPOutline(LogBytes(path: whole))).account
      #expect(
        account.skipped.contains {
          $0.reason == "bytes that were lost before the log was recovered" && $0.count == recovery.lostBytes
        })
    }
  }

  /// The flight of `log` written again: `change` may edit each tick, and leaves out those for which it says no.
  private func rewritten(_ log: String, _ change: (UInt64, Frame) -> Bool) throws -> [UInt8] {
    let reader = try FlightLogReader(path: log)
    let sink = MemoryLogSink()
    let writer = try FlightLogWriter(
      sink: sink, signals: reader.table, configuration: reader.content.configuration,
      models: reader.content.models,
      metadata: reader.metadata)
    var cursor = reader.ticks()
    while case .tick = try cursor.next() {
      let number: UInt64 = try #require(cursor.view.value("tick.number"))
      if change(number, cursor.frame) { try writer.append(cursor.frame) }
    }
    try writer.finish()
    return sink.bytes
  }
}

@Suite("Faults in flight")
struct FaultTests {
  /// What the shipped rules make of each fault, four seconds into a flight, and how the flight ends.
  @Test(
    "Each fault leads to its configured reaction",
    arguments: [
      ("imu:off@4s", FailsafeCondition.imuStale, VehicleMode.terminated),
      ("imu:stuck@4s", .imuStale, .terminated),
      ("imu:brown-out@4s", .imuStale, .terminated),
      ("motors:off@4s", .actuatorFault, .terminated),
      ("motors:brown-out@4s", .actuatorFault, .terminated),
      ("range:off@4s", .rangeStale, .active),
      ("range:stuck@4s", .rangeStale, .active),
      ("barometer:off@4s", .barometerStale, .active),
      ("barometer:garbage@4s", .barometerStale, .active),
      ("power:off@4s", .powerStale, .active),
    ])
  func reaction(_ fault: String, _ condition: FailsafeCondition, _ mode: VehicleMode) throws {
    let report = try fly(try shippedVehicle(), fault: fault)
    #expect(report.conditions.contains(condition), "\(report.conditions)")
    #expect(report.mode == mode)
  }

  @Test("A short loss of a slow sensor is survived and forgotten")
  func survives() throws {
    let report = try fly(try shippedVehicle(), fault: "range:nack@4s+0.5s")
    #expect(report.isHeld)
    #expect(report.mode == .active)
  }

  @Test("A wrong identity keeps the vehicle on the ground, and the result says why")
  func wrongIdentity() throws {
    let report = try fly(try shippedVehicle(), fault: "imu:wrong-identity@0s")
    #expect(report.mode == .disarmed)
    #expect(report.reasons.contains(.inertialSensor))
  }

  @Test("A fault of a chip that is not there is refused with the names that are")
  func unknownTarget() throws {
    #expect(throws: (any Error).self) { try fly(try shippedVehicle(), fault: "radar:off@1s") }
  }
}
