import Control
import ControlLoop
import Foundation
import LiquidModel

/// The version that logs and `--version` name.
let ganglionVersion = "0.1.0"

/// What flies: a valid configuration and its model, with the bytes of both as they go into the log.
struct Mission: Sendable {
  /// The configuration, found valid, with the command line's overrides in it.
  private(set) var configuration: Configuration
  /// The model file, if the configuration names one or a log holds one.
  let model: ModelFile?
  /// The model file's bytes; empty without one.
  let modelBytes: [UInt8]
  /// Where the model is, for messages.
  private let modelName: String
  /// What the command line put in place of what the file says, as the log's metadata holds it.
  let overrides: [String: String]
  /// The files that it was read from.
  let inputs: [String]

  /// Loads and checks a configuration file and its model.
  init(path: String, overrides: ConfigurationOverrides) throws {
    configuration = try Configuration.load(path: path, overrides: overrides)
    inputs = [path] + [configuration.modelPath, configuration.calibrationPath].compactMap(\.self)
    modelName = configuration.modelPath ?? ""
    // Without a network to fly, a model may be missing, unless the command line asks for it.
    if let modelPath = configuration.modelPath,
      configuration.model.isFileFromCommandLine || FileManager.default.fileExists(atPath: modelPath)
    {
      do throws(ModelError) {
        modelBytes = try ModelFile.bytes(path: modelPath)
        // An empty file is no model either, and not the same as none.
        model = try ModelFile.read(modelBytes)
      } catch {
        throw CommandFailure(error, in: modelPath)
      }
    } else {
      (modelBytes, model) = ([], nil)
    }
    self.overrides = overrides.controller.map { ["controller": $0.rawValue] } ?? [:]
    try checkFit()
  }

  /// The mission that a log holds, with the calibration that was taken off the sensors' readings.
  init(
    configuration text: [UInt8], model bytes: [UInt8], calibration: [UInt8] = [],
    overrides: [String: String]
  ) throws {
    guard let calibrationText = String(validating: calibration, as: UTF8.self) else {
      throw CommandFailure("the calibration in the log is not UTF-8 text")
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw CommandFailure("the configuration in the log is not UTF-8 text")
    }
    let controller = overrides["controller"].flatMap(ControllerChoice.init(rawValue:))
    configuration = try Configuration.load(
      text: text, directory: nil, overrides: ConfigurationOverrides(controller: controller),
      calibration: calibration.isEmpty ? nil : calibrationText)
    modelBytes = bytes
    inputs = []
    modelName = "the model in the log"
    model = try Self.model(bytes, name: modelName)
    self.overrides = overrides
    try checkFit()
  }

  /// The bytes of the calibration that is taken off the sensors' readings, as they go into the log; empty without one.
  var calibrationBytes: [UInt8] { configuration.calibration.map { Array($0.text.utf8) } ?? [] }

  /// The same at another rate, to be measured and not flown: nothing is checked again.
  func at(rateHz: Int) -> Mission {
    var mission = self
    mission.configuration.loop.rateHz = rateHz
    return mission
  }

  /// A controller at rest.
  func makeController() throws -> VehicleController {
    guard let model else { return try makeController(nil, NetworkTiming(unit: 1, largest: 1)) }
    let network: NetworkRuntime
    do throws(ModelError) {
      network = try NetworkRuntime(model)
    } catch {
      throw CommandFailure(error, in: modelName)
    }
    return try makeController(network, NetworkTiming(unit: model.timeUnit, largest: model.maximumTs))
  }

  private func makeController(_ network: consuming NetworkRuntime?, _ timing: NetworkTiming) throws
    -> VehicleController
  {
    do throws(ProgramErrors) {
      return try VehicleController(configuration, network: network, timing: timing)
    } catch {
      throw failure(error)
    }
  }

  /// The signals of its ticks.
  func makeFrame() throws -> VehicleFrame {
    do throws(ProgramErrors) {
      return try VehicleFrame(configuration, hasNetwork: model != nil)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ errors: ProgramErrors) -> CommandFailure {
    CommandFailure(place: configuration.name, errors.errors.map(\.description).joined(separator: "; "))
  }

  /// Why the model's file is not protected against damage; `nil` when it is, or without one.
  var modelNote: String? { model?.sealNote }

  /// The result of a run as an object, with what there is to note of the model.
  func noted(_ result: [String: Any]) -> [String: Any] {
    guard let modelNote else { return result }
    return result.merging(["model_note": modelNote]) { $1 }
  }

  /// Where the log of a run goes when the command line does not say: the configuration's log folder, which is made
  /// when it is not there, under the configuration's name and `run`.
  func standardLogPath(_ run: String) throws -> String {
    // Out of "firmware-configs/../out" comes "out".
    var parts: [Substring] = []
    for part in configuration.resolve(configuration.log.directory).split(
      separator: "/", omittingEmptySubsequences: false)
    {
      if part == "..", let last = parts.last, last != "..", last != "", last != "." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    let folder = parts.isEmpty ? "." : parts.joined(separator: "/")
    try makeLogFolder(folder, remedy: "change log.directory, or name a file with --log")
    return "\(folder)/\(logName(run))"
  }

  /// The file's name of the log of a run. A configuration's name is free text; a file's name is not.
  func logName(_ run: String) -> String {
    let name = "\(configuration.name)-\(run)".map {
      $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-"
    }
    return String(name) + ".mcap"
  }

  private func checkFit() throws {
    guard let model else {
      guard configuration.model.controller == .classical else {
        throw CommandFailure(
          "model.file: the network is to fly, but there is no model; name one, or set model.controller to "
            + "\"classical\"")
      }
      return
    }
    let mismatches = configuration.mismatches(inputs: model.inputs, outputs: model.outputs)
    guard mismatches.isEmpty else {
      let lines = mismatches.map { "  \($0)" }.joined(separator: "\n")
      throw CommandFailure("the model does not fit the configuration:\n\(lines)")
    }
  }

  /// The model in `bytes`; `nil` without any.
  private static func model(_ bytes: [UInt8], name: String) throws(CommandFailure) -> ModelFile? {
    guard !bytes.isEmpty else { return nil }
    do throws(ModelError) {
      return try ModelFile.read(bytes)
    } catch {
      throw CommandFailure(error, in: name)
    }
  }
}
