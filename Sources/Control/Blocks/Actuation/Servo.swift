import Signals

/// The pulse of a servo, or of a speed controller that turns both ways, for a command: `middle` at 0, and straight lines from there to
/// `least` at −1 and to `most` at 1. An angle of what a servo moves becomes a command by `servo_linkage`.
struct Servo: Block {
  static let description = BlockDescription(
    "servo",
    about: "A command, -1 to 1, as the pulse of a servo with its trim; the safe one while disarmed.",
    settings: [
      .number("least_us", 0...20_000, .microsecond, 1000, "pulse at the command -1"),
      .number("middle_us", 0...20_000, .microsecond, 1500, "pulse at the command 0: the trim"),
      .number("most_us", 0...20_000, .microsecond, 2000, "pulse at the command 1"),
      SettingDescription(
        "reversed", .flag, standard: .flag(false), about: "whether a positive command turns it the other way"),
      .number(
        "safe_us", 0...20_000, .microsecond, nil, "pulse while disarmed; 0 for none, which lets a servo go"),
      ActuatorCommand.needsArming,
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: ActuatorCommand.inputs(settings, about: "-1 to 1; beyond is cut"),
      outputs: [
        OutputPort("pulse", .number, unit: .fixed(.microsecond), about: "as sent"), ActuatorCommand.starved,
      ], invalidity: .ends)
  }

  static func sent(_ settings: BlockSettings) -> [SentValue] {
    [
      SentValue(
        "pulse", safe: settings.number("safe_us"), settings.number("least_us"), settings.number("middle_us"),
        settings.number("most_us"))
    ]
  }

  private let command: Input<Float>
  private let taken: ActuatorCommand
  private let pulse: Output<Float>
  private let least, middle, most, safe: Float
  private let isReversed: Bool

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (command, pulse) = (wiring.input("command"), wiring.output("pulse"))
    taken = ActuatorCommand(&wiring)
    (least, middle) = (settings.float("least_us"), settings.float("middle_us"))
    (most, safe) = (settings.float("most_us"), settings.float("safe_us"))
    isReversed = settings.flag("reversed")
  }

  mutating func step(_ frame: Frame) {
    let wanted = frame[command]
    guard taken.isToBeSent(frame, isSound: wanted.isFinite) else {
      frame[pulse] = safe
      return
    }
    let way = min(max(isReversed ? -wanted : wanted, -1), 1)
    frame[pulse] = way < 0 ? middle + way * (middle - least) : middle + way * (most - middle)
  }
}
