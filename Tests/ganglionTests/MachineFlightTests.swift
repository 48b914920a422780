import Foundation
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// The shipped machines that are nothing but a file: plants of parts, blocks, networks.
@Suite("Flights of machines without a template")
struct MachineFlightTests {
  static let machines = ["water-tank", "line-rover", "camera-gimbal", "motor-glider"]
  /// Each by its classical controller and by its network.
  static let flown = machines.flatMap { machine -> [(String, ControllerChoice)] in
    [(machine, .classical), (machine, .network)]
  }

  private static func file(_ machine: String) -> String {
    repository.appending(path: "firmware-configs/\(machine).json5").path
  }

  private static func fly(
    _ machine: String, _ controller: ControllerChoice, seed: UInt64, log: String? = nil
  ) throws -> FlightReport {
    let loaded = try LoadedVehicle(
      path: file(machine), overrides: ConfigurationOverrides(controller: controller))
    return try VehicleRuntime.fly(
      Flight(loaded, seed: seed, fault: nil, logPath: log), showsProgress: false)
  }

  /// All 200 of these seeds and those behind them hold (docs/plants.md).
  @Test("hold, by blocks and by a network", arguments: flown)
  func holds(_ machine: String, _ controller: ControllerChoice) throws {
    let report = try Self.fly(machine, controller, seed: 1000)
    #expect(report.isHeld, "\(report.score.shortcomings)")
    #expect(report.faultTexts == [])
  }

  @Test("give the same measures for the same seed, others for another", arguments: flown)
  func repeats(_ machine: String, _ controller: ControllerChoice) throws {
    let values = try [1, 1, 2].map { seed in
      try Self.fly(machine, controller, seed: seed).score.measures.map(\.value)
    }
    #expect(values[0] == values[1] && values[0] != values[2])
  }

  @Test("fail by a constant command", arguments: machines)
  func constant(_ machine: String) throws {
    var text = try String(contentsOfFile: Self.file(machine), encoding: .utf8)
    let names = text.matches(of: /classical_(\w+): "([\w.]+)"/).map { (String($0.1), String($0.2)) }
    var constants = ""
    for (command, source) in names {
      constants += "{ block: \"constant\", name: \"fixed_\(command)\", value: 0.3 },\n"
      text = text.replacing(
        "classical_\(command): \"\(source)\"", with: "classical_\(command): \"fixed_\(command).value\"")
    }
    text = text.replacing("  blocks: [\n", with: "  blocks: [\n\(constants)", maxReplacements: 1)
    let models = repository.appending(path: "firmware-configs/models").path
    text = text.replacing("\"models/", with: "\"\(models)/")
    try withFolder { folder in
      try text.write(toFile: "\(folder)/constant.json5", atomically: true, encoding: .utf8)
      let loaded = try LoadedVehicle(
        path: "\(folder)/constant.json5", overrides: ConfigurationOverrides(controller: .classical))
      let report = try VehicleRuntime.fly(
        Flight(loaded, seed: 1000, fault: nil, logPath: nil), showsProgress: false)
      #expect(!report.isHeld)
    }
  }

  @Test(
    "stop when their sensor is gone",
    arguments: [
      ("water-tank", "depth"), ("line-rover", "near_left"), ("camera-gimbal", "imu"), ("motor-glider", "imu"),
    ])
  func stops(_ machine: String, _ sensor: String) throws {
    let loaded = try LoadedVehicle(path: Self.file(machine), overrides: ConfigurationOverrides())
    let report = try VehicleRuntime.fly(
      Flight(loaded, seed: 1, fault: "\(sensor):off@10s", logPath: nil), showsProgress: false)
    #expect(!report.isHeld && report.modeName == "terminated")
    #expect(report.faults.contains { $0.name == "\(sensor)_freshness_missing" })
  }

  @Test("log what replays bit by bit", arguments: flown)
  func replays(_ machine: String, _ controller: ControllerChoice) throws {
    try withFolder { folder in
      let log = "\(folder)/run.mcap"
      _ = try Self.fly(machine, controller, seed: 3, log: log)
      var replay = try Replay(path: log)
      let replayed = try replay.run()
      #expect(replayed.isIdentical && replayed.ticks > 1000, "\(replayed.text)")
    }
  }
}
