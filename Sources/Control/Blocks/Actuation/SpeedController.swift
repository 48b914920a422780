import Signals

/// The pulse of an electronic speed controller that is linear in speed, for a thrust: thrust goes with the square of speed.
struct SpeedController: Block {
  static let description = BlockDescription(
    "speed_controller",
    about: "A thrust, 0 to 1, as the pulse of a speed controller; the safe one while disarmed.",
    settings: [
      .number("minimum", 0...20_000, .microsecond, nil, "pulse without thrust"),
      .number("maximum", 0...20_000, .microsecond, nil, "pulse of full thrust"),
      .number("safe", 0...20_000, .microsecond, nil, "pulse while disarmed"), ActuatorCommand.needsArming,
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: ActuatorCommand.inputs(settings, about: "of full thrust"),
      outputs: [
        OutputPort("pulse", .number, unit: .fixed(.microsecond), about: "as sent"), ActuatorCommand.starved,
      ], invalidity: .ends)
  }

  static func sent(_ settings: BlockSettings) -> [SentValue] {
    [
      SentValue(
        "pulse", safe: settings.number("safe"), settings.number("minimum"), settings.number("maximum"))
    ]
  }

  private let command: Input<Float>
  private let taken: ActuatorCommand
  private let pulse: Output<Float>
  private let minimum, maximum, safe: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (command, pulse) = (wiring.input("command"), wiring.output("pulse"))
    taken = ActuatorCommand(&wiring)
    (minimum, maximum) = (settings.float("minimum"), settings.float("maximum"))
    safe = settings.float("safe")
  }

  mutating func step(_ frame: Frame) {
    let thrust = frame[command]
    let isSent = taken.isToBeSent(frame, isSound: thrust.isFinite)
    let speed = thrust > 0 ? min(thrust, 1).squareRoot() : 0
    frame[pulse] = isSent ? minimum + speed * (maximum - minimum) : safe
  }
}
