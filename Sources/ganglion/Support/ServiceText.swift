import VehicleConfiguration

/// What the service of a vehicle needs that others do not: a part of its systemd unit, made of its configuration.
///
/// `scripts/deploy.d/install` puts it beside the unit; the unit itself allows what every vehicle has.
func serviceText(of tables: VehicleTables) -> String {
  // Loop, threads and guard end within seconds, and a slow card may take some for the end of the log.
  let rest = 30
  let stop = Int((Double(tables.loop.endsWithin) / 1e9).rounded(.up)) + rest
  var lines = [
    "# Made of the vehicle's configuration by `ganglion check --unit`.", "[Service]",
    "TimeoutStopSec=\(stop)",
  ]
  let pilots = tables.commands.sources.compactMap(\.pilot)
  let hasReceiver = pilots.contains { $0.device != .gamepad }
  let hasGamepad = pilots.contains { $0.device == .gamepad }
  var groups: [String] = []
  if hasReceiver {
    groups.append("dialout")
    // By the kernel's classes: a link's target is another device after the next start.
    lines += ["ttyAMA", "ttyS", "ttyUSB", "ttyACM"].map { "DeviceAllow=char-\($0) rw" }
  }
  if hasGamepad {
    groups.append("input")
    lines.append("DeviceAllow=char-input r")
  }
  if !groups.isEmpty { lines.append("SupplementaryGroups=\(groups.joined(separator: " "))") }
  return lines.joined(separator: "\n")
}
