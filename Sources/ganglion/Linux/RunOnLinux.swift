import ControlLoop
import Files
import FlightLog
import Foundation
import HardwareInterfaces
import LinuxHardware

/// What the command line says of a run on this machine.
struct LinuxRunOptions {
  /// Length in ns; `nil` until a signal.
  var duration: Int64?
  /// Where the log goes; `nil` for none.
  var logPath: String?
  /// What else is said of it.
  var log = LogOptions(placement: .live)
  /// Folder for what the buses carried; `nil` for none.
  var trafficFolder: String?
}

/// `ganglion run --backend linux`: the vehicle of a configuration on the buses and lines of this machine.
func runOnLinux(_ mission: Mission, _ options: LinuxRunOptions, json: Bool) throws -> ExitStatus {
  if let folder = options.trafficFolder {
    try makeLogFolder(folder, remedy: "name another folder with --bus-traffic")
    // Before anything is driven, not when the run has ended.
    for bus in mission.tables.buses {
      try OutputFile.check(
        path: trafficPath(folder, bus.name), replacing: options.log.replacing, inputs: options.log.inputs)
    }
  }
  // Before there is any thread that one of them could reach.
  let signals = StopSignals()
  let run = try LinuxRun(mission, systems: .machine, recordsTraffic: options.trafficFolder != nil)
  let log = try options.logPath.map {
    try LinuxLog(mission, parts: LogFiles(path: $0, mission.tables, options.log))
  }
  let configuration = mission.tables
  let device = try configuration.watchdog.device.map { path in
    try HardwareWatchdog(path: path, timeout: configuration.watchdog.deviceTimeout)
  }
  try run.start(ring: log?.ring, duration: options.duration, clock: SystemClock())
  for grant in run.grants { Terminal.printNote(grant.text) }
  let template = configuration.template
  for warning in (template?.warnings.map(\.description) ?? []) + (template?.hardwareWarnings ?? []) {
    Terminal.printNote(warning)
  }
  if configuration.lines.enable == nil {
    Terminal.printNote("no enable line: nothing takes the motors' power away when this process cannot")
  }
  var supervisor = Supervisor(
    configuration, table: try mission.makeFrame().table, slots: run.slots, loopGuard: run.loopGuard,
    notifier: SystemdNotifier(environment: ProcessInfo.processInfo.environment), device: device)
  let isOver = supervisor.run(
    signals, isOver: { run.isOver }, complaints: { run.complaints(about: $0) + (log?.complaints ?? []) },
    logFailure: { log?.failure }, lookAtGuard: { run.lookAtGuard() })
  guard isOver else {
    // The loop's thread hangs, perhaps in the kernel: nobody may wait for it.
    let outputs =
      run.makeSafe()
      ? "the outputs were made safe" : "an output does not accept its safe value: take the motors' power away"
    let failure = CommandFailure(
      place: "the loop", "it does not end; \(outputs), and the log ends without its index",
      remedy: "see dmesg for what hangs, and save the log with ganglion log recover", status: .resultSaysNo)
    FailureReport(failure, command: "run").tell(asJSON: json)
    exit(failure.status.rawValue)
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
  Terminal.printResult(json ? Terminal.json(mission.noted(report.json)) : report.table)
  guard outcome.hanging.isEmpty else {
    // What hangs would be waited for by whatever holds it.
    Terminal.printError("run: \(outcome.complaints.last ?? "")")
    exit(ExitStatus.resultSaysNo.rawValue)
  }
  return report.logFailure == nil && report.trafficFailure == nil ? .success : .resultSaysNo
}

/// The log of a run on this machine: the ring that the loop fills, and the thread that empties it.
final class LinuxLog {
  /// Where the loop's ticks go.
  let ring: TickRing
  private let thread: LogWriterThread

  /// Begins a log of one part in `sink`.
  convenience init(_ mission: Mission, sink: sending any LogSink) throws {
    try self.init(mission, parts: SingleLogPart(sink))
  }

  /// Begins a log whose parts go where `parts` says.
  init(_ mission: Mission, parts: sending any LogPartSource) throws {
    let configuration = mission.tables
    var extra = mission.overrides
    extra["started"] = Date().formatted(.iso8601)
    extra["machine"] = Self.machine
    let vehicle = try mission.makeFrame()
    let ring = TickRing(capacity: configuration.log.ringTicks, of: vehicle.table)
    self.ring = ring
    thread = try LogWriterThread(
      ring: ring,
      writer: FlightLogWriter(
        parts: parts, vehicle: vehicle, configuration: Array(configuration.text.utf8),
        models: mission.modelBytes, calibration: mission.calibrationBytes,
        metadata: FlightLogMetadata(
          version: ganglionVersion, backend: Backend.linux.rawValue, seed: 0,
          tickRate: Double(configuration.loop.rateHz), extra: extra)))
  }

  /// Why the log can no longer be written; `nil` while it can.
  var failure: String? { thread.failure?.description }

  /// What an owner must know of a log that is still written: that the disk does not keep up with it.
  var complaints: [String] {
    guard ring.droppedCount > 0, failure == nil else { return [] }
    return ["log: ticks are missing in it: the disk is too slow for it, or hangs"]
  }

  /// Ends the log with what was measured. Says what kept it from being written to its end.
  func finish(_ outcome: LinuxOutcome) -> String? {
    do throws(LogError) {
      try thread.stop(closing: RunRecord(outcome).entries)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Kernel and machine, for whoever reads the log later.
  private static var machine: String {
    let files = SystemFiles()
    let model = files.text("/proc/device-tree/model") ?? ""
    let release = files.text("/proc/sys/kernel/osrelease") ?? ""
    return [model, "Linux \(release)"].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

/// What a run adds to its log when it ends: real time, latencies, buses.
struct RunRecord {
  /// In the order in which they stand in the log.
  let entries: [(key: String, value: String)]

  init(_ outcome: LinuxOutcome) {
    var entries: [(key: String, value: String)] = []
    for grant in outcome.grants {
      entries.append(("realtime: \(grant.name)", grant.isObtained ? "yes" : "no (\(grant.reason))"))
    }
    for entry in outcome.loop.latencies.all where entry.histogram.total > 0 {
      entries.append(("latency_us: \(entry.name)", entry.histogram.summary))
      // Upper ends in ns and counts: the whole histogram, for whoever wants to add some up.
      entries.append(
        (
          "histogram_ns: \(entry.name)",
          entry.histogram.buckets.map { "\($0.upTo):\($0.count)" }.joined(separator: " ")
        ))
    }
    for bus in outcome.buses {
      let s = bus.statistics
      entries.append(
        (
          "bus: \(bus.name)",
          "\(s.transfers) transfers, \(s.repetitions) repeated, \(s.failures) failed, adapter back \(s.reopened) times, "
            + "\(s.busy) ns busy"
        ))
    }
    let loop = outcome.loop
    entries.append(
      ("ticks", "\(loop.last.ticks), \(loop.last.missed) missed, at most \(loop.longestGap) in a row"))
    entries += [loop.told.network.record, loop.told.range.record]
    entries.append(("page_faults", "\(loop.pageFaults.major) major, \(loop.pageFaults.minor) minor"))
    self.entries = entries
  }
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
