import PortableMath
import Signals

/// What the loop's own times say: whether the vehicle still starts, and how many ticks in a row were missed.
struct TickClock: Block {
  static let description = BlockDescription(
    "clock", about: "Whether the vehicle still starts, and how many ticks were missed in a row.",
    settings: [
      .number("start_up", 0...60, .second, 1.5, "how long chips and filters may take to start")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [.time, InputPort("missed", .count, unit: nil, standard: "tick.missed")],
      outputs: [
        OutputPort("starting", .flag), OutputPort("misses", .count, about: "since a tick came in time"),
      ],
      invalidity: .goesOn)
  }

  private let time: Input<Int64>
  private let missed: Input<UInt32>
  private let starting: Output<Bool>
  private let misses: Output<UInt32>
  private let startUp: Int64
  private var first: Int64?

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (time, missed) = (wiring.input("time"), wiring.input("missed"))
    (starting, misses) = (wiring.output("starting"), wiring.output("misses"))
    startUp = Int64((settings.number("start_up") * 1e9).rounded())
  }

  mutating func step(_ frame: Frame) {
    let start = first ?? frame[time]
    first = start
    frame[starting] = frame[time] &- start < startUp
    var count = frame[missed] == 0 ? 0 : frame[misses]
    count.countUp(by: frame[missed])
    frame[misses] = count
  }
}
