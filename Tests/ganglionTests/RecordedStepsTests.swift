import FlightLog
import Foundation
import LiquidModel
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// What `quantize` and `calibrate` make of a log: its ticks, and an account of those that are missing.
@Suite struct RecordedStepsTests {
  private static let path = URL(filePath: shippedConfiguration).deletingLastPathComponent()
    .appending(path: "models/quadrotor-ncp19.safetensors").path

  private func model() throws -> NetworkModel { try ModelFile.read(path: Self.path).model() }

  /// Flown by the classical controller, with the network beside it.
  private func loaded() throws -> LoadedVehicle {
    try LoadedVehicle(
      configuration: Array(shippedVehicle().tables.text.utf8),
      models: ["network": ModelFile.bytes(path: Self.path)],
      overrides: ["controller": "classical"])
  }

  private func withLog(_ body: (_ log: String, _ ticks: Int) throws -> Void) throws {
    try withFolder { folder in
      let log = folder + "/a.mcap"
      let report = try VehicleRuntime.fly(
        Flight(loaded(), seed: 1, fault: nil, logPath: log), showsProgress: false)
      try body(log, Int(report.ticks))
    }
  }

  /// Flips a bit in the middle of the file, within a chunk of ticks.
  private func damage(_ log: String) throws {
    var bytes = try Data(contentsOf: URL(filePath: log))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(filePath: log))
  }

  @Test func aWholeLogGivesAllOfItsTicks() throws {
    try withLog { log, ticks in
      let found = try RecordedSteps(path: log, for: model())
      #expect(found.steps.count == ticks)
      #expect(found.account.skipped == [] && found.account.lossText == nil)
    }
  }

  @Test func ticksThatCannotBeReadAreCounted() throws {
    try withLog { log, ticks in
      try damage(log)
      let found = try RecordedSteps(path: log, for: model())
      #expect(found.steps.count < ticks && found.steps.count > ticks / 2)
      let text = try #require(found.account.lossText)
      #expect(
        text.wholeMatch(
          of: /not all of it could be used: 1 damaged places with \d{4,} bytes in all, the first at byte \d+/)
          != nil)
      // The gyroscope's calibration is made before the damage; the log's source tells of all of it.
      let source = LogSource(try FlightLogReader(path: log), try loaded().template(for: "a test"))
      #expect(try source.account()?.skipped == found.account.skipped)
    }
  }

  @Test func gapsAddUp() {
    var losses = TickLosses()
    losses.note(.dropout(count: 3))
    losses.note(.dropout(count: .max))
    #expect(
      losses.skipped == [
        ImportAccount.Loss(reason: "ticks that were dropped when the log was written", count: 4_294_967_298)
      ])
  }

  @Test func anotherNetworksInputsAreRefused() throws {
    try withFolder { folder in
      // Half a second with the network, which the log then holds.
      let log = folder + "/a.mcap"
      var text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
      text = text.replacing("duration_s: 20", with: "duration_s: 0.5").replacing(
        /\n  evaluation: \{[^}]*\},/, with: "")
      let loaded = try LoadedVehicle(
        configuration: Array(text.utf8), models: ["network": ModelFile.bytes(path: Self.path)],
        overrides: [:])
      _ = try VehicleRuntime.fly(Flight(loaded, seed: 1, fault: nil, logPath: log), showsProgress: false)
      var other = try model()
      other.inputs[2].name = "something_else"
      let error = #expect(throws: VehicleError.self) { _ = try RecordedSteps(path: log, for: other) }
      #expect(error?.description.contains("reads yaw_rate_error") == true, "\(error.map { "\($0)" } ?? "")")
      other = try model()
      other.inputs.removeLast()
      #expect(throws: VehicleError.self) { _ = try RecordedSteps(path: log, for: other) }
    }
  }

  @Test func aLogWithoutANetworkTellsNoElapsedTime() throws {
    try withFolder { folder in
      let log = folder + "/a.mcap"
      _ = try VehicleRuntime.fly(
        Flight(shippedVehicle(), seed: 1, fault: nil, logPath: log), showsProgress: false)
      let error = #expect(throws: VehicleError.self) { _ = try RecordedSteps(path: log, for: model()) }
      #expect(error?.description.contains("without a network") == true)
    }
  }

  @Test func elapsedTimeIsInTheModelsUnit() throws {
    try withLog { log, _ in
      let known = try RecordedSteps(path: log, for: model()).steps[100].ts
      #expect(known > 0.5)
      var seconds = try model()
      seconds.timeUnit = 1
      let found = try RecordedSteps(path: log, for: seconds).steps[100].ts
      #expect(abs(found - known * 0.004) < 1e-6)
    }
  }
}
