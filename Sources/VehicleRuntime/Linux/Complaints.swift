import LinuxHardware
import Signals
import VehicleConfiguration

/// What is known of the machine beside what the loop tells.
struct MachineState {
  /// Whether the kill switch cannot be read, and whether it was not looked at lately.
  var isSwitchUnreadable = false
  var isSwitchStale = false
  /// How the guard's process is.
  var guardProcess = GuardProcess.State.watching
}

extension VehicleTables {
  /// What an owner must know of the machine under a vehicle: sensors that are missing or others, buses that are slower
  /// than they should be, outputs and switches that have gone. Empty when there is nothing to say.
  func complaints(
    about status: LoopStatus, _ values: FrameView, identities: [String: UInt8], _ machine: MachineState
  ) -> [String] {
    var complaints = deviceComplaints(about: values, identities: identities)
    for (index, bus) in buses.enumerated() where index < status.buses.count {
      let statistics = status.buses[index]
      if let factor = bus.slowness(statistics) {
        complaints.append(
          "buses[\(index)] \"\(bus.name)\": a transfer takes \((factor * 10).rounded() / 10) times as long as at "
            + "\(bus.rateHz) Hz: the bus may run at another speed (on a Raspberry Pi: "
            + "dtparam=i2c_arm_baudrate=\(bus.rateHz)), or its adapter adds the time")
      }
    }
    if status.haveOutputsFailed {
      complaints.append(
        "actuators: the enable line, the pulses or a line do not follow; has their chip gone? The vehicle stays disarmed until "
          + "it is started anew")
    }
    for (index, bus) in buses.enumerated() where status.staleOrders >> index & 1 == 1 {
      complaints.append(
        "actuators: the bus \"\(bus.name)\" has carried out no orders for more than \(ordersStaleAfter / 1_000_000) ms "
          + "(actuators.stale_after_ms): a transfer on it hangs, or its sensors take all its time")
    }
    if let text = machine.guardProcess.complaint { complaints.append(text) }
    if machine.isSwitchStale, let line = lines.killSwitch {
      complaints.append(
        "lines.kill_switch: not looked at for more than \(line.staleAfter / 1_000_000) ms (stale_after_ms), and counts as "
          + "pulled: the switch's or the lamp's chip hangs")
    }
    if machine.isSwitchUnreadable {
      complaints.append(
        "lines.kill_switch: cannot be read, and counts as pulled; has its chip gone? Start the vehicle anew when it is "
          + "back")
    }
    return complaints
  }
}

extension Configuration.Bus {
  /// How many times as long transfers take as at the configured speed; `nil` when that is not known yet or not worth a
  /// word: an adapter needs some time of its own between bytes.
  func slowness(_ statistics: I2CStatistics) -> Double? {
    // Some seconds of an inertial sensor.
    guard statistics.bits > 200_000 else { return nil }
    let factor = Double(statistics.good) * 1e-9 * Double(rateHz) / Double(statistics.bits)
    return factor > 2.5 ? factor : nil
  }
}

extension GuardProcess.State {
  /// What an owner must know of it; `nil` while it watches.
  fileprivate var complaint: String? {
    let consequence =
      "nobody makes the outputs safe if this process is stopped or dies. The vehicle does not arm; land it if it flies"
    return switch self {
    case .watching: nil
    case .silent: "the guard's process is stopped or hangs: \(consequence)"
    case .ended:
      "the guard's process has ended, perhaps killed: \(consequence), then start it anew (systemctl restart ganglion)"
    }
  }
}
