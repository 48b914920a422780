import Control
import Foundation
import LiquidModel
import Signals
import VehicleConfiguration
import VehicleRuntime

/// `ganglion check CONFIG`: validates everything without moving anything.
enum CheckCommand {
  static let help = """
    ganglion check CONFIG [--json]
    ganglion check --signals CONFIG
    ganglion check --expand CONFIG
    ganglion check --migrate CONFIG [--replace]
    ganglion check --training CONFIG
    ganglion check --ports CONFIG
    ganglion check --unit CONFIG
    ganglion check --keys | --blocks

      Reads a vehicle's configuration and its model, and says everything that is wrong at once;
      or else what the vehicle consists of. --signals lists what a tick of the vehicle
      sees and decides: every signal with its kind, its unit and who gives it its value. --keys lists every key
      with its unit, range and default; --blocks every kind of block with its settings, and what it reads and writes.
      --expand prints the tables that a file stands for, as a file without a template; --migrate prints a file of
      format 1 in format 2, comments and all, and with --replace puts it in its place. --training prints as JSON how the
      network is trained: its ports, the signals of its teacher, and the configuration that is flown for it; the model need
      not exist. --ports prints its ports alone, as `ganglion-export --ports` reads them. --unit prints what the vehicle's service needs
      beside its unit: devices of pilots, and the time that it may take to end.

      --json    one JSON object: {"valid": true, "buses": […], …}, or {"valid": false, "error": {…, "errors": […]}, …}

    Exit status: 0 valid, 1 not valid, 2 wrong use or a file that cannot be read.

    Example: ganglion check firmware-configs/quadrotor-hold.json5
    """

