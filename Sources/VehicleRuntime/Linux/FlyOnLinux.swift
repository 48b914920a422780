import Files
import FlightLog
import HardwareInterfaces
import LinuxHardware
import PortableMath
import Signals
import VehicleConfiguration

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What the command line says of a run on this machine.
public struct LinuxRunOptions {
  /// Length in ns; `nil` until a signal.
  public var duration: Int64?
  /// Where the log goes; `nil` for none.
  public var logPath: String?
  /// What else is said of it.
  public var log = LogOptions(placement: .live)
  /// Folder for what the buses carried; `nil` for none.
  public var trafficFolder: String?
  /// Whether the configuration's list of times is heard: nothing arms on a machine that nobody asked to arm.
  public var flysProfile = false
  /// Folder of the sockets for commands; `nil` takes the service manager's, or `/run/ganglion/NAME`.
  public var runFolder: String?

  /// A run without an end and without a log.
  public init(trafficFolder: String? = nil) { self.trafficFolder = trafficFolder }
}

/// How a run on this machine ended.
public enum LinuxRunEnd {
  /// In order, but for what `LinuxRunReport.isHanging` says.
  case ended(LinuxRunReport)
  /// The loop hangs, perhaps in the kernel: nobody may wait for it, and the process must end at once.
  case loopHangs(VehicleError)
}

extension LinuxRunReport {
  /// Whether something hangs in the kernel, so that the process must end at once: what hangs would be waited for by whatever holds it.
  public var isHanging: Bool { !outcome.hanging.isEmpty }
  /// What hangs, and what to do.
  public var hangingText: String { outcome.complaints.last ?? "" }
}

/// Flies a vehicle on the buses and lines of this machine, until a signal asks it to end or its time is over.
///
/// To be called before there is any other thread: signals are held back for the whole process, and a guard's process is forked.
public func flyOnLinux(
  _ loaded: LoadedVehicle, _ options: LinuxRunOptions = LinuxRunOptions(), listener: RunListener = .none
) throws -> LinuxRunEnd {
  if let folder = options.trafficFolder {
    try makeLogFolder(folder, remedy: "name another folder with --bus-traffic")
    // Before anything is driven, not when the run has ended.
    for bus in loaded.tables.buses {
      try OutputFile.check(
        path: trafficPath(folder, bus.name), replacing: options.log.replacing, inputs: options.log.inputs)
    }
  }
  // Before there is any thread that one of them could reach.
  let signals = StopSignals()
  let run = try LinuxRun(loaded, systems: .machine, recordsTraffic: options.trafficFolder != nil)
  let log = try options.logPath.map {
    try LinuxLog(loaded, parts: LogFiles(path: $0, loaded.tables, options.log))
  }
  let configuration = loaded.tables
  let device = try configuration.watchdog.device.map { path in
    try HardwareWatchdog(path: path, timeout: configuration.watchdog.deviceTimeout)
  }
  let sockets = try CommandSockets(configuration, folder: options.runFolder)
  let telemetry = openTelemetry(configuration, run.table, options, listener)
  try run.start(
    ring: log?.ring, duration: options.duration, clock: SystemClock(), sockets: sockets, telemetry: telemetry,
    flysProfile: options.flysProfile)
  if let sockets { listener.note("commands: \(sockets.paths.joined(separator: ", "))") }
  if !options.flysProfile, !configuration.commands.profile.steps.isEmpty {
    listener.note(
      configuration.commands.isChosen
        ? "the profile is not flown; --profile has it flown"
        : "nobody can command this vehicle: the profile is flown with --profile only, and `commands` names no other source"
    )
  }
  for grant in run.grants { listener.note(grant.text) }
  let template = configuration.template
  for warning in (template?.warnings.map(\.description) ?? []) + (template?.hardwareWarnings ?? []) {
    listener.note(warning)
  }
  if configuration.lines.enable == nil {
    listener.note("no enable line: nothing takes the motors' power away when this process cannot")
  }
  var supervisor = Supervisor(
    configuration, table: run.table, slots: run.slots, loopGuard: run.loopGuard,
    notifier: SystemdNotifier(environment: serviceEnvironment), device: device, listener: listener)
  let isOver = supervisor.run(
    signals, isOver: { run.isOver }, complaints: { run.complaints(about: $0) + (log?.complaints ?? []) },
    logFailure: { log?.failure }, lookAtGuard: { run.lookAtGuard() })
  guard isOver else {
    let outputs =
      run.makeSafe()
      ? "the outputs were made safe" : "an output does not accept its safe value: take the motors' power away"
    return .loopHangs(
      VehicleError(
        place: "the loop", "it does not end; \(outputs), and the log ends without its index",
        remedy: "see dmesg for what hangs, and save the log with ganglion log recover"))
  }
  let outcome = run.end()
  supervisor.end()
  var report = LinuxRunReport(name: configuration.name, outcome: outcome, logPath: options.logPath)
  if let log {
    report.droppedTicks = log.ring.droppedCount
    report.logFailure = log.finish(outcome)
  }
  if let folder = options.trafficFolder {
    // The report comes whatever the disk does.
    do throws(FileError) {
      try write(outcome.traffic, to: folder, configuration.name, options.log)
    } catch {
      report.trafficFailure = "\(error)"
    }
  }
  return .ended(report)
}

/// Opens the telemetry of a vehicle, without which it flies as well.
private func openTelemetry(
  _ tables: VehicleTables, _ table: SignalTable, _ options: LinuxRunOptions, _ listener: RunListener
) -> Telemetry? {
  do {
    let telemetry = try Telemetry(
      tables, table, folder: try RunFolder.make(tables, given: options.runFolder), system: KernelRealTime())
    listener.note("telemetry: \(telemetry.path)")
    return telemetry
  } catch {
    listener.note("no telemetry: \(error)")
    return nil
  }
}

/// What the service manager says to this process.
private var serviceEnvironment: [String: String] {
  let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
  return Dictionary(names.compactMap { name in getenv(name).map { (name, String(cString: $0)) } }) { $1 }
}

/// Where the text of what a bus carried goes.
private func trafficPath(_ folder: String, _ bus: String) -> String {
  "\(folder)/" + String(bus.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }) + ".txt"
}

/// Writes what each bus carried as a text that a test can play back.
private func write(
  _ traffic: [(name: String, recorder: BusRecorder)], to folder: String, _ vehicle: String,
  _ options: LogOptions
) throws(FileError) {
  for bus in traffic {
    var note = "the bus \(bus.name) of \(vehicle)"
    if bus.recorder.omitted > 0 { note += "; the last \(bus.recorder.omitted) transfers did not fit" }
    let text = BusTraffic.text(bus.recorder.operations, note: note)
    try OutputFile.write(
      Array(text.utf8), path: trafficPath(folder, bus.name), replacing: options.replacing,
      inputs: options.inputs)
  }
}
