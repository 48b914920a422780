import Foundation
import Signals
import VehicleRuntime

/// The commands by name, and what leads to them.
enum Commands {
  /// One of them.
  struct Command: Sendable {
    var name: String
    /// How it is called, and what it does, in a line.
    var synopsis, summary: String
    /// The first words that it takes, each a command of its own; none of most.
    var subjects: [String] = []
    var run: @Sendable ([String]) -> ExitStatus
  }

  static let all: [Command] = [
    Command(
      name: "run", synopsis: "run CONFIG",
      summary: "fly or drive: simulated by default, --backend linux for the vehicle", run: runCommand),
    Command(
      name: "replay", synopsis: "replay LOG",
      summary: "step the network through a log again and compare every bit", run: replayCommand),
    Command(
      name: "check", synopsis: "check CONFIG", summary: "validate everything without moving anything",
      run: CheckCommand.run),
    Command(
      name: "gains", synopsis: "gains CONFIG",
      summary: "compute the classical controller's gains from the airframe",
      run: GainsCommand.run),
    Command(
      name: "command", synopsis: "command WHAT",
      summary: "ask a vehicle that runs on this machine for something",
      run: CommandCommand.run),
    Command(
      name: "inspect", synopsis: "inspect MODEL",
      summary: "architecture, sizes, scales, cost per step, memory", run: inspectCommand),
    Command(
      name: "quantize", synopsis: "quantize MODEL",
      summary: "calibrate on a log and write the fixed-point or Float16 model", run: quantizeCommand),
    Command(
      name: "embed", synopsis: "embed MODEL",
      summary: "write a model as C or Swift source for a microcontroller", run: embedCommand),
    Command(
      name: "calibrate", synopsis: "calibrate CONFIG",
      summary: "find what is wrong with the sensors: gyroscope, accelerometer, magnetometer",
      run: calibrateCommand),
    Command(
      name: "probe", synopsis: "probe", summary: "what answers on the buses and lines of this machine",
      run: probeCommand),
    Command(
      name: "log", synopsis: "log ...", summary: "info, verify, recover, export", run: runLogCommand),
    Command(
      name: "completions", synopsis: "completions SHELL", summary: "what bash, zsh or fish completes",
      run: CompletionsCommand.run),
    Command(
      name: "bench", synopsis: "bench ...",
      summary: "core, accuracy, digests, load, loop: the networks and the loop on this machine",
      subjects: ["accuracy", "digests", "load", "loop"], run: benchCommand),
  ]

  /// What `ganglion help` says.
  static var usage: String {
    let lines = all.map { command in
      "  ganglion " + command.synopsis.padding(toLength: 18, withPad: " ", startingAt: 0) + command.summary
    }
    return """
      Ganglion runs liquid neural networks as real-time controllers.

      \(lines.joined(separator: "\n"))

      ganglion COMMAND --help, or ganglion help COMMAND, says more; with --man as a manual page. Example: ganglion help run

      Exit status: 0 success; 1 the result says no: a run that did not hold or that crashed, a replay that differs, a
      configuration that is wrong; 2 wrong use, or input or output that cannot be read or written; 130 after Ctrl-C in
      simulation. With --json an error is an object too: {"error": {"place", "cause", "remedy", …}, "exit_status"}.
      """
  }

  /// Runs a command line without the program's own name.
  static func run(_ arguments: [String]) -> ExitStatus {
    guard let name = arguments.first else {
      Terminal.printError("expected a command\n\(usage)")
      return .wrongUse
    }
    let rest = Array(arguments.dropFirst())
    switch name {
    case "--help", "-h", "help":
      let isManual = rest.contains("--man")
      guard name == "help", let subject = rest.first(where: { !$0.hasPrefix("-") }), subject != "help" else {
        Terminal.printResult(isManual ? ManualPage.overview.text : usage)
        return .success
      }
      guard let command = command(subject) else {
        return refuse(subject, rest, asked: "ganglion help \(subject)")
      }
      if isManual {
        Terminal.printResult(ManualPage(command).text)
        return .success
      }
      // Also of a part of a command: `ganglion help bench loop`.
      return command.run(rest.filter { $0 != subject && !$0.hasPrefix("-") } + ["--help"])
    case "--version", "-v":
      Terminal.printResult("ganglion \(ganglionVersion)")
      return .success
    default:
      guard let command = command(name) else { return refuse(name, rest, asked: "ganglion \(name)") }
      return command.run(rest)
    }
  }

  private static func command(_ name: String) -> Command? { all.first { $0.name == name } }

  /// Says that there is no command of that name, and which is meant.
  private static func refuse(_ name: String, _ rest: [String], asked: String) -> ExitStatus {
    let names = all.map(\.name) + ["help"]
    let remedy =
      nearestName(to: name, among: names).map { "did you mean ganglion \($0)?" }
      ?? "there are \(names.joined(separator: ", "))"
    let failure = CommandFailure(place: "command line", "there is no command '\(name)'", remedy: remedy)
    if ([name] + rest).contains("--json") {
      FailureReport(failure, command: name).tell(asJSON: true)
    } else {
      Terminal.printError("\(failure.cause); \(remedy)\nganglion help lists all commands")
    }
    return failure.status
  }
}
