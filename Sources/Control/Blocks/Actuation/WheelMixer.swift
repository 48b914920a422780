import Signals

/// Shares drive and turn among two wheels: duties of their bridges, −1 to 1, forward positive.
///
/// Balance comes first: a turn gets what the drive leaves. Each duty changes only so fast.
struct WheelMixer: Block {
  static let description = BlockDescription(
    "wheel_mixer", about: "Drive and turn to two wheels; the drive comes first.",
    settings: [.number("slew", 0...1e6, .none / .second, nil, "largest change of a duty")])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.numbers(.none, ["drive": "command.drive", "turn": "command.turn"]) + [
        InputPort("armed", .flag, unit: nil, standard: "safety.armed"),
        InputPort("arms", .flag, unit: nil, standard: "safety.arms"), .elapsed,
      ],
      outputs: [.command("left"), .command("right")], invalidity: .goesOn)
  }

  private let drive, turn: Input<Float>
  private let armed, arms: Input<Bool>
  private let elapsed: Input<Int64>
  private let left, right: Output<Float>
  private let slew: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (drive, turn, armed) = (wiring.input("drive"), wiring.input("turn"), wiring.input("armed"))
    (arms, elapsed) = (wiring.input("arms"), wiring.input("elapsed"))
    (left, right) = (wiring.output("left"), wiring.output("right"))
    slew = settings.float("slew")
  }

  mutating func step(_ frame: Frame) {
    if !frame[armed] || frame[arms] { (frame[left], frame[right]) = (0, 0) }
    guard frame[armed] else { return }
    let room = max(1 - frame[drive].magnitude, 0)
    let turning = min(max(frame[turn], -room), room)
    let seconds = Float(frame[elapsed]) * 1e-9
    let step = seconds > 0 ? slew * seconds : 0
    frame[left] += min(max(frame[drive] + turning - frame[left], -step), step)
    frame[right] += min(max(frame[drive] - turning - frame[right], -step), step)
  }
}
