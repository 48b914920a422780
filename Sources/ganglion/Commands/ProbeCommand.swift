import LinuxHardware
import VehicleRuntime

private let help = """
  ganglion probe [--bus ADAPTER] [--json]

  Says what this machine has for a vehicle: I2C adapters and what answers on them, GPIO chips and their lines, PWM chips,
  and what real time is granted; each with the line that puts it into a configuration.

  Chips are recognised by their identity registers, with reads alone. Those that a read would disturb are left alone, as
  is what a driver of the kernel owns. A bus that a running ganglion uses is not looked at.

    --bus ADAPTER    look at this adapter alone, for example i2c-1
    --json           the result as one JSON object

  Example: ganglion probe --bus i2c-1
  """

/// `ganglion probe`.
func probeCommand(_ arguments: [String]) -> ExitStatus {
  perform("probe", help: help, arguments, options: ["bus"], flags: ["json"]) { arguments in
    _ = try arguments.exactly()
    let probe = try MachineProbe(.machine, only: arguments.value("bus"))
    Terminal.printResult(arguments.has("json") ? Terminal.json(probe.json) : probe.table)
    return .success
  }
}
