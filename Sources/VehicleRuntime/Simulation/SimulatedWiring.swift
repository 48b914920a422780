import Devices
import Sampling
import SimulatedHardware
import VehicleConfiguration

extension SimulatedBoard {
  /// Hangs the actuators of `plan` at what carries them, bridges at chips of two that are made here; `attach` puts a chip of the plan on
  /// its bus under a name.
  func connect(
    _ configuration: VehicleTables, _ plan: ActuatorPlan,
    attach: (PlannedChip, _ name: String) throws(AssemblyError) -> any SimulatedActuator
  ) throws(AssemblyError) -> SimulatedActuators {
    var wiring = SimulatedWiring(plan, standby: configuration.lines.enable?.line ?? "enable")
    for (number, chip) in wiring.bridgeChips.enumerated() {
      try place(chip, name: number == 0 ? "bridge" : "bridge-\(number + 1)")
    }
    var actuators = SimulatedActuators(on: self)
    func hang(_ sent: PlannedSignal, at wire: SimulatedActuators.Wire, isGated: Bool) throws(AssemblyError) {
      // What else an actuator is sent has the name of the signal.
      let name = actuators[sent.actuator] == nil ? sent.actuator : sent.signal
      try actuators.connect(name, to: wire, isGated: isGated)
    }
    for planned in plan.chips {
      let chip = try attach(planned, free(name: planned.twinName))
      for (channel, sent) in zip(planned.use.channels, planned.sent) {
        if let bridge = wiring.take(sent.actuator) {
          // The chip's own pin has the enable line.
          try hang(
            sent, at: .bridge(bridge.chip, bridge.number, pulses: (chip, channel.number)), isGated: false)
        } else {
          try hang(
            sent, at: .chip(chip, channel: channel.number, isDuty: channel.quantity == .duty),
            isGated: sent.needsArming)
        }
      }
    }
    for planned in plan.pwm {
      let sent = planned.sent
      if let bridge = wiring.take(sent.actuator) {
        try hang(sent, at: .bridge(bridge.chip, bridge.number), isGated: false)
      } else {
        try hang(
          sent, at: .pulses(planned.outputName, period: planned.factor == 1 ? nil : planned.factor),
          isGated: sent.needsArming)
      }
    }
    for planned in plan.lines where planned.backward == nil {
      try hang(planned.sent, at: .line(planned.forward.line), isGated: planned.sent.needsArming)
    }
    return actuators
  }

  /// A name that no chip has yet: that one, or with a number behind it.
  private func free(name: String) -> String {
    var (free, number) = (name, 1)
    while targetNames.contains(free) {
      number += 1
      free = "\(name)-\(number)"
    }
    return free
  }
}

/// The bridges of a plan as halves of chips, in the order of the plan.
private struct SimulatedWiring {
  private(set) var bridgeChips: [SimulatedTB6612] = []
  private var bridges: [String: (chip: SimulatedTB6612, number: Int)] = [:]

  init(_ plan: ActuatorPlan, standby: String) {
    var halves: [(actuator: String, wiring: SimulatedTB6612.Wiring, period: Double)] = []
    for planned in plan.lines {
      guard let backward = planned.backward else { continue }
      let actuator = planned.sent.actuator
      let pwm = plan.pwm.first { $0.sent.actuator == actuator }
      halves.append(
        (
          actuator,
          SimulatedTB6612.Wiring(
            forward: planned.forward.line, reverse: backward.line,
            pulses: pwm?.outputName ?? "pulses of \(actuator)"),
          pwm.map { 1e6 / Double(max($0.rateHz, 1)) } ?? plan.period(ofPulses: actuator)
        ))
    }
    while let first = halves.first {
      // One chip has one rate here.
      let second = halves.dropFirst().first.flatMap { $0.period == first.period ? $0 : nil }
      let pair = [first] + (second.map { [$0] } ?? [])
      let chip = SimulatedTB6612(pair.map(\.wiring), standby: standby, period: first.period)
      bridgeChips.append(chip)
      for (number, half) in pair.enumerated() { bridges[half.actuator] = (chip, number) }
      halves.removeFirst(pair.count)
    }
  }

  /// The bridge of an actuator, the first time that it is asked for; `nil` for one without.
  mutating func take(_ actuator: String) -> (chip: SimulatedTB6612, number: Int)? {
    bridges.removeValue(forKey: actuator)
  }
}

extension ActuatorPlan {
  /// Time in µs between the pulses of an actuator on a chip; a second for one without.
  fileprivate func period(ofPulses actuator: String) -> Double {
    for planned in chips where planned.sent.contains(where: { $0.actuator == actuator }) {
      return planned.place.chip.factor(of: .duty, planned.use.settings)
    }
    return 1e6
  }
}

extension PlannedChip {
  /// The name of its simulated chip.
  fileprivate var twinName: String {
    place.twin ?? place.path.split(separator: ".").last.map(String.init) ?? place.chip.name
  }
}

extension PlannedPWM {
  /// The name of the output on a simulated board.
  var outputName: String { "\(chip) \(channel)" }
}
