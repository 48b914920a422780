import HardwareInterfaces
import Sampling
import Signals
import VehicleConfiguration

extension BusWorker where Bus: ~Copyable {
  /// A worker for what a vehicle has on the bus `name`. Throws what is wrong with its actuators.
  public convenience init(
    bus: consuming Bus, _ tables: VehicleTables, name: String, table: SignalTable, start: MonotonicTime,
    playsBack: Bool = false
  ) throws(ConfigurationErrors) {
    let plan = try tables.actuatorPlan()
    self.init(
      bus: bus, devices: tables.devices.filter { $0.bus == name }, chips: plan.chips(on: name),
      table: table, start: start, playsBack: playsBack)
  }
}
