import Control
import Devices
import Foundation
import SimulatedHardware
import VehicleConfiguration
import VehicleRuntime

/// Flies a configuration with parts that Ganglion does not have, in simulation, or on this machine when the file says `backend: "linux"`:
///
///     swift run -c release Example vehicles/cart.json5 cart.mcap
@main
enum Main {
  static func main() {
    do {
      try fly()
    } catch {
      FileHandle.standardError.write(Data("example: \(error)\n".utf8))
      exit(2)
    }
  }

  private static func fly() throws {
    // Before any configuration is read: a row for each part, and one for its simulated twin.
    try BlockTable.add(Approach.self)
    try PlantTable.all.add(PlantRow(Cart.self))
    try SensorTable.rangeFinders.add(RangeChip(TFLuna.self))
    try SimulatedChips.all.add(SimulatedChipRow("tf_luna") { _ in SimulatedTFLuna() })
    try ActuatorTable.all.add(ActuatorChip(MCP4725.self))
    try SimulatedActuatorChips.all.add(
      SimulatedActuatorRow("mcp4725") { SimulatedMCP4725(supply: $0["supply_v"] ?? 5) })

    let arguments = CommandLine.arguments.dropFirst()
    let vehicle = try LoadedVehicle(path: arguments.first ?? "vehicles/cart.json5")
    let log = arguments.dropFirst().first ?? "cart.mcap"
    guard vehicle.tables.backend == .simulated else {
      var options = LinuxRunOptions()
      options.logPath = log
      // Whoever starts this by hand wants the list of times flown.
      options.flysProfile = true
      if case .ended(let report) = try flyOnLinux(vehicle, options) {
        print("ran \(report.loop.last.ticks) ticks, ended \(report.loop.mode)")
      }
      return
    }
    let flight = try Flight(
      vehicle, seed: 1, fault: nil, logPath: log, logOptions: LogOptions(replacing: true))
    let report = try flight.fly()
    let held = report.held.map { $0 ? "held" : "not held" } ?? "not judged"
    print("flew \(report.ticks) ticks, ended \(report.modeName), \(held)")
    // What flew is in the log; the same parts step through it again.
    var replay = try Replay(path: log)
    let outcome = try replay.run()
    print("replayed \(outcome.ticks) ticks: \(outcome.isIdentical ? "identical" : "different")")
  }
}
