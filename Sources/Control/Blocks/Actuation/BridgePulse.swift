import Signals

/// The pulse of an H bridge for a duty: its magnitude; the direction is the duty's sign, which the bridge's lines take.
struct BridgePulse: Block {
  static let description = BlockDescription(
    "bridge_pulse", about: "A duty, -1 to 1, as the pulse of an H bridge; the safe one while disarmed.",
    settings: [
      .number("maximum", 0...1e6, .microsecond, nil, "pulse of full duty: the period"),
      .number("safe", 0...1e6, .microsecond, 0, "pulse while disarmed"), ActuatorCommand.needsArming,
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: ActuatorCommand.inputs(settings, about: "duty, forward positive"),
      outputs: [
        OutputPort("pulse", .number, unit: .fixed(.microsecond), about: "as sent"),
        OutputPort("drive", .number, about: "-1 to 1: its sign is that of the lines, 0 opens the bridge"),
        ActuatorCommand.starved,
      ], invalidity: .ends)
  }

  static func sent(_ settings: BlockSettings) -> [SentValue] {
    [
      SentValue("pulse", safe: settings.number("safe"), 0, settings.number("maximum")),
      SentValue("drive", safe: 0, -1, 1),
    ]
  }

  private let command: Input<Float>
  private let taken: ActuatorCommand
  private let pulse, drive: Output<Float>
  private let maximum, safe: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (command, pulse, drive) = (wiring.input("command"), wiring.output("pulse"), wiring.output("drive"))
    taken = ActuatorCommand(&wiring)
    (maximum, safe) = (settings.float("maximum"), settings.float("safe"))
  }

  mutating func step(_ frame: Frame) {
    let duty = frame[command]
    guard taken.isToBeSent(frame, isSound: duty.isFinite) else {
      (frame[pulse], frame[drive]) = (safe, 0)
      return
    }
    frame[pulse] = min(duty.magnitude, 1) * maximum
    frame[drive] = min(max(duty, -1), 1)
  }
}
