import Signals

/// The pulse of an H bridge for a duty: its magnitude; the direction is the duty's sign, which the bridge's lines take.
struct BridgePulse: Block {
  static let description = BlockDescription(
    "bridge_pulse", about: "A duty, -1 to 1, as the pulse of an H bridge; the safe one while disarmed.",
    settings: [
      .number("maximum", 0...1e6, .microsecond, nil, "pulse of full duty: the period"),
      .number("safe", 0...1e6, .microsecond, 0, "pulse while disarmed"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort("command", .number, unit: Unit.none, about: "duty, forward positive"),
        InputPort("armed", .flag, unit: nil, standard: "safety.armed"),
      ],
      outputs: [OutputPort("pulse", .number, unit: .fixed(.microsecond), about: "as sent")],
      invalidity: .goesOn)
  }

  private let command: Input<Float>
  private let armed: Input<Bool>
  private let pulse: Output<Float>
  private let maximum, safe: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (command, armed, pulse) = (wiring.input("command"), wiring.input("armed"), wiring.output("pulse"))
    (maximum, safe) = (settings.float("maximum"), settings.float("safe"))
  }

  mutating func step(_ frame: Frame) {
    frame[pulse] = frame[armed] ? min(frame[command].magnitude, 1) * maximum : safe
  }
}
