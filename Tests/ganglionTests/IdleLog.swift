import FlightLog
import Signals
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// Logs of the shipped quadrotor in which nothing happens.
enum IdleLog {
  /// Writes `count` ticks, 4 ms apart, to where `parts` says.
  static func write(_ count: Int, to parts: any LogPartSource, seed: UInt64 = 1) throws {
    let configuration = try LoadedVehicle(path: shippedConfiguration, overrides: ConfigurationOverrides())
      .template(for: "a test")
    let vehicle = try VehicleTables(configuration, hasNetwork: false).table()
    let writer = try FlightLogWriter(
      parts: parts, signals: vehicle, configuration: Array(configuration.text.utf8), models: [:],
      metadata: FlightLogMetadata(version: "0.1.0", backend: "simulated", seed: seed, tickRate: 250))
    let memory = FrameMemory(vehicle)
    let number = try #require(vehicle.index(of: "tick.number", as: UInt64.self))
    let time = try #require(vehicle.index(of: "tick.time", as: Int64.self))
    for tick in 0..<count {
      memory.frame[number] = UInt64(tick)
      memory.frame[time] = Int64(tick) * 4_000_000
      try writer.append(memory.frame)
    }
    try writer.finish()
  }
}
