import Control
import Files
import FlightLog
import LiquidModel
import Signals
import VehicleConfiguration

/// The version that logs and `--version` name.
public let ganglionVersion = "0.1.0"

/// A network that a vehicle steps: the block, the model, and its bytes as they go into the log.
public struct LoadedModel: Sendable {
  /// What the configuration says of it.
  public let place: NetworkFile
  /// Where the model is, for messages.
  public let name: String
  /// The model, and the file's bytes.
  public let model: ModelFile
  /// The bytes of the file, as they go into the log.
  public let bytes: [UInt8]
}

/// What flies: a valid configuration and its models, with the bytes of both as they go into the log.
public struct LoadedVehicle: Sendable {
  /// The vehicle, found valid, with the command line's overrides in it.
  public private(set) var tables: VehicleTables
  /// The networks that there are to step.
  public let networks: [LoadedModel]
  /// What the command line put in place of what the file says, as the log's metadata holds it.
  public let overrides: [String: String]
  /// The files that it was read from.
  public let inputs: [String]

  /// Loads and checks a configuration file and its models.
  public init(path: String, overrides: ConfigurationOverrides = ConfigurationOverrides()) throws {
    try self.init(Self.tables(path: path, overrides: overrides), path: path, overrides: overrides)
  }

  /// Loads the models of the tables that were read from `path`.
  public init(
    _ tables: VehicleTables, path: String, overrides: ConfigurationOverrides = ConfigurationOverrides()
  ) throws {
    let paths = tables.networks.map { place in
      place.isFromCommandLine ? place.file : tables.resolve(place.file)
    }
    networks = try zip(tables.networks, paths).map { place, path in
      do throws(ModelError) {
        let bytes = try ModelFile.bytes(path: path)
        // An empty file is no model either, and not the same as none.
        return LoadedModel(place: place, name: path, model: try ModelFile.read(bytes), bytes: bytes)
      } catch {
        throw VehicleError(error, in: path)
      }
    }
    self.tables = tables
    inputs = [path] + paths + [tables.calibrationPath].compactMap(\.self)
    self.overrides = overrides.controller.map { ["controller": $0.rawValue] } ?? [:]
    try checkFit()
    try noteStates()
  }

  /// The tables of a file, without a network that is not there and does not fly.
  public static func tables(path: String, overrides: ConfigurationOverrides) throws -> VehicleTables {
    let tables = try VehicleTables.load(path: path, overrides: overrides)
    // Without a network to fly, a template's model may be missing, unless the command line asks for it.
    guard let template = tables.template, let modelPath = template.modelPath,
      template.model.controller == .classical, !template.model.isFileFromCommandLine,
      FileIdentity(path: modelPath) == nil
    else { return tables }
    return try VehicleTables.load(path: path, overrides: overrides, hasNetwork: false)
  }

  /// Makes simulated runs last so many ns in place of what the configuration says.
  public mutating func fly(for duration: Int64) { tables.simulation.duration = duration }

  /// The vehicle that a log holds, with the calibration that was taken off the sensors' readings.
  ///
  /// - Parameter models: By the names of their blocks the models that were stepped.
  public init(
    configuration text: [UInt8], models: [String: [UInt8]], calibration: [UInt8] = [],
    overrides: [String: String]
  ) throws {
    guard let calibrationText = String(validating: calibration, as: UTF8.self) else {
      throw VehicleError("the calibration in the log is not UTF-8 text")
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw VehicleError("the configuration in the log is not UTF-8 text")
    }
    let controller = overrides["controller"].flatMap(ControllerChoice.init(rawValue:))
    let models = models.filter { !$0.value.isEmpty }
    tables = try VehicleTables.load(
      text: text, directory: nil, overrides: ConfigurationOverrides(controller: controller),
      calibration: calibration.isEmpty ? nil : calibrationText, hasNetwork: models["network"] != nil)
    networks = try tables.networks.compactMap { place in
      guard let bytes = models[place.block] else { return nil }
      do throws(ModelError) {
        return LoadedModel(
          place: place, name: "the model in the log", model: try ModelFile.read(bytes), bytes: bytes)
      } catch {
        throw VehicleError(error, in: "the model in the log")
      }
    }
    inputs = []
    self.overrides = overrides
    try checkFit()
    try noteStates()
  }

  /// The vehicle that a log holds.
  public init(_ content: FlightLogContent) throws {
    try self.init(
      configuration: content.configuration, models: content.models, calibration: content.calibration,
      overrides: content.metadata.extra)
  }

