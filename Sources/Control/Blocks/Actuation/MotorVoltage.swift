import Signals

/// The voltage of a motor whose driver regulates it, such as a DRV8830, for a command.
struct MotorVoltage: Block {
  static let description = BlockDescription(
    "motor_voltage",
    about: "A command, -1 to 1, as the voltage of a motor whose driver regulates it; none while disarmed.",
    settings: [
      .number("most_v", 0.1...60, .volt, nil, "voltage at the command 1, and the other way round at -1"),
      .number(
        "least_v", 0...60, .volt, 0, "a voltage below which none is given: too little to turn the motor"),
      SettingDescription(
        "reversed", .flag, standard: .flag(false), about: "whether a positive command turns it the other way"),
      ActuatorCommand.needsArming,
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: ActuatorCommand.inputs(settings, about: "-1 to 1; beyond is cut"),
      outputs: [
        OutputPort("voltage", .number, unit: .fixed(.volt), about: "as sent"), ActuatorCommand.starved,
      ], invalidity: .ends)
  }

  static func sent(_ settings: BlockSettings) -> [SentValue] {
    [SentValue("voltage", safe: 0, -settings.number("most_v"), settings.number("most_v"))]
  }

  private let command: Input<Float>
  private let taken: ActuatorCommand
  private let voltage: Output<Float>
  private let most, least: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (command, voltage) = (wiring.input("command"), wiring.output("voltage"))
    taken = ActuatorCommand(&wiring)
    most = settings.flag("reversed") ? -settings.float("most_v") : settings.float("most_v")
    least = settings.float("least_v")
  }

  mutating func step(_ frame: Frame) {
    let wanted = frame[command]
    let isSent = taken.isToBeSent(frame, isSound: wanted.isFinite)
    let volts = min(max(wanted, -1), 1) * most
    frame[voltage] = isSent && volts.magnitude >= least ? volts : 0
  }
}
