import Files
import FlightLog
import Foundation
import HardwareInterfaces
import SimulatedHardware
import VehicleConfiguration
import VehicleRuntime

private let help = """
  ganglion run CONFIG [options]

  Flies the vehicle of a configuration, in simulation or on this machine, shows a live table on a terminal, and writes
  a log.

    --backend NAME        simulated or linux, in place of the configuration's; linux drives the buses and lines of this
                          machine until SIGTERM or Ctrl-C (docs/run-on-a-board.md)
    --controller NAME     network or classical, in place of the configuration's
    --model FILE          a model in place of the configuration's
    --log FILE            where the log goes (default: the configuration's folder, named by configuration and seed, or
                          by the time of the start)
    --no-log              write no log
    --replace             replace logs (and, with --bus-traffic, texts) that exist; without, only the log of an earlier simulated
                          flight under the name that Ganglion gives it is replaced
    --json                the result as one JSON object

  In simulation:

    --seed N              draws vehicle, wind, noise and lateness (default 1)
    --fault WHAT          target:kind@start[+duration], e.g. imu:stuck@3s+0.5s; several with commas between
    --episodes N          fly N seeds, from --seed on, on all cores, and report the share that held
    --minimum-held SHARE  with --episodes: the share of flights that must hold, 0.95 or 95% (default: all)
    --logs DIR            with --episodes: write each flight's log into DIR
    --no-profile          leave the configuration's list of times out, as on a machine
    --real-time           fly with the time of this machine, and let programs command and watch at the vehicle's sockets
    --command NAME        a pilot's device of the configuration, by name or kind, that is real: gamepad flies by the gamepad that is
                          plugged in, in real time, and without the configuration's list of times; several with commas between

  On this machine:

    --profile             fly the configuration's list of times; without it only pilots and programs are heard
    --run-folder DIR      where the sockets are made (default /run/ganglion/NAME); also with --real-time
    --duration S          end after so many seconds; also with --real-time
    --bus-traffic DIR     write what each bus carried into DIR, as a text that a test can play back

  Exit status: 0 success, on this machine also when a signal ended the run in order; 1 when a flight did not hold or
  crashed, or when a log could not be written to its end; 2 wrong use or bad input; 130 after Ctrl-C in simulation (143
  after SIGTERM, 129 after SIGHUP), with the log finished and the result printed; a second Ctrl-C ends at once. Without a
  section `evaluation` in the configuration no flight is judged, and only a crash says no.

  Example: ganglion run firmware-configs/quadrotor-hold.json5 --fault imu:stuck@9s+0.5s
  """

/// `ganglion run`.
func runCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "run", help: help, arguments,
    options: [
      "backend", "seed", "controller", "model", "fault", "log", "episodes", "minimum-held", "logs",
      "duration", "bus-traffic", "run-folder", "command",
    ], flags: ["json", "no-log", "replace", "profile", "no-profile", "real-time"]
  ) { arguments in
    let path = try arguments.exactly("CONFIG")[0]
    try checkOptionsFit(arguments)
    let seed = UInt64(try arguments.integer("seed", atLeast: 0) ?? 1)
    var loaded = try LoadedVehicle(path: path, overrides: try overrides(arguments))
    try checkBackend(loaded.tables.backend, arguments)
    if let note = loaded.tables.calibrationNote { Terminal.printNote("calibration: \(note)") }
    if let note = loaded.modelNote { Terminal.printNote("model: \(note)") }
    if loaded.tables.backend == .linux {
      return try runOnLinux(loaded, arguments)
    }
    StopRequest.catchSignals()
    if let episodes = try arguments.integer("episodes", atLeast: 1, atMost: 10_000_000) {
      return try flyEpisodes(loaded, Episodes(count: episodes, firstSeed: seed), arguments)
    }
    var logPath = arguments.value("log")
    var logOptions = LogOptions(replacing: arguments.has("replace"), inputs: loaded.inputs)
    if logPath == nil, !arguments.has("no-log") {
      let path = try loaded.standardLogPath("\(seed)")
      (logPath, logOptions) = (path, try .standard(path, inputs: loaded.inputs))
    }
    if let seconds = try arguments.integer("duration", atLeast: 1, atMost: 1_000_000) {
      loaded.fly(for: Int64(seconds) * 1_000_000_000)
    }
    let flight = try Flight(
      loaded, seed: seed, fault: arguments.value("fault"), logPath: logPath, logOptions: logOptions,
      live: liveOptions(arguments), flysProfile: !arguments.has("no-profile"), stop: .process,
      listener: .tableOnTerminal)
    let report = try flight.fly()
    Terminal.printResult(arguments.has("json") ? Terminal.json(loaded.noted(report.json)) : report.table)
    return report.status
  }
}

/// What of this machine joins a simulated flight; `nil` in virtual time.
private func liveOptions(_ arguments: Arguments) -> LiveOptions? {
  guard isLive(arguments) else { return nil }
  var options = LiveOptions()
  options.commands = arguments.value("command")?.split(separator: ",").map(String.init) ?? []
  options.runFolder = arguments.value("run-folder")
  return options
}

private func isLive(_ arguments: Arguments) -> Bool {
  arguments.has("real-time") || arguments.value("command") != nil
}

