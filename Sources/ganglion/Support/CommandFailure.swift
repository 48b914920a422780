import Files
import FlightLog
import Foundation
import LinuxHardware
import LiquidModel
import VehicleConfiguration
import VehicleRuntime

/// Why a command could not do its work: where, what happened, what to do, and the exit status.
struct CommandFailure: Error, CustomStringConvertible {
  /// Where; `nil` when the cause says it.
  var place: String?
  var cause: String
  /// What its reader can do; `nil` when the cause says it.
  var remedy: String?
  var status: ExitStatus

  /// A failure from its parts, each a phrase without a full stop.
  init(place: String? = nil, _ cause: String, remedy: String? = nil, status: ExitStatus = .wrongUse) {
    (self.place, self.cause, self.remedy, self.status) = (place, cause, remedy, status)
  }

  /// What kept a vehicle from being loaded, flown, replayed or calibrated.
  init(_ error: VehicleError, status: ExitStatus = .wrongUse) {
    self.init(place: error.place, error.cause, remedy: error.remedy, status: status)
  }

  /// All of it in one line.
  var description: String {
    (place.map { "\($0): " } ?? "") + cause + (remedy.map { "; \($0)" } ?? "")
  }
}

/// What a command that failed tells: to people a text, to machines an object with the same parts.
struct FailureReport {
  private let command: String
  private let failure: CommandFailure
  private let text: String
  /// All that is wrong, when a file has several errors.
  private let errors: [ConfigurationError]

  init(_ error: any Error, command: String) {
    self.command = command
    var errors: [ConfigurationError] = []
    switch error {
    case let error as CommandFailure: failure = error
    case let error as VehicleError: failure = CommandFailure(error)
    case let error as UsageError:
      failure = CommandFailure(
        place: "command line", error.description, remedy: "see ganglion \(command) --help")
    case let error as ModelError:
      failure = CommandFailure(place: error.place, error.cause, remedy: error.remedy)
    case let error as LogError:
      failure = CommandFailure(place: error.offset.map { "byte \($0)" }, error.what, remedy: error.remedy)
    case let error as FileError: failure = CommandFailure(place: error.path, error.what, remedy: error.remedy)
    case let error as LinuxError: failure = CommandFailure(error.what, remedy: error.remedy)
    case let error as ConfigurationErrors:
      errors = error.errors
      let first = error.errors.first.map { "\($0)" } ?? "it is wrong"
      failure = CommandFailure(
        place: error.file, errors.count > 1 ? "\(errors.count) errors; the first: \(first)" : first,
        remedy: error.isUnreadable
          ? "name another file" : "correct the file; docs/configuration.md lists all keys")
    default: failure = CommandFailure(describe(error))
    }
    self.errors = errors
    text =
      switch error {
      // As people have it on the command line: short, and each error of a file in a line of its own.
      case is UsageError: "\(error); see ganglion \(command) --help"
      case is ConfigurationErrors, is LogError, is LinuxError: "\(error)"
      default: failure.description
      }
  }

  /// The exit status.
  var status: ExitStatus { failure.status }

  /// The failure as it is told when there are others beside it: with `place` in front.
  func failure(at place: String) -> CommandFailure {
    CommandFailure(place: place, text, status: status)
  }

  /// The object that stands in the result's place.
  var json: [String: Any] {
    var error: [String: Any] = [
      "command": command, "place": failure.place ?? NSNull(), "cause": failure.cause,
      "remedy": failure.remedy ?? NSNull(), "message": text,
    ]
    if !errors.isEmpty {
      error["errors"] = errors.map {
        ["place": $0.path, "line": $0.line ?? NSNull(), "cause": $0.message] as [String: Any]
      }
    }
    return ["error": error, "exit_status": Int(status.rawValue)]
  }

  /// Tells it: to standard output as JSON when that was asked for, so that a program that reads the result reads why there
  /// is none; else to standard error.
  func tell(asJSON: Bool) {
    if asJSON {
      Terminal.printResult(Terminal.json(json))
    } else {
      Terminal.printError("\(command): \(text)")
    }
  }
}

/// Runs a command's body; prints its help when asked, its failure when it fails.
func perform(
  _ name: String, help: String, _ arguments: [String], options: [String] = [], flags: [String] = [],
  body: (Arguments) throws -> ExitStatus
) -> ExitStatus {
  if let collector = DescriptorCollector.current {
    collector.descriptor = CommandDescriptor(name: name, help: help, options: options, flags: flags)
    return .success
  }
  // Also of a command line that is not understood otherwise.
  let isJSON = flags.contains("json") && arguments.prefix { $0 != "--" }.contains("--json")
  return CommandSession.$current.withValue(CommandSession(isJSON: isJSON)) {
    do {
      let parsed = try Arguments(arguments, options: options, flags: flags)
      if parsed.has("help") {
        Terminal.printResult(help)
        return .success
      }
      try ProcessLimits.check()
      return try body(parsed)
    } catch {
      Terminal.endProgress()
      let report = FailureReport(error, command: name)
      report.tell(asJSON: isJSON)
      return report.status
    }
  }
}

/// What happened and where, in a line: Foundation's own errors would print as a dump of their fields.
func describe(_ error: any Error) -> String {
  guard let error = error as? CocoaError else { return "\(error)" }
  let cause = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
  return "\(error.filePath.map { "\($0): " } ?? "")\(cause ?? error.localizedDescription)"
}
