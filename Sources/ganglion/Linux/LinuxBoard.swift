import ControlLoop
import Devices
import HardwareInterfaces
import LinuxHardware

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
  /// The kernel's PWM, when it makes the pulses of speed controllers.
  private(set) var kernelPulses: KernelPulses?
  /// The bridges, for a vehicle that has them.
  private(set) var bridges: BridgeOutputs?
  private var complaints: [String] = []

  /// Transfers that are recorded of each bus at most.
  static var recordedTransfers: Int { 500_000 }

  /// Opens all that `configuration` names. Throws everything that is wrong at once. `loopGuard` is told which adapters the
  /// buses have.
  init(
    _ configuration: Configuration, systems: LinuxSystems<System>, loopGuard: LoopGuard, recordsTraffic: Bool
  ) throws(CommandFailure) {
    let adapters = I2CAdapters(systems.files)
    for (index, load) in configuration.busLoads.enumerated() {
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
    note("actuators") { () throws(LinuxError) in
      bridges = try BridgeOutputs(configuration.actuators, files: systems.files) { line throws(LinuxError) in
        try Self.output(line, chips, conflicts)
      }
      if bridges == nil { kernelPulses = try KernelPulses(configuration.actuators, files: systems.files) }
    }
    guard complaints.isEmpty else {
      throw CommandFailure("this machine is not the vehicle:\n" + complaints.joined(separator: "\n"))
    }
  }

  /// Gives the kill switch to the thread that reads it.
  func takeKillSwitch() -> InputLine? {
    defer { killSwitch = nil }
    return killSwitch
  }

  /// All that makes this vehicle safe from outside.
  func safeOutputs(_ configuration: Configuration) -> SafeOutputs {
    var outputs = SafeOutputs()
    outputs.lines = (enable.map { [$0] } ?? []) + (bridges?.lines ?? [])
    outputs.pulses = (kernelPulses?.safePulses ?? []) + (bridges?.safePulses ?? [])
    outputs.writes = safeWrites(configuration)
    return outputs
  }

  /// The open descriptors of the buses.
  var descriptors: [Int32] { buses.map(\.descriptor.number) }

  /// What makes the motors' chip safe.
  private func safeWrites(_ configuration: Configuration) -> [SafeWrite] {
    let driver = configuration.actuators.driver
    guard driver.chip == .pca9685, let bus = buses.firstIndex(where: { $0.name == driver.bus }) else {
      return []
    }
    // Without combined transfers a pulse would take four writes, and be wrong in between: all channels off then.
    guard buses[bus].descriptor.isCombined else {
      return [SafeWrite(bus: bus, address: driver.address, bytes: PCA9685.allOff)]
    }
    return configuration.actuators.motors.map { motor in
      SafeWrite(
        bus: bus, address: driver.address,
        bytes: PCA9685.pulse(
          channel: motor.channel, microseconds: Float(motor.safeMicroseconds),
          prescale: PCA9685.prescale(rate: Double(driver.rateHz), oscillator: Double(driver.oscillatorHz)),
          oscillator: Double(driver.oscillatorHz)))
    }
  }

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
    for share in load.shares { try adapters.checkFree(share.address, on: adapter) }
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

  private static func output(_ line: Configuration.Line, _ chips: GPIOChips, _ conflicts: PinConflicts)
    throws(LinuxError) -> OutputLine
  {
    let place = try chips.find(chip: line.chip, line: line.line)
    try conflicts.check(place)
    return try OutputLine(place, activeHigh: line.active == .high, chips: chips)
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
