import FlightLog
import Foundation
import HardwareInterfaces
import LiquidModel
import Signals
import VehicleConfiguration
import VehicleRuntime

private let help = """
  ganglion replay LOG [--json]
  ganglion replay --config CONFIG RECORDING [--log FILE [--replace]] [--model FILE] [--json]

  Steps the controller through a log again and compares every input, state digest, output and command bit for
  bit. The log is all it needs: configuration and model are in it. A log in several parts is replayed from its first on,
  as one. Exit status 0 when all is identical, 1 at
  the first difference, 2 when the log cannot be replayed.

  With --config, feeds the recording of another autopilot (PX4, ArduPilot, ROS 2) through simulated chips, the drivers, the
  estimator and the network, and writes a log that replays like any other. The account at the end says what was
  taken from which topic and why, and what was left out.

  Example: ganglion replay out/quadrotor-hold-1.mcap
  """

/// `ganglion replay`.
func replayCommand(_ arguments: [String]) -> ExitStatus {
  perform("replay", help: help, arguments, options: ["config", "log", "model"], flags: ["json", "replace"]) {
    arguments in
    if let configuration = arguments.value("config") {
      return try replayRecording(
        try arguments.exactly("RECORDING")[0], configuration: configuration, arguments)
    }
    if arguments.has("replace") { throw UsageError("--replace goes with --config and --log FILE") }
    let path = try arguments.exactly("LOG")[0]
    var replay = try inFile(path) { try Replay(path: path) }
    let began = DispatchTime.now().uptimeNanoseconds
    let outcome: ReplayOutcome
    do throws(LogError) { outcome = try replay.run() } catch { throw VehicleError(error, in: path) }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds &- began) * 1e-9
    Terminal.printResult(arguments.has("json") ? Terminal.json(outcome.json(seconds: seconds)) : outcome.text)
    return outcome.isIdentical ? .success : .resultSaysNo
  }
}

/// Reads what concerns the file at `path`: an error that does not say where has it as its place.
private func inFile<Result: ~Copyable>(_ path: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as LogError {
    throw VehicleError(error, in: path)
  } catch var error as VehicleError where error.place == nil {
    error.place = path
    throw error
  }
}

/// Feeds a recording of somebody else's vehicle through chips, drivers, estimator and network, and says how well the
/// estimator agrees with the recording's own.
private func replayRecording(_ path: String, configuration: String, _ arguments: Arguments) throws
  -> ExitStatus
{
  var overrides = ConfigurationOverrides(modelFile: arguments.value("model"))
  // The recording's sensors are others, and the chips that play it back are ideal.
  overrides.ignoresCalibration = true
  let loaded = try LoadedVehicle(path: configuration, overrides: overrides)
  let (bytes, recording) = try inFile(path) {
    let bytes = try LogBytes(path: path)
    let recording = try RecordingReader.read(bytes: bytes)
    if let failure = bytes.failure { throw failure }
    try RecordedFlight.check(recording)
    return (bytes, recording)
  }
  let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  let logPath = try arguments.value("log") ?? loaded.standardLogPath(name)
  let logOptions =
    arguments.value("log") == nil
    ? try LogOptions.standard(logPath, inputs: loaded.inputs + [path])
    : LogOptions(replacing: arguments.has("replace"), inputs: loaded.inputs + [path])
  let flight = try RecordedFlight(
    loaded, recording, name: name, digest: bytes.digest, logPath: logPath, logOptions: logOptions)
  let report = try flight.run()
  Terminal.printResult(arguments.has("json") ? Terminal.json(report.json) : report.text)
  return .success
}
