import Signals

/// The duty of a lamp, a heater or a fan for a command: a straight line from `least` at 0 to `most` at 1.
struct Duty: Block {
  static let description = BlockDescription(
    "duty", about: "A command, 0 to 1, as a duty of a lamp, a heater or a fan; the safe one while disarmed.",
    settings: [
      .number("least", 0...1, .none, 0, "duty at the command 0"),
      .number("most", 0...1, .none, 1, "duty at the command 1"),
      .number("safe", 0...1, .none, 0, "duty while disarmed"), ActuatorCommand.needsArming,
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: ActuatorCommand.inputs(settings, about: "0 to 1; beyond is cut"),
      outputs: [OutputPort("duty", .number, about: "0 to 1, as sent"), ActuatorCommand.starved],
      invalidity: .ends)
  }

  static func sent(_ settings: BlockSettings) -> [SentValue] {
    [SentValue("duty", safe: settings.number("safe"), settings.number("least"), settings.number("most"))]
  }

  private let command: Input<Float>
  private let taken: ActuatorCommand
  private let duty: Output<Float>
  private let least, most, safe: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (command, duty) = (wiring.input("command"), wiring.output("duty"))
    taken = ActuatorCommand(&wiring)
    (least, most) = (settings.float("least"), settings.float("most"))
    safe = settings.float("safe")
  }

  mutating func step(_ frame: Frame) {
    let wanted = frame[command]
    let isSent = taken.isToBeSent(frame, isSound: wanted.isFinite)
    frame[duty] = isSent ? least + min(max(wanted, 0), 1) * (most - least) : safe
  }
}