  /// The template's configuration; throws for a vehicle without a template, which `what` cannot do.
  public func template(for what: String) throws(VehicleError) -> Configuration {
    guard let template = tables.template else {
      throw VehicleError(
        place: tables.name, "\(what) needs a vehicle with a template",
        remedy: "name a configuration with `vehicle`")
    }
    return template
  }

  /// By the names of their blocks the bytes of the models, as they go into the log.
  public var modelBytes: [String: [UInt8]] {
    Dictionary(networks.map { ($0.place.block, $0.bytes) }) { first, _ in first }
  }

  /// The bytes of the calibration that is taken off the sensors' readings, as they go into the log; empty without one.
  public var calibrationBytes: [UInt8] { tables.calibration.map { Array($0.text.utf8) } ?? [] }

  /// The same at another rate, to be measured and not flown: nothing is checked again.
  public func at(rateHz: Int) -> LoadedVehicle {
    var loaded = self
    loaded.tables.loop.rateHz = rateHz
    return loaded
  }

  /// A controller at rest.
  public func makeController() throws -> VehicleController {
    var loaded: [String: LoadedNetwork] = [:]
    for network in networks {
      do throws(ModelError) {
        loaded[network.place.block] = LoadedNetwork(
          handover: NetworkHandover(try NetworkRuntime(network.model)),
          timing: NetworkTiming(unit: network.model.timeUnit, largest: network.model.maximumTs))
      } catch {
        throw VehicleError(error, in: network.name)
      }
    }
    do throws(ProgramErrors) {
      return try VehicleController(tables, networks: loaded)
    } catch {
      throw failure(error)
    }
  }

  /// The signals of its ticks.
  public func makeTable() throws -> SignalTable {
    do throws(ProgramErrors) {
      return try tables.table()
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ errors: ProgramErrors) -> VehicleError {
    VehicleError(place: tables.name, errors.errors.map(\.description).joined(separator: "; "))
  }

  /// Why the model's file is not protected against damage; `nil` when it is, or without one.
  public var modelNote: String? { networks.lazy.compactMap(\.model.sealNote).first }

  /// Where the log of a run goes when the command line does not say: the configuration's log folder, which is made
  /// when it is not there, under the configuration's name and `run`.
  public func standardLogPath(_ run: String) throws -> String {
    // Out of "firmware-configs/../out" comes "out".
    var parts: [Substring] = []
    for part in tables.resolve(tables.log.directory).split(
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
  public func logName(_ run: String) -> String {
    let name = "\(tables.name)-\(run)".map {
      $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-"
    }
    return String(name) + ".mcap"
  }

  /// Makes room for the states of the networks among the signals, when they are to be logged.
  private mutating func noteStates() throws {
    guard tables.log.networkStateEvery > 0 else { return }
    for network in networks {
      do throws(ModelError) {
        let words = (try NetworkRuntime(network.model).stateByteCount + 7) / 8
        guard let row = tables.blocks.firstIndex(where: { $0.name == network.place.block }) else { continue }
        tables.blocks[row].settings["state_words"] = .number(Double(words))
      } catch {
        throw VehicleError(error, in: network.name)
      }
    }
  }

  private func checkFit() throws {
    if let template = tables.template, networks.first(where: { $0.place.block == "network" }) == nil {
      guard template.model.controller == .classical else {
        throw VehicleError(
          "model.file: the network is to fly, but there is no model; name one, or set model.controller to "
            + "\"classical\"")
      }
    }
    var lines: [String] = []
    for network in networks {
      let model = network.model
      if network.place.block == "network", let template = tables.template {
        lines += template.mismatches(inputs: model.inputs, outputs: model.outputs).map { "  \($0)" }
      } else {
        lines += tables.mismatches(
          of: network.place, inputs: model.inputs, outputs: model.outputs, try makeTable()
        ).map { "  \($0)" }
      }
    }
    guard lines.isEmpty else {
      throw VehicleError("the model does not fit the configuration:\n\(lines.joined(separator: "\n"))")
    }
    // A block that steps a network, and has none, would fail in every step.
    let missing = tables.networks.filter { place in !networks.contains { $0.place.block == place.block } }
    guard missing.isEmpty || tables.template != nil else {
      throw VehicleError("there is no model for " + missing.map(\.block).joined(separator: ", "))
    }
  }
}
