import Foundation

StandardStreams.prepare()
// Swift reads them from /proc; without it there would be none, whatever was typed.
guard !CommandLine.arguments.isEmpty else {
  Terminal.printError("the command line cannot be read: is /proc mounted? (mount -t proc proc /proc)")
  exit(ExitStatus.wrongUse.rawValue)
}
exit(Commands.run(Array(CommandLine.arguments.dropFirst())).rawValue)
