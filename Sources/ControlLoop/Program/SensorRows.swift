import Control
import Signals

/// The devices and the sensor rows of a template's program.
struct SensorRows {
  let signals: [Signal]
  let blocks: [BlockDeclaration]
  /// The rows that choose among devices, and those that judge one.
  let voters, judges: [String]

  /// The rows of the sensors of a configuration.
  init(_ configuration: Configuration) {
    let groups = configuration.sensorGroups
    signals = groups.flatMap(\.devices).flatMap {
      $0.signals(bus: configuration.number(ofBus: $0.bus))
    }
    let hasPower = groups.contains { $0.name == "power" }
    blocks =
      DeviceRows.rows(of: groups) + (hasPower ? [BlockDeclaration("last_voltage", "battery")] : [])
    voters = blocks.filter { $0.kindName == "voter" }.map(\.name)
    judges = blocks.filter { $0.kindName == "health" }.map(\.name)
  }
}
