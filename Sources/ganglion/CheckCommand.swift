import ControlLoop
import Foundation
import LiquidModel

/// `ganglion check CONFIG`: validates everything without moving anything.
enum CheckCommand {
  static let help = """
    ganglion check CONFIG [--json]
    ganglion check --keys

      Reads a vehicle's configuration and its model, and says everything that is wrong at once;
      or else what the vehicle consists of. --keys lists every key with its unit, range and default.

      --json    one JSON object: {"valid": …, "errors": […]} or {"valid": true, "buses": […], …}

    Exit status: 0 valid, 1 not valid, 2 wrong use or a file that cannot be read.

    Example: ganglion check firmware-configs/quadrotor-hold.json5
    """

  static func run(_ arguments: [String]) -> ExitStatus {
    perform("check", help: help, arguments, flags: ["json", "keys"]) { arguments in
      if arguments.has("keys") {
        guard !arguments.has("json") else { throw UsageError("--keys is a text, and has no --json") }
        _ = try arguments.exactly()
        Terminal.printResult(Configuration.reference)
        return .success
      }
      return try check(try arguments.exactly("CONFIG")[0], asJSON: arguments.has("json"))
    }
  }

  private static func check(_ path: String, asJSON: Bool) throws -> ExitStatus {
    let summary: CheckSummary
    do throws(ConfigurationErrors) {
      let configuration = try Configuration.load(path: path)
      let model = try loadModel(of: configuration, file: path)
      summary = CheckSummary(configuration, model: model)
    } catch {
      let status: ExitStatus = error.isUnreadable ? .wrongUse : .resultSaysNo
      if asJSON {
        Terminal.printResult(try json(CheckFailure(error, status: status)))
      } else {
        Terminal.printError("\(error)")
        if error.errors.count > 1 { Terminal.printError("\(error.errors.count) errors in \(path)") }
      }
      return status
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

/// What `check --json` says of a configuration that is wrong.
struct CheckFailure: Encodable {
  struct Entry: Encodable {
    var path: String
    var line: Int?
    var message: String
  }

  var valid = false
  var file: String?
  var errors: [Entry]
  var exitStatus: Int

  init(_ errors: ConfigurationErrors, status: ExitStatus) {
    (file, exitStatus) = (errors.file, Int(status.rawValue))
    self.errors = errors.errors.map { Entry(path: $0.path, line: $0.line, message: $0.message) }
  }
}
