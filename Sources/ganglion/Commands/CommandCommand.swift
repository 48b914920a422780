import Devices
import Files
import Foundation
import HardwareInterfaces
import LinuxHardware
import VehicleRuntime

/// `ganglion command`: asks a running vehicle for something, from the shell.
enum CommandCommand {
  private static let help = """
    ganglion command [arm | disarm | NAME VALUE | FLAG]... [options]

      Asks the vehicle that runs on this machine for something, twenty times a second, until Ctrl-C: a vehicle that is no longer asked does
      what its file says about lost sources. Without words it reads them line by line, each line a change of what is asked for, and
      ends with the input.

        arm, disarm     arm first asks for nothing for half a second, since arming takes a change
        NAME VALUE      what the vehicle's file says can be asked for, in its unit
        FLAG            sets a flag; no-FLAG takes it back
        release         no longer wants to command; take, which counts at first, wants to again

        --vehicle NAME  which vehicle (default: the only one in /run/ganglion)
        --run-folder D  the folder of its sockets, in place of /run/ganglion/NAME
        --source NAME   which of its sources (default: the only one)
        --for S         ends after so many seconds
        --list          says what can be asked for, and ends

    Exit status: 0 success, 2 wrong use, or no vehicle that can be asked.

    Example: ganglion command arm speed 0.3 --for 5
    """

  static func run(_ arguments: [String]) -> ExitStatus {
    perform(
      "command", help: help, arguments, options: ["vehicle", "run-folder", "source", "for"],
      flags: ["list", "json"]
    ) { arguments in
      let access = try CommandAccess(folder: try folder(arguments), source: arguments.value("source"))
      if arguments.has("list") {
        Terminal.printResult(access.text)
        return .success
      }
      var wish = CommandWish(access)
      try wish.take(arguments.positional)
      let seconds = try arguments.integer("for", atLeast: 1, atMost: 86_400)
      StopRequest.catchSignals()
      try ask(wish, access, seconds: seconds, reads: arguments.positional.isEmpty)
      return .success
    }
  }

  private static func folder(_ arguments: Arguments) throws -> String {
    if let folder = arguments.value("run-folder") { return folder }
    if let name = arguments.value("vehicle") { return "\(root)/\(name)" }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).filter {
      access("\(root)/\($0)/\(CommandAccess.fileName)", F_OK) == 0
    }
    guard let name = names.first else {
      throw CommandFailure(
        place: root, "no vehicle that can be commanded runs on this machine",
        remedy:
          "start one whose file names a source \"socket\" (docs/commands.md), or name its folder with --run-folder"
      )
    }
    guard names.count == 1 else {
      throw CommandFailure(
        place: root, "there are \(names.count) vehicles: \(names.sorted().joined(separator: ", "))",
        remedy: "say which with --vehicle NAME")
    }
    return "\(root)/\(name)"
  }

  private static let root = "/run/ganglion"

  /// Sends the wish until its time is over, a signal comes or, when it `reads`, the input ends.
  private static func ask(_ first: CommandWish, _ access: CommandAccess, seconds: Int?, reads: Bool) throws {
    var wish = first
    let sender = try CommandSender(to: access.socket)
    let clock = SystemClock()
    let begin = clock.now()
    let end = seconds.map { begin.advanced(milliseconds: Int64($0) * 1000) }
    var (line, isAtEnd) = ([UInt8](), false)
    while StopRequest.process.signal == nil, !isAtEnd, end.map({ clock.now() < $0 }) ?? true {
      // The vehicle must have seen that nobody asks to arm.
      wish.mayArm = clock.now() >= begin.advanced(milliseconds: 500)
      _ = try sender.send(wish.record(at: clock.now()))
      guard reads else {
        clock.sleep(until: clock.now().advanced(milliseconds: 50))
        continue
      }
      var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 50) > 0 else { continue }
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = read(STDIN_FILENO, &piece, piece.count)
      if count <= 0 {
        isAtEnd = true
      } else {
        line += piece[..<count]
        guard line.count < 65_536 else { throw UsageError("a line of more than 64 KiB") }
      }
      while let place = line.firstIndex(of: UInt8(ascii: "\n")) {
        let words = String(decoding: line[..<place], as: UTF8.self).split(separator: " ").map(String.init)
        line.removeSubrange(...place)
        do throws(UsageError) {
          try wish.take(words)
        } catch {
          // Somebody types: what is not understood changes nothing.
          Terminal.printNote("\(error)")
        }
      }
    }
  }
}
