import Foundation

let usage = """
  Ganglion runs liquid neural networks as real-time controllers.

    ganglion run CONFIG        fly or drive: simulated by default, --backend linux for the vehicle
    ganglion replay LOG        step the network through a log again and compare every bit
    ganglion check CONFIG      validate everything without moving anything
    ganglion inspect MODEL     architecture, sizes, scales, cost per step, memory
    ganglion quantize MODEL    calibrate on a log and write the fixed-point or Float16 model
    ganglion embed MODEL       write a model as C or Swift source for a microcontroller
    ganglion calibrate CONFIG  find what is wrong with the sensors: gyroscope, accelerometer, magnetometer
    ganglion probe             what answers on the buses and lines of this machine
    ganglion log ...           info, verify, recover, export
    ganglion bench ...         core, accuracy, digests, loop: the networks and the loop on this machine

  ganglion COMMAND --help says more. Exit status: 0 success, 1 the result says no, 2 wrong use.
  """

/// The commands by name.
let commands: [String: ([String]) -> ExitStatus] = [
  "run": runCommand, "replay": replayCommand, "inspect": inspectCommand, "quantize": quantizeCommand,
  "check": CheckCommand.run, "embed": embedCommand, "log": runLogCommand, "bench": benchCommand,
  "probe": probeCommand, "calibrate": calibrateCommand,
]

let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first, name != "--help", name != "-h", name != "help" else {
  Terminal.printResult(usage)
  exit(arguments.isEmpty ? ExitStatus.wrongUse.rawValue : ExitStatus.success.rawValue)
}
if name == "--version" {
  Terminal.printResult("ganglion \(ganglionVersion)")
  exit(ExitStatus.success.rawValue)
}
guard let command = commands[name] else {
  Terminal.printError("unknown command '\(name)'")
  Terminal.printError(usage)
  exit(ExitStatus.wrongUse.rawValue)
}
exit(command(Array(arguments.dropFirst())).rawValue)
