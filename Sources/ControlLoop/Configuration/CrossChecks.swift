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
    let shares = shares(sensors: sensors, actuators: actuators, loop: loop)
    let names = buses.map(\.name)
    for (bus, share) in shares where !names.contains(bus) {
      let hint = nearestName(to: bus, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
      section.complain(
        share.path + ".bus",
        "there is no bus \(JSON5Value.quoted(bus)); `buses` has "
          + names.map { "\"\($0)\"" }.joined(separator: ", ") + hint)
    }
    for (index, bus) in buses.enumerated() {
      let load = BusLoad(bus: bus, shares: shares.filter { $0.bus == bus.name }.map(\.share))
      for (position, share) in load.shares.enumerated() {
        guard let other = load.shares[..<position].first(where: { $0.address == share.address }) else {
          continue
        }
        section.complain(
          share.path + ".address",
          "\(hexadecimal(share.address)) on the bus \"\(bus.name)\" is taken by \(other.path) (\(other.chip))"
        )
      }
      if load.fraction > BusLoad.limit {
        section.complain(
          "buses[\(index)].rate_hz",
          "the bus \"\(bus.name)\" would be busy \(rounded(load.fraction * 100, 1)) % of the time, expected at "
            + "most \(rounded(BusLoad.limit * 100, 0)) %: \(load.arithmetic) at \(bus.rateHz) Hz; "
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
    if sensors.imu.staleAfter <= loop.period {
      section.complain(
        "sensors.imu.stale_after_ms",
        "found \(rounded(Double(sensors.imu.staleAfter) / 1e6, 3)), expected more than the time between ticks, "
          + "\(rounded(Double(loop.period) / 1e6, 3)) ms")
    }
    if sensors.range == nil && sensors.barometer == nil {
      section.complain(
        "sensors", "neither range nor barometer: the altitude needs at least one of them")
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

  static func check(_ steps: [SetpointStep], against limits: Limits, in section: Section) {
    for (index, step) in steps.enumerated() {
      for (name, angle) in [("roll_deg", step.setpoint.roll), ("pitch_deg", step.setpoint.pitch)]
      where Double(angle.magnitude) > limits.tilt + 1e-6 {
        section.complain(
          "setpoints[\(index)].\(name)",
          "found \(rounded(Double(angle) * 180 / .pi, 2)), expected at most limits.tilt_deg, "
            + rounded(limits.tilt * 180 / .pi, 2))
      }
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

  static func check(_ limits: Limits, against failsafe: Failsafe, in section: Section) {
    if failsafe.tiltAbove <= limits.tilt {
      section.complain(
        "failsafe.tilt.above_deg",
        "found \(rounded(failsafe.tiltAbove * 180 / .pi, 2)), expected more than limits.tilt_deg, "
          + "\(rounded(limits.tilt * 180 / .pi, 2)): otherwise an allowed setpoint is a fault")
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

  static func check(_ evaluation: Evaluation, against simulation: Simulation, in section: Section) {
    if evaluation.until > simulation.duration {
      section.complain(
        "evaluation.until_s",
        "found \(rounded(Double(evaluation.until) / 1e9, 3)), expected at most simulation.duration_s, "
          + "\(rounded(Double(simulation.duration) / 1e9, 3))")
    }
  }
}
