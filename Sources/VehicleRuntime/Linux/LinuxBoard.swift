import HardwareInterfaces
import LinuxHardware
import Sampling
import Signals
import VehicleConfiguration

/// The buses, lines and PWM outputs of a configuration, opened and at their safe values; nothing runs yet.
final class LinuxBoard<System: I2CSystem> {
  /// A bus that is open and waits for its thread.
  final class OpenBus {
    /// Its name in the configuration.
    let name: String
    /// What it carried, when that is to be recorded.
    let recorder: BusRecorder?
    /// The bus, until its thread takes it.
    var bus: LinuxI2CBus<System>?

    fileprivate init(_ name: String, _ bus: consuming LinuxI2CBus<System>, _ recorder: BusRecorder?) {
      (self.name, self.recorder) = (name, recorder)
      self.bus = consume bus
    }
  }

  /// The buses, in the order of the configuration.
  private(set) var buses: [OpenBus] = []
  /// The lines.
  private(set) var enable, lamp: OutputLine?
  private(set) var killSwitch: InputLine?
  /// The lines that are devices, in the order of the configuration.
  private(set) var inputs: [InputLine] = []
  /// What of the actuators the processor drives itself.
  private(set) var outputs: ProcessorOutputs<OutputLine, SysfsPulseOutput>?
  /// What makes those safe past the loop.
  private(set) var safety = SafeOutputs()
  private let plan: ActuatorPlan
  private var complaints: [String] = []

  /// Transfers that are recorded of each bus at most.
  static var recordedTransfers: Int { 500_000 }

  /// Opens all that `configuration` and the plan of its actuators name. Throws everything that is wrong at once. `loopGuard` is told
  /// which adapters the buses have; `table` has the signals that are sent.
  init(
    _ configuration: VehicleTables, _ plan: ActuatorPlan, _ table: SignalTable, systems: LinuxSystems<System>,
    loopGuard: LoopGuard, recordsTraffic: Bool
  ) throws(VehicleError) {
    self.plan = plan
    let adapters = I2CAdapters(systems.files)
    for (index, load) in configuration.busLoads(plan).enumerated() {
      note("buses[\(index)] \"\(load.bus.name)\"") { () throws(LinuxError) in
        try open(load, adapters, systems, recordsTraffic: recordsTraffic) { adapter in
          loopGuard.setAdapter(ofBus: index, adapter)
        }
      }
    }
    let chips = GPIOChips(systems.files, system: systems.gpio)
    let conflicts = PinConflicts(systems.files)
    // The enable line first: from then on the vehicle has no power that the loop has not given it.
    note("lines.enable") { () throws(LinuxError) in
      enable = try configuration.lines.enable.map { line throws(LinuxError) in
        try Self.output(line, chips, conflicts)
      }
    }
    note("lines.status") { () throws(LinuxError) in
      lamp = try configuration.lines.status.map { line throws(LinuxError) in
        try Self.output(line, chips, conflicts)
      }
    }
    note("lines.kill_switch") { () throws(LinuxError) in
      guard let line = configuration.lines.killSwitch else { return }
      let place = try chips.find(chip: line.chip, line: line.line)
      try conflicts.check(place)
      killSwitch = try InputLine(place, activeHigh: line.active == .high, bias: line.bias, chips: chips)
    }
    for device in configuration.devices {
      guard let line = device.line else { continue }
      note(device.path) { () throws(LinuxError) in
        let place = try chips.find(chip: line.chip, line: line.line)
        try conflicts.check(place)
        inputs.append(
          try InputLine(place, activeHigh: line.active == .high, bias: line.bias, chips: chips))
      }
    }
    note("actuators") { () throws(LinuxError) in
      outputs = try open(plan, table, systems.files, chips, conflicts)
    }
    guard complaints.isEmpty else {
      throw VehicleError("this machine is not the vehicle:\n" + complaints.joined(separator: "\n"))
    }
  }

  /// Gives the kill switch to the thread that reads it.
  func takeKillSwitch() -> InputLine? {
    defer { killSwitch = nil }
    return killSwitch
  }

