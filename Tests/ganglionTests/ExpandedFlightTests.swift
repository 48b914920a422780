import FlightLog
import Foundation
import Signals
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// What a template expands to flies as the template does.
@Suite("Flights of expanded templates")
struct ExpandedFlightTests {
  @Test(
    "give the same values tick by tick, and the same result",
    arguments: ["quadrotor-hold", "quadrotor-redundant", "balancer-hold"],
    [FlightDigests.Controller.classical, .int16])
  func same(_ name: String, _ controller: FlightDigests.Controller) throws {
    let template = try FlightDigests(name: name, controller: controller, file: "").loaded()
    let expansion = try Self.expanded(template)
    #expect(expansion.tables.template == nil)
    var one = try Flight(template, seed: 1, fault: nil, logPath: nil)
    var two = try Flight(expansion, seed: 1, fault: nil, logPath: nil)
    let (own, theirs) = (one.controller.table, two.controller.table)
    let common = own.declaredSignals.filter { theirs.bytes(of: $0.name)?.count == $0.size }
    // All but nothing: without a template there is a fault of each actuator besides.
    #expect(common.count == own.declaredSignals.count)
    var digests = (FlightDigest(own), FlightDigest(theirs))
    var parted = false
    while let start = one.nextTick() {
      guard let same = two.nextTick() else { break }
      let (first, second) = (one.vehicle, two.vehicle)
      try one.fly(start, first)
      try two.fly(same, second)
      digests.0.fold(one.frame)
      digests.1.fold(two.frame)
      if parted { continue }
      let differing = common.filter { Self.bytes($0, own, one.frame) != Self.bytes($0, theirs, two.frame) }
      parted = !differing.isEmpty
      #expect(differing.isEmpty, "tick \(start.tick): \(differing.map(\.name).joined(separator: ", "))")
    }
    let isOver = two.nextTick() == nil
    #expect(isOver)
    #expect(
      digests.0.ticks > 3000 && digests.0.digests == digests.1.digests && digests.0.trace == digests.1.trace)
    let (report, other) = (try one.finish(), try two.finish())
    #expect(report.held != nil && report.held == other.held)
    #expect(report.score.measures.map(\.value) == other.score.measures.map(\.value))
    #expect(report.faultNames == other.faultNames)
  }

  @Test("replay bit for bit", arguments: ["quadrotor-redundant", "balancer-hold"])
  func replays(_ name: String) throws {
    let expansion = try Self.expanded(FlightDigests(name: name, controller: .int16, file: "").loaded())
    try withFolder { folder in
      let flight = try Flight(expansion, seed: 1, fault: nil, logPath: "\(folder)/a")
      _ = try fly(flight, showsProgress: false)
      var replay = try Replay(path: "\(folder)/a")
      let outcome = try replay.run()
      #expect(outcome.isIdentical && outcome.ticks > 3000)
    }
  }

  @Test("draw setpoints at random where the template does")
  func randomSetpoints() throws {
    let text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
      .replacing("duration_s: 20", with: "random_setpoints: {}, duration_s: 20")
    let template = try LoadedVehicle(
      configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
    let digests = try [template, Self.expanded(template)].map { loaded in
      var flight = try Flight(loaded, seed: 3, fault: nil, logPath: nil)
      var digest = FlightDigest(flight.controller.table)
      while digest.ticks < 1500, let start = flight.nextTick() {
        let vehicle = flight.vehicle
        try flight.fly(start, vehicle)
        digest.fold(flight.frame)
      }
      return digest.digests
    }
    #expect(digests[0] == digests[1])
  }

  @Test("say nothing of an error that nothing measures")
  func standing() throws {
    let text = """
      { name: "lamp", format: 2, loop: { rate_hz: 100 }, simulation: { duration_s: 1 },
        devices: { lamp: { chip: "line", line: "GPIO5", command: "setpoint.arm" } } }
      """
    let loaded = try LoadedVehicle(configuration: Array(text.utf8), models: [:], overrides: [:])
    let report = try fly(Flight(loaded, seed: 1, fault: nil, logPath: nil), showsProgress: false)
    #expect(report.ticks > 90 && !report.table.contains("tracking error"), "\(report.table)")
  }

  /// The mission that the expansion of a template's tables is, with the same networks.
  private static func expanded(_ loaded: LoadedVehicle) throws -> LoadedVehicle {
    let text = try VehicleTables.expanded(loaded.tables, of: loaded.tables.text)
    return try LoadedVehicle(configuration: Array(text.utf8), models: loaded.modelBytes, overrides: [:])
  }

  private static func bytes(_ signal: Signal, _ table: SignalTable, _ frame: Frame) -> [UInt8] {
    guard let range = table.bytes(of: signal.name) else { return [] }
    return Array(UnsafeRawBufferPointer(start: frame.base + range.lowerBound, count: range.count))
  }
}
