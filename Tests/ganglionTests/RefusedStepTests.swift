import FlightLog
import Foundation
import LiquidModel
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// The shipped quadrotor with a network of single precision whose gate is no number once the altitude's error has grown:
/// the shipped one, with two weights of its first cell so large that their products are infinite.
private func refusingMission(_ changes: [(String, String)] = []) throws -> LoadedVehicle {
  let folder = URL(filePath: shippedConfiguration).deletingLastPathComponent()
  var model = try ModelFile.read(path: folder.appending(path: "models/quadrotor-ncp19.safetensors").path)
    .model()
  let input = try #require(model.inputs.firstIndex { $0.name == "altitude_error" })
  guard case .cfc(var cell) = model.cells[0] else {
    throw CommandFailure("the shipped network has other cells")
  }
  // The input is the error times 2: from 0.21 m on the sums are infinite, one of either sign.
  cell.timeA?.weights[input] = 3.4e38
  cell.timeA?.bias[0] = 2.0e38
  cell.timeB?.weights[input] = -3.4e38
  cell.timeB?.bias[0] = -2.0e38
  model.cells[0] = .cfc(cell)
  let bytes = try ModelFile(model, arithmetic: .float32).encoded()
  var text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
  for (old, new) in [("duration_s: 20", "duration_s: 8"), ("until_s: 20.0", "until_s: 8.0")] + changes {
    try #require(text.contains(old))
    text = text.replacing(old, with: new)
  }
  return try LoadedVehicle(configuration: Array(text.utf8), models: ["network": bytes], overrides: [:])
}

@Suite("A network's step that is refused in flight")
struct RefusedStepTests {
  /// What the ticks of a log say.
  private struct Track {
    var modes: [String] = []
    var controllers: [String] = []
    var firstRefusal: UInt64?
    var isFinite = true
    var ticks = 0
  }

  private func track(_ path: String) throws -> Track {
    var track = Track()
    var cursor = try FlightLogReader(path: path).ticks()
    while case .tick = try cursor.next() {
      let tick = cursor.view
      let (mode, controller) = (tick.choice("safety.mode") ?? "", tick.choice("command.source") ?? "")
      track.ticks += 1
      if track.modes.last != mode { track.modes.append(mode) }
      if mode != "disarmed" {
        if track.controllers.last != controller { track.controllers.append(controller) }
        if tick.isSet("network.failed"), track.firstRefusal == nil {
          track.firstRefusal = tick.value("tick.number")
        }
      }
      for output in tick.values("network.output", as: Float.self) where !output.isFinite {
        track.isFinite = false
      }
      for motor in ["front_right", "rear_left", "front_left", "rear_right"] {
        let pulse: Float = tick.value("\(motor).pulse") ?? .nan
        if !(900...2000).contains(pulse) { track.isFinite = false }
      }
    }
    return track
  }

  @Test("hands the vehicle to the classical controller, which flies on; the run says so, and its log replays")
  func classical() throws {
    try withFolder { folder in
      let path = "\(folder)/flight.mcap"
      let report = try fly(
        Flight(try refusingMission(), seed: 1, fault: nil, logPath: path), showsProgress: false)
      #expect(report.conditions == [.networkFault])
      #expect(report.mode == .active)
      #expect(report.score.crash == nil)
      #expect(report.table.contains(FailsafeCondition.networkFault.text))
      #expect(report.json["faults"] as? [String] == ["network_fault"])
      let track = try track(path)
      #expect(track.firstRefusal != nil)
      #expect(track.controllers == ["none", "network", "classical"], "and never back")
      #expect(track.modes == ["disarmed", "active"])
      #expect(track.isFinite)
      var replay = try Replay(path: path)
      let outcome = try replay.run()
      #expect(outcome.text == "replayed \(report.ticks) ticks: identical")
    }
  }

  @Test("lands or stops the vehicle where the configuration says so", arguments: ["land", "disarm"])
  func others(_ action: String) throws {
    try withFolder { folder in
      let path = "\(folder)/flight.mcap"
      let report = try fly(
        Flight(
          try refusingMission([
            (#"network_fault: { action: "classical" }"#, "network_fault: { action: \"\(action)\" }")
          ]), seed: 1, fault: nil, logPath: path), showsProgress: false)
      #expect(report.conditions.contains(.networkFault))
      #expect(report.held == false && report.status == .resultSaysNo)
      let modes = try track(path).modes
      #expect(modes[..<3] == ["disarmed", "active", action == "land" ? "landing" : "terminated"])
      var replay = try Replay(path: path)
      #expect(try replay.run().isIdentical)
    }
  }
}