  /// Gives the lines that are devices to the thread that reads them.
  func takeInputs() -> [InputLine] {
    defer { inputs = [] }
    return inputs
  }

  /// All that makes this vehicle safe from outside; to be asked for before threads have the buses.
  var safeOutputs: SafeOutputs {
    var outputs = safety
    outputs.lines = (enable.map { [$0] } ?? []) + safety.lines
    // Where a write of several bytes may arrive in parts, chips are told something that takes two.
    let writes = plan.safeWrites { name in
      buses.first { $0.name == name }?.descriptor.isCombined ?? false
    }
    outputs.writes = writes.compactMap { write in
      buses.firstIndex { $0.name == write.bus }.map {
        SafeWrite(bus: $0, address: write.address, bytes: write.bytes, isWithNext: write.isWithNext)
      }
    }
    return outputs
  }

  /// The open descriptors of the buses.
  var descriptors: [Int32] { buses.map(\.descriptor.number) }

  private func note(_ path: String, _ body: () throws(LinuxError) -> Void) {
    do throws(LinuxError) {
      try body()
    } catch {
      complaints.append("  \(path): \(error)")
    }
  }

  private func open(
    _ load: BusLoad, _ adapters: I2CAdapters, _ systems: LinuxSystems<System>, recordsTraffic: Bool,
    adapterChanged: @escaping @Sendable (I2CAdapter?) -> Void
  ) throws(LinuxError) {
    let adapter = try adapters.find(load.bus.adapter)
    try adapters.check(rate: load.bus.rateHz, of: adapter)
    let addresses = load.shares.map(\.address) + plan.chips(on: load.bus.name).map(\.place.address)
    for address in Set(addresses).sorted() { try adapters.checkFree(address, on: adapter) }
    let wanted = load.bus.adapter
    let bus = try LinuxI2CBus(
      path: adapter.path,
      options: I2COptions(timeoutMilliseconds: load.bus.timeoutMilliseconds, retries: load.bus.retries),
      system: systems.i2c
    ) {
      do throws(LinuxError) {
        return try adapters.find(wanted).path
      } catch {
        return nil
      }
    } adapterChanged: { path in
      adapterChanged(path.flatMap { path in adapters.all.first { $0.path == path } })
    }
    buses.append(
      OpenBus(
        load.bus.name, bus, recordsTraffic ? BusRecorder(capacity: Self.recordedTransfers) : nil))
  }

  /// Opens what of the actuators the processor drives, and remembers what makes it safe.
  private func open(
    _ plan: ActuatorPlan, _ table: SignalTable, _ files: SystemFiles, _ chips: GPIOChips,
    _ conflicts: PinConflicts
  ) throws(LinuxError) -> ProcessorOutputs<OutputLine, SysfsPulseOutput> {
    let pwm = PWMChips(files)
    return try ProcessorOutputs(plan, table) { line, isSafeActive throws(LinuxError) in
      let output = try Self.output(line, chips, conflicts, isSafeActive: isSafeActive)
      safety.lines.append(output)
      return output
    } output: { planned, safe throws(LinuxError) in
      let output = try SysfsPulseOutput(
        pwm.find(planned.chip), channel: planned.channel, rate: Double(planned.rateHz), safe: Float(safe),
        files: files)
      safety.pulses.append(output.safePulse)
      return output
    }
  }

  private static func output(
    _ line: DigitalLine, _ chips: GPIOChips, _ conflicts: PinConflicts, isSafeActive: Bool = false
  ) throws(LinuxError) -> OutputLine {
    let place = try chips.find(chip: line.chip, line: line.line)
    try conflicts.check(place)
    return try OutputLine(
      place, activeHigh: line.active == .high, isSafeActive: isSafeActive, chips: chips)
  }
}

extension LinuxBoard.OpenBus {
  /// The bus's descriptor, and whether its adapter offers combined transfers.
  fileprivate var descriptor: (number: Int32, isCombined: Bool) {
    switch bus {
    case .some(let bus): (bus.openDescriptor, bus.functions.contains(.combined))
    case .none: (-1, false)
    }
  }
}
