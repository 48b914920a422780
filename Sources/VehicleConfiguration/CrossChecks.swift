import Files
import HardwareInterfaces
import Sampling
import Signals

/// What no section can see alone.
extension Configuration {
  static func checkNames(of buses: [Bus], in section: Section) {
    for (index, bus) in buses.enumerated() {
      if let first = buses.firstIndex(where: { $0.name == bus.name }), first < index {
        section.complain("buses[\(index)].name", "\"\(bus.name)\" is the name of buses[\(first)] already")
      }
      if let first = buses.firstIndex(where: { $0.adapter == bus.adapter }), first < index {
        section.complain("buses[\(index)].adapter", "\"\(bus.adapter)\" belongs to buses[\(first)] already")
      }
    }
  }

  /// Every device's bus exists, no two devices share an address on one, and none is asked for too much.
  static func checkBuses(
    _ buses: [Bus]?, sensors: Sensors, actuators: Actuators, loop: Loop?, in section: Section
  ) {
    guard let buses, let loop else { return }
    checkBuses(buses, shares: shares(sensors: sensors, actuators: actuators, loop: loop), in: section)
  }

  /// The same of any devices. `orders` are shares of chips of actuators whose places were checked with the actuators: they only count
  /// for the load.
  static func checkBuses(
    _ buses: [Bus], shares: [(bus: String, share: BusShare)],
    orders: [(bus: String, share: BusShare)] = [], in section: Section
  ) {
    let names = buses.map(\.name)
    for (bus, share) in shares where !names.contains(bus) {
      section.complain(
        share.path + ".bus",
        "there is no bus \(JSON5Value.quoted(bus)); `buses` has "
          + names.map { "\"\($0)\"" }.joined(separator: ", ") + hint(bus, among: names))
    }
    for (index, bus) in buses.enumerated() {
      let load = BusLoad(bus: bus, shares: shares.filter { $0.bus == bus.name }.map(\.share))
      for (position, share) in load.shares.enumerated() {
        guard let other = load.shares[..<position].first(where: { $0.meets(share) }) else { continue }
        section.complain(
          share.path + ".address",
          "\(hexadecimal(share.address)) on the bus \"\(bus.name)\" is taken by \(other.path) (\(other.chip))"
        )
      }
      for share in load.shares {
        let multiplexers = load.shares.compactMap(\.channel?.multiplexer)
        guard share.channel == nil, multiplexers.contains(share.address) else { continue }
        section.complain(
          share.path + ".address",
          "\(hexadecimal(share.address)) on the bus \"\(bus.name)\" is taken by a multiplexer")
      }
      let whole = BusLoad(
        bus: bus, shares: load.shares + orders.filter { $0.bus == bus.name }.map(\.share))
      if whole.fraction > BusLoad.limit {
        let hasNames = section.value("buses")?.members != nil
        section.complain(
          hasNames ? "buses.\(bus.name).rate_hz" : "buses[\(index)].rate_hz",
          "the bus \"\(bus.name)\" would be busy \(rounded(whole.fraction * 100, 1)) % of the time, expected at "
            + "most \(rounded(BusLoad.limit * 100, 0)) %: \(whole.arithmetic) at \(bus.rateHz) Hz; "
            + "raise the bus's rate_hz, lower the sensors', or use a second bus")
      }
    }
  }

  static func check(_ sensors: Sensors, against loop: Loop, in section: Section) {
    if sensors.imu.rateHz < loop.rateHz {
      section.complain(
        "sensors.imu.rate_hz",
        "found \(sensors.imu.rateHz), expected at least loop.rate_hz, \(loop.rateHz): otherwise ticks see old data"
      )
    }
    // A spare may be slower than the loop: it flies worse, and better than none.
    for (index, imu) in sensors.imu.instances.enumerated() where imu.staleAfter <= loop.period {
      section.complain(
        "sensors.\(SensorKind.imu.key(index)).stale_after_ms",
        "found \(rounded(Double(imu.staleAfter) / 1e6, 3)), expected more than the time between ticks, "
          + "\(rounded(Double(loop.period) / 1e6, 3)) ms")
    }
  }

  static func check(_ model: Model, against network: Network?, in section: Section) {
    switch (model.file, model.controller, network) {
    case (nil, .network, _):
      section.complain("model.file", "missing; the controller \"network\" needs a model file")
    case (_?, _, nil):
      section.complain("network", "missing; the network of model.file needs its inputs and outputs described")
    case (nil, .classical, _?):
      section.complain("network", "describes a network, but there is no model.file")
    default: break
    }
  }

  static func checkBattery(_ sensors: Sensors, _ arming: Arming, _ failsafe: Failsafe, in section: Section) {
    if sensors.power == nil {
      if arming.minimumVoltage > 0 {
        section.complain("arming.minimum_voltage", "needs sensors.power, which is missing")
      }
      if failsafe.batteryBelow > 0 {
        section.complain("failsafe.low_battery.below_v", "needs sensors.power, which is missing")
      }
    } else if arming.minimumVoltage > 0 && arming.minimumVoltage <= failsafe.batteryBelow {
      section.complain(
        "arming.minimum_voltage",
        "found \(arming.minimumVoltage.shown), expected more than failsafe.low_battery.below_v, "
          + "\(failsafe.batteryBelow.shown): otherwise a vehicle arms straight into its failsafe")
    }
  }

  static func check(_ watchdog: Watchdog, against loop: Loop, in section: Section) {
    if watchdog.loopStoppedAfter < 2 * loop.period {
      section.complain(
        "watchdog.loop_stopped_ms",
        "found \(rounded(Double(watchdog.loopStoppedAfter) / 1e6, 3)), expected at least two periods of the loop, "
          + "\(rounded(Double(2 * loop.period) / 1e6, 3)) ms: otherwise one late tick stops the vehicle")
    }
  }

  static func check(_ actuators: Actuators, against loop: Loop, in section: Section) {
    if actuators.driver.bus != nil, actuators.staleAfter < 2 * loop.period {
      section.complain(
        "actuators.stale_after_ms",
        "found \(rounded(Double(actuators.staleAfter) / 1e6, 3)), expected at least two periods of the loop, "
          + "\(rounded(Double(2 * loop.period) / 1e6, 3)) ms: otherwise one late order is a fault")
    }
  }

  /// No line has two uses.
  static func checkLines(_ lines: Lines, _ actuators: Actuators?, in section: Section) {
    var wires: [(path: String, chip: String?, line: String)] = []
    if let line = lines.enable { wires.append(("lines.enable", line.chip, line.line)) }
    if let line = lines.killSwitch { wires.append(("lines.kill_switch", line.chip, line.line)) }
    if let line = lines.status { wires.append(("lines.status", line.chip, line.line)) }
    for (index, motor) in (actuators?.motors ?? []).enumerated() {
      guard let bridge = motor.bridge else { continue }
      for (name, line) in [("forward", bridge.forward), ("reverse", bridge.reverse)] {
        wires.append(("actuators.motors[\(index)].\(name)", line.chip, line.line))
      }
    }
    for (position, wire) in wires.enumerated() {
      let other = wires[..<position].first {
        $0.line == wire.line && ($0.chip == wire.chip || $0.chip == nil || wire.chip == nil)
      }
      guard let other else { continue }
      section.complain(
        wire.path,
        "\([wire.chip, wire.line].compactMap(\.self).joined(separator: " ")) is \(other.path) already")
    }
  }
}
