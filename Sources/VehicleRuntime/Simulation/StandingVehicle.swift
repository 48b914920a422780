import PortableMath
import SimulatedHardware
import VehicleConfiguration

/// A vehicle that stands still and level, whatever its actuators do: the plant `standing`.
struct StandingVehicle: SimulatedMotion {
  private let stepLength: Int64
  private(set) var nanoseconds: Int64 = 0
  let physics: PhysicalState

  /// A vehicle with a battery of so many cells.
  init(_ simulation: Configuration.SimulatedRun) {
    stepLength = 1_000_000_000 / Int64(max(simulation.plantRateHz, 1))
    // Cells of 4.2 V that are full.
    physics = PhysicalState(batteryVoltage: 4.2 * Double(simulation.batteryCells ?? 3))
  }

  mutating func step() { nanoseconds &+= stepLength }
}

extension StandingPlant: MovingPlant {
  /// See `MovingPlant`.
  public func motion(seed: UInt64) -> any SimulatedMotion { StandingVehicle(run) }
}
