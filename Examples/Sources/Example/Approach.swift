import Control
import Signals

/// How fast to go towards something: the slower, the nearer it is, and not at all from `stop_at` on.
///
/// A block is a struct with its ports, its settings and what it remembers; `step` sees the frame and nothing else.
struct Approach: Block {
  static let description = BlockDescription(
    "approach", about: "A speed that falls with the distance to what is ahead.",
    settings: [
      SettingDescription("stop_at", .number(0.01...100, unit: .metre), about: "distance of a full stop"),
      SettingDescription(
        "gain", .number(0.01...100, unit: .none), standard: .number(1), about: "speed for each metre more"),
      SettingDescription("most", .number(0...1, unit: .none), standard: .number(1), about: "largest speed"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("distance", .number, unit: .metre)],
      outputs: [OutputPort("speed", .number, unit: .fixed(.none), about: "0 to `most`")],
      // What is not known is not approached: the outputs are not valid, and no actuator takes them.
      invalidity: .holds)
  }

  private let distance: Input<Float>
  private let speed: Output<Float>
  private let stop, gain, most: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (distance, speed) = (wiring.input("distance"), wiring.output("speed"))
    (stop, gain) = (settings.float("stop_at"), settings.float("gain"))
    most = settings.float("most")
  }

  mutating func step(_ frame: Frame) {
    frame[speed] = min(max((frame[distance] - stop) * gain, 0), most)
  }
}
