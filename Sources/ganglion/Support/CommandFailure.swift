import Foundation

/// Why a command could not do its work: what happened, where, what to do, and the exit status.
struct CommandFailure: Error, CustomStringConvertible {
  var description: String
  var status: ExitStatus

  init(_ description: String, status: ExitStatus = .wrongUse) {
    (self.description, self.status) = (description, status)
  }
}

/// Runs a command's body; prints its help when asked, its failure when it fails.
func perform(
  _ name: String, help: String, _ arguments: [String], options: [String] = [], flags: [String] = [],
  body: (Arguments) throws -> ExitStatus
) -> ExitStatus {
  do {
    let parsed = try Arguments(arguments, options: options, flags: flags)
    if parsed.has("help") {
      Terminal.printResult(help)
      return .success
    }
    return try body(parsed)
  } catch let error as UsageError {
    Terminal.printError("\(name): \(error); see ganglion \(name) --help")
    return .wrongUse
  } catch let error as CommandFailure {
    Terminal.printError("\(name): \(error)")
    return error.status
  } catch {
    Terminal.printError("\(name): \(describe(error))")
    return .wrongUse
  }
}

/// What happened and where, in a line: Foundation's own errors would print as a dump of their fields.
func describe(_ error: any Error) -> String {
  guard let error = error as? CocoaError else { return "\(error)" }
  let cause = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
  return "\(error.filePath.map { "\($0): " } ?? "")\(cause ?? error.localizedDescription)"
}
