import Files
import FlightLog
import Foundation
import LinuxHardware
import PortableMath
import VehicleConfiguration
import VehicleRuntime

private let help = """
  ganglion calibrate CONFIG [gyro] [accelerometer] [magnetometer] [options]

  Finds what is wrong with a vehicle's sensors, and writes it into the file that the configuration names as
  sensors.calibration. What the file holds of other sensors stays. Without a sensor's name: the gyroscope.

    gyro             its bias, while the vehicle stands still for three seconds; refused while it moves
    accelerometer    offset and scale, from six poses, one on each side, in any order
    magnetometer     hard and soft iron, while the vehicle is turned about all of its axes

    --backend NAME   simulated or linux, in place of the configuration's; in simulation a virtual board is held as it must
                     be, and has the errors of simulation.sensor_errors
    --log FILE       the readings of a log in place of a backend's; not for the magnetometer, which logs leave out
    --output FILE    where the calibration goes, in place of the file that the configuration names
    --replace        renew the file if it exists; what it holds of other sensors stays
    --poses N        poses of the accelerometer, 6 to 60; from 12 on what one axis feels of another is found, too
    --gravity G      gravity in m/s² that the accelerometer is scaled to (default 9.80665)
    --seed N         in simulation: draws noise and, without simulation.sensor_errors, the errors (default 1)
    --json           the result as one JSON object

  Neither lines nor motors are touched. Exit status: 0 calibrated, 1 refused, 2 wrong use.

  Example: ganglion calibrate firmware-configs/quadrotor-hold.json5 gyro --output out/calibration.json5
  """

/// `ganglion calibrate`.
func calibrateCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "calibrate", help: help, arguments, options: ["backend", "log", "output", "poses", "gravity", "seed"],
    flags: ["json", "replace"]
  ) { parsed in
    let request = try CalibrationRequest(parsed, words: arguments)
    return try request.run(systems: .machine)
  }
}

/// What a command line asks to be calibrated.
struct CalibrationRequest {
  /// The configuration, without a calibration.
  let configuration: Configuration
  let parts: [CalibratedPart]
  private let path: String
  private let replacing: Bool
  /// What is read, and never replaced.
  private let inputs: [String]
  private let log: FlightLogReader?
  private let logConfiguration: Configuration?
  private let seed: UInt64
  private let poses: Int
  private let gravity: Double
  private let asJSON: Bool
  private let command: String

  init(_ arguments: Arguments, words: [String]) throws {
    guard let file = arguments.positional.first else { throw UsageError("expected CONFIG") }
    var parts: [CalibratedPart] = []
    for name in arguments.positional.dropFirst() {
      guard let part = CalibratedPart(rawValue: name) else {
        throw UsageError(
          "'\(name)' is no sensor that can be calibrated; it is gyro, accelerometer or magnetometer")
      }
      if !parts.contains(part) { parts.append(part) }
    }
    self.parts = parts.isEmpty ? [.gyro] : parts
    asJSON = arguments.has("json")
    command = "ganglion calibrate " + words.joined(separator: " ")
    (poses, gravity) = try Self.accelerometerOptions(arguments, self.parts)

    // Whether there is a network to fly it is no matter here.
    var overrides = ConfigurationOverrides(controller: .classical)
    overrides.ignoresCalibration = true
    if let name = arguments.value("backend") {
      guard let backend = Backend(rawValue: name) else {
        throw UsageError("--backend takes simulated or linux, not '\(name)'")
      }
      overrides.backend = backend
    }
    configuration = try Configuration.load(path: file, overrides: overrides)
    if self.parts.contains(.magnetometer), configuration.sensors.magnetometer == nil {
      throw CommandFailure("\(file): there is no magnetometer to calibrate: sensors.magnetometer is missing")
    }
    guard let path = arguments.value("output") ?? configuration.calibrationPath else {
      throw CommandFailure(
        "\(file) names no file for the calibration: add a line such as `calibration: \"\(configuration.name)"
          + ".calibration.json5\",` to its section `sensors`, or name one with --output")
    }
    self.path = path
    replacing = arguments.has("replace")
    inputs = [file] + (arguments.value("log").map(LogPart.paths) ?? [])
    do throws(FileError) {
      try OutputFile.check(path: path, replacing: replacing, inputs: inputs)
    } catch {
      guard error.cause == .exists else { throw error }
      throw CommandFailure(
        "\(path): is there already; say --replace to renew it, which keeps what it holds of other sensors, or name "
          + "another file with --output")
    }
    seed = UInt64(try arguments.integer("seed", atLeast: 0) ?? 1)
    guard seed <= 1 << 53 else { throw UsageError("--seed takes at most 2^53 here, which a file can hold") }
    if let logPath = arguments.value("log") {
      guard arguments.value("backend") == nil else {
        throw UsageError("--log and --backend exclude each other")
      }
      if self.parts.contains(.magnetometer) {
        throw UsageError("a log has no readings of the magnetometer: the controller does not use them yet")
      }
      let log = try FlightLogReader(path: logPath)
      (self.log, logConfiguration) = (log, try Self.configuration(of: log, for: configuration))
    } else {
      (log, logConfiguration) = (nil, nil)
    }
    if arguments.value("seed") != nil, log != nil || configuration.backend == .linux {
      throw UsageError("--seed is for the simulated backend alone")
    }
  }

