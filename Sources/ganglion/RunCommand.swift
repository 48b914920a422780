import ControlLoop
import FlightLog
import Foundation
import HardwareInterfaces
import SimulatedHardware

private let help = """
  ganglion run CONFIG [options]

  Flies the vehicle of a configuration in simulation, shows one live line on a terminal, and writes a log.

    --seed N              draws vehicle, wind, noise and lateness (default 1)
    --controller NAME     network or classical, in place of the configuration's
    --model FILE          a model in place of the configuration's
    --fault WHAT          target:kind@start[+duration], e.g. imu:stuck@3s+0.5s; may be given once
    --log FILE            where the log goes (default: the configuration's folder, named by configuration and seed)
    --no-log              write no log
    --episodes N          fly N seeds, from --seed on, on all cores, and report the share that held
    --logs DIR            with --episodes: write each flight's log into DIR
    --json                the result as one JSON object

  Example: ganglion run firmware-configs/quadrotor-hold.json5 --fault imu:stuck@9s+0.5s
  """

/// `ganglion run`.
func runCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "run", help: help, arguments,
    options: ["seed", "controller", "model", "fault", "log", "episodes", "logs"], flags: ["json", "no-log"]
  ) { arguments in
    let path = try arguments.exactly("CONFIG")[0]
    try checkOptionsFit(arguments)
    let seed = UInt64(try arguments.integer("seed", atLeast: 0) ?? 1)
    let mission = try Mission(path: path, overrides: try overrides(arguments))
    guard mission.configuration.backend == .simulated else {
      throw CommandFailure("the backend \"linux\" is not ready to fly yet; set backend to \"simulated\"")
    }
    if let episodes = try arguments.integer("episodes", atLeast: 1) {
      return try flyEpisodes(mission, count: episodes, firstSeed: seed, arguments)
    }
    let logPath =
      arguments.has("no-log") ? nil : try arguments.value("log") ?? mission.standardLogPath("\(seed)")
    let flight = try Flight(mission, seed: seed, fault: arguments.value("fault"), logPath: logPath)
    let report = try fly(flight, showsProgress: Terminal.showsProgress)
    Terminal.printResult(arguments.has("json") ? Terminal.json(report.json) : report.table)
    return .success
  }
}

/// Flies a vehicle, tick by tick, from its start to its end.
///
/// The five calls in this loop are the way of every sample from a register to a motor; docs/how-it-works.md
/// follows them.
func fly(_ flight: consuming Flight, showsProgress: Bool) throws -> FlightReport {
  let vehicle = flight.vehicle
  // However the flight ends, by an error too, no output keeps what the last tick gave it.
  defer { vehicle.makeSafe() }
  while let start = flight.nextTick() {
    let readings = flight.vehicle.collectSamples(until: start.time)
    let input = flight.tickInput(start, readings)
    let output = flight.controller.step(input)
    flight.vehicle.actuate(output)
    try flight.record(TickRecord(input: input, output: output))
    if showsProgress { flight.showProgress(output) }
  }
  return try flight.finish()
}

/// Options that would otherwise be silently ignored.
private func checkOptionsFit(_ arguments: Arguments) throws(UsageError) {
  if arguments.value("episodes") != nil {
    if arguments.value("log") != nil || arguments.has("no-log") {
      throw UsageError("--episodes writes logs only into --logs DIR; leave out --log and --no-log")
    }
  } else if arguments.value("logs") != nil {
    throw UsageError("--logs goes with --episodes; a single flight takes --log FILE")
  } else if arguments.value("log") != nil, arguments.has("no-log") {
    throw UsageError("--log and --no-log exclude each other")
  }
}

private func overrides(_ arguments: Arguments) throws -> ConfigurationOverrides {
  var overrides = ConfigurationOverrides(modelFile: arguments.value("model"))
  if let name = arguments.value("controller") {
    guard let controller = ControllerChoice(rawValue: name) else {
      throw UsageError("--controller takes network or classical, not '\(name)'")
    }
    overrides.controller = controller
  }
  return overrides
}