private func flyEpisodes(
  _ loaded: LoadedVehicle, _ episodes: Episodes, _ arguments: Arguments
) throws -> ExitStatus {
  var episodes = episodes
  episodes.minimumHeld = try arguments.share("minimum-held")
  (episodes.fault, episodes.logFolder) = (arguments.value("fault"), arguments.value("logs"))
  episodes.logOptions = LogOptions(replacing: arguments.has("replace"), inputs: loaded.inputs)
  let summary = try episodes.fly(loaded, stop: .process, listener: .terminal)
  Terminal.printResult(arguments.has("json") ? Terminal.json(loaded.noted(summary.json)) : summary.table)
  return summary.status
}

private func runOnLinux(_ loaded: LoadedVehicle, _ arguments: Arguments) throws -> ExitStatus {
  let isJSON = arguments.has("json")
  switch try flyOnLinux(loaded, try linuxOptions(loaded, arguments), listener: .tableOnTerminal) {
  case .loopHangs(let error):
    let failure = CommandFailure(error, status: .resultSaysNo)
    FailureReport(failure, command: "run").tell(asJSON: isJSON)
    exit(failure.status.rawValue)
  case .ended(let report):
    Terminal.printResult(isJSON ? Terminal.json(loaded.noted(report.json)) : report.table)
    guard !report.isHanging else {
      Terminal.printError("run: \(report.hangingText)")
      exit(ExitStatus.resultSaysNo.rawValue)
    }
    return report.logFailure == nil && report.trafficFailure == nil ? .success : .resultSaysNo
  }
}

/// Options that would otherwise be silently ignored.
private func checkOptionsFit(_ arguments: Arguments) throws(UsageError) {
  if arguments.value("episodes") != nil {
    if isLive(arguments) || arguments.has("no-profile") {
      throw UsageError(
        "--episodes flies as fast as it goes and by the list of times; leave out --real-time, --command and --no-profile"
      )
    }
    if arguments.value("log") != nil || arguments.has("no-log") {
      throw UsageError("--episodes writes logs only into --logs DIR; leave out --log and --no-log")
    }
  } else if arguments.value("logs") != nil {
    throw UsageError("--logs goes with --episodes; a single flight takes --log FILE")
  } else if arguments.value("minimum-held") != nil {
    throw UsageError("--minimum-held goes with --episodes: a single flight holds or does not")
  } else if arguments.value("log") != nil, arguments.has("no-log") {
    throw UsageError("--log and --no-log exclude each other")
  }
}

/// Options of the other backend would be silently ignored.
private func checkBackend(_ backend: Backend, _ arguments: Arguments) throws(UsageError) {
  let others =
    switch backend {
    case .simulated: isLive(arguments) ? ["bus-traffic"] : ["duration", "bus-traffic", "run-folder"]
    case .linux: ["seed", "fault", "episodes", "minimum-held", "logs", "command"]
    }
  for option in others where arguments.value(option) != nil {
    throw UsageError("--\(option) is not for the backend \"\(backend.rawValue)\"")
  }
  if backend == .linux, arguments.has("no-profile") {
    throw UsageError("--no-profile is not for the backend \"linux\", which flies it with --profile only")
  }
  if backend == .linux, arguments.has("real-time") {
    throw UsageError("--real-time is not for the backend \"linux\", which knows no other time")
  }
  if backend == .simulated, arguments.has("profile") {
    throw UsageError("--profile is not for the backend \"simulated\", where the profile always flies")
  }
}

private func linuxOptions(_ loaded: LoadedVehicle, _ arguments: Arguments) throws -> LinuxRunOptions {
  var options = LinuxRunOptions(trafficFolder: arguments.value("bus-traffic"))
  (options.flysProfile, options.runFolder) = (arguments.has("profile"), arguments.value("run-folder"))
  options.duration = try arguments.integer("duration", atLeast: 1).map {
    Int64(min($0, 1 << 32)) * 1_000_000_000
  }
  options.log = LogOptions(
    replacing: arguments.has("replace"), inputs: loaded.inputs, placement: .live)
  if !arguments.has("no-log") {
    let start = currentTime(forFileName: true)
    options.logPath =
      try arguments.value("log")
      ?? freePath { number in
        // A board whose clock does not go on while it is off may start twice in the same second.
        try loaded.standardLogPath(number == 1 ? start : "\(start)-\(number)")
      }
  }
  return options
}

/// The first of the paths that `path` gives for 1, 2, 3 and so on where nothing is.
func freePath(_ path: (Int) throws -> String) rethrows -> String {
  var number = 1
  while number < 10_000, FileIdentity(path: try path(number)) != nil { number += 1 }
  return try path(number)
}

private func overrides(_ arguments: Arguments) throws -> ConfigurationOverrides {
  var overrides = ConfigurationOverrides(modelFile: arguments.value("model"))
  if let name = arguments.value("controller") {
    guard let controller = ControllerChoice(rawValue: name) else {
      throw UsageError("--controller takes network or classical, not '\(name)'")
    }
    overrides.controller = controller
  }
  if let name = arguments.value("backend") {
    guard let backend = Backend(rawValue: name) else {
      throw UsageError("--backend takes simulated or linux, not '\(name)'")
    }
    overrides.backend = backend
  }
  return overrides
}