  /// A table of signals, in the order in which they are declared: what comes from outside, then block by block.
  private static func listing(_ table: SignalTable) -> String {
    let signals = table.declaredSignals
    let rows = signals.map { signal in
      let width = signal.width > 1 ? "[\(signal.width)]" : ""
      return [
        signal.name + width, signal.kind.words, "\(signal.unit)", signal.origin.name,
        [signal.about, signal.isLogged ? "" : "not logged"].filter { !$0.isEmpty }.joined(separator: "; "),
      ]
    }
    let all = [["signal", "kind", "unit", "from", "meaning"]] + rows
    let widths = (0..<4).map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = (0..<4).map { row[$0].padding(toLength: widths[$0], withPad: " ", startingAt: 0) }
      let line = (cells + [row[4]]).joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  static func run(_ arguments: [String]) -> ExitStatus {
    perform("check", help: help, arguments, flags: Self.flags) { arguments in
      // Made only when asked for: they cost more than a check.
      let references = [("keys", { Configuration.reference }), ("blocks", { BlockTable.reference })]
      for (name, text) in references where arguments.has(name) {
        guard !arguments.has("json") else { throw UsageError("--\(name) is a text, and has no --json") }
        _ = try arguments.exactly()
        Terminal.printResult(text())
        return .success
      }
      if arguments.has("signals") {
        guard !arguments.has("json") else { throw UsageError("--signals is a text, and has no --json") }
        let path = try arguments.exactly("CONFIG")[0]
        let loaded = try LoadedVehicle(path: path, overrides: ConfigurationOverrides())
        Terminal.printResult(Self.listing(try loaded.makeTable()))
        return .success
      }
      if arguments.has("unit") {
        guard !arguments.has("json") else { throw UsageError("--unit is a text, and has no --json") }
        let path = try arguments.exactly("CONFIG")[0]
        return try told(path) {
          Terminal.printResult(
            serviceText(of: try VehicleTables.load(path: path, overrides: ConfigurationOverrides())))
        }
      }
      if arguments.has("training") || arguments.has("ports") {
        let path = try arguments.exactly("CONFIG")[0]
        do {
          Terminal.printResult(
            arguments.has("ports")
              ? try json(TrainingPlan.ports(path: path)) : try json(TrainingPlan.load(path: path)))
          return .success
        } catch let error as ConfigurationErrors {
          return refuse(error, path, asJSON: arguments.has("json"))
        }
      }
      if arguments.has("replace"), !arguments.has("migrate") {
        throw UsageError("--replace goes with --migrate")
      }
      for name in ["expand", "migrate"] where arguments.has(name) {
        guard !arguments.has("json") else { throw UsageError("--\(name) is a text, and has no --json") }
        let path = try arguments.exactly("CONFIG")[0]
        return try told(path) {
          if name == "migrate" {
            try CheckTables.migrate(path, replacing: arguments.has("replace"))
          } else {
            Terminal.printResult(String(try CheckTables.expanded(path).dropLast()))
          }
        }
      }
      return try check(try arguments.exactly("CONFIG")[0], asJSON: arguments.has("json"))
    }
  }

  private static let flags = [
    "json", "keys", "blocks", "signals", "expand", "migrate", "replace", "training", "ports", "unit",
  ]

  /// Does what may find a configuration wrong, and tells what is wrong with it.
  private static func told(_ path: String, _ work: () throws -> Void) throws -> ExitStatus {
    do {
      try work()
      return .success
    } catch let error as ConfigurationErrors {
      return refuse(error, path, asJSON: false)
    }
  }

  private static func refuse(_ error: ConfigurationErrors, _ path: String, asJSON: Bool) -> ExitStatus {
    let status: ExitStatus = error.isUnreadable ? .wrongUse : .resultSaysNo
    if asJSON {
      // The shape that every error has, and that the file is not valid.
      let report = FailureReport(error, command: "check").json
      Terminal.printResult(
        Terminal.json(report.merging(["valid": false, "exit_status": Int(status.rawValue)]) { $1 }))
    } else {
      Terminal.printError("\(error)")
      if error.errors.count > 1 { Terminal.printError("\(error.errors.count) errors in \(path)") }
    }
    return status
  }

  /// A file without a template.
  private static func checkTables(
    _ tables: VehicleTables, _ path: String, asJSON: Bool
  ) throws(ConfigurationErrors) -> ExitStatus {
    do throws(VehicleError) {
      // Its models, too: what `run` would refuse is wrong.
      do { _ = try LoadedVehicle(tables, path: path) } catch let error as VehicleError { throw error } catch {
        throw VehicleError("\(error)")
      }
    } catch {
      throw ConfigurationErrors(
        file: path, errors: [ConfigurationError(path: error.place ?? "", line: nil, message: error.message)])
    }
    do {
      let text = try CheckTables.summary(tables)
      Terminal.printResult(asJSON ? try json(TablesSummary(tables)) : text)
    } catch {
      throw ConfigurationErrors(
        file: nil, errors: [ConfigurationError(path: "", line: nil, message: "\(error)")])
    }
    return .success
  }

  private static func check(_ path: String, asJSON: Bool) throws -> ExitStatus {
    let summary: CheckSummary
    do throws(ConfigurationErrors) {
      let tables = try VehicleTables.load(path: path)
      if tables.hasTraining { _ = try TrainingPlan.load(path: path) }
      guard let configuration = tables.template else { return try checkTables(tables, path, asJSON: asJSON) }
      let model = try loadModel(of: configuration, file: path)
      summary = CheckSummary(configuration, model: model)
    } catch {
      return refuse(error, path, asJSON: asJSON)
    }
    Terminal.printResult(asJSON ? try json(summary) : summary.text)
    return .success
  }

  /// The configuration's model, if it has one, when it fits the configuration.
  private static func loadModel(
    of configuration: Configuration, file: String
  ) throws(ConfigurationErrors) -> ModelFile? {
    guard configuration.model.controller == .network, let path = configuration.modelPath else { return nil }
    let model: ModelFile
    do {
      model = try ModelFile.read(path: path)
      // What does not make a network, such as an integer one that could overflow, is refused when it flies.
      _ = try NetworkRuntime(model)
    } catch {
      throw ConfigurationErrors(
        file: file, errors: [ConfigurationError(path: "model.file", line: nil, message: "\(error)")])
    }
    let mismatches = configuration.mismatches(inputs: model.inputs, outputs: model.outputs)
    guard mismatches.isEmpty else { throw ConfigurationErrors(file: file, errors: mismatches) }
    return model
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return PrintableText.escaped(json: String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