  private static func accelerometerOptions(
    _ arguments: Arguments, _ parts: [CalibratedPart]
  ) throws -> (poses: Int, gravity: Double) {
    for option in ["poses", "gravity"]
    where arguments.value(option) != nil && !parts.contains(.accelerometer) {
      throw UsageError("--\(option) is for the accelerometer, which is not named")
    }
    let poses = try arguments.integer("poses", atLeast: SixSideProcedure.poses.lowerBound) ?? 6
    guard SixSideProcedure.poses.contains(poses) else {
      throw UsageError("--poses takes 6 to 60, not \(poses)")
    }
    guard let text = arguments.value("gravity") else { return (poses, StandardAtmosphere.gravity) }
    let bounds = CalibrationBounds.gravity
    guard let gravity = Double(text), bounds.contains(gravity) else {
      throw UsageError("--gravity takes \(bounds.lowerBound) to \(bounds.upperBound) m/s², not '\(text)'")
    }
    return (poses, gravity)
  }

  /// The configuration in a log, when its sensors are the same.
  private static func configuration(
    of log: FlightLogReader, for configuration: Configuration
  ) throws -> Configuration {
    let flown = try LoadedVehicle(log.content).template(for: "a calibration")
    for (here, there) in zip(configuration.calibratedSensors, flown.calibratedSensors)
    where here.location != there.location {
      throw CommandFailure(
        "the log is of another vehicle: its \(there.path) is \(there.location.text), that of the configuration "
          + here.location.text)
    }
    return flown
  }

  /// Where the chips are that the readings come from.
  private var origin: SensorCalibration.Origin {
    get throws(CommandFailure) {
      func simulated(_ configuration: Configuration, _ seed: UInt64) -> SensorCalibration.Origin {
        configuration.simulation.sensorErrors.map { .specimen($0.specimen) } ?? .seed(seed)
      }
      guard let log, let logConfiguration else {
        return configuration.backend == .linux ? .board : simulated(configuration, seed)
      }
      switch Backend(rawValue: log.metadata.backend) {
      case .linux: return .board
      case .simulated: return simulated(logConfiguration, log.metadata.seed)
      case nil:
        throw CommandFailure(
          "the log's readings come from a \(log.metadata.backend), whose sensors are not the vehicle's")
      }
    }
  }

  /// Calibrates, and says what was found.
  func run<System>(systems: LinuxSystems<System>) throws -> ExitStatus {
    var job = try CalibrationJob(
      configuration, origin: origin, path: path, command: command, made: Date().formatted(.iso8601))
    (job.replacing, job.inputs) = (replacing, inputs)
    (job.poses, job.gravity) = (poses, gravity)
    for note in job.notes { Terminal.printNote(note) }
    var board: LinuxSource<System>?
    var accounts: [(part: CalibratedPart, account: ImportAccount)] = []
    for part in parts {
      let source = try source(for: part, systems, &board)
      do {
        try job.calibrate(part, source, listener: .terminal)
        if let account = try source.account() { accounts.append((part, account)) }
      } catch let refusal as CalibrationRefusal {
        if let account = try source.account() { accounts.append((part, account)) }
        let report = CalibrationReport(job, parts, refusal: (part, refusal), accounts: accounts)
        if asJSON {
          Terminal.printResult(Terminal.json(report.json))
        } else {
          let text = report.text
          if !text.isEmpty { Terminal.printResult(text) }
          Terminal.printError("calibrate: \(part.rawValue): \(refusal)")
        }
        return .resultSaysNo
      }
    }
    let report = CalibrationReport(job, parts, accounts: accounts)
    Terminal.printResult(asJSON ? Terminal.json(report.json) : report.text)
    return .success
  }

  private func source<System>(
    for part: CalibratedPart, _ systems: LinuxSystems<System>, _ board: inout LinuxSource<System>?
  ) throws -> any CalibrationSource {
    if let log, let logConfiguration { return LogSource(log, logConfiguration) }
    guard configuration.backend == .linux else {
      let handling: Handling =
        switch part {
        case .gyro: .still
        case .accelerometer: .poses(poses, seed: seed)
        case .magnetometer: .allAround
        }
      return try SimulatedSource(configuration, seed: seed, handling: handling)
    }
    if let board { return board }
    let opened = try LinuxSource(configuration, systems: systems)
    board = opened
    return opened
  }
}
