import Signals

/// The time since a block's own last step, for one that runs at a divisor of the ticks: what it is told in place of `tick.elapsed`.
///
/// `ProgramBuilder` puts one in front of every such block that goes by elapsed time.
struct StepTime: Block {
  static let description = BlockDescription(
    "step_time",
    about:
      "The time since its own last step. One stands in front of every block that has `every` and goes by elapsed time.",
    settings: [
      .number("every", 1...1_000_000, .none, 1, "ticks from step to step, for the first one")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [.time, .elapsed],
      outputs: [OutputPort("elapsed", .time, unit: .fixed(.nanosecond), isLogged: false)], invalidity: .ends)
  }

  private let time, elapsed: Input<Int64>
  private let since: Output<Int64>
  private let every: Int64
  private var last: Int64?

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (time, elapsed) = (wiring.input("time"), wiring.input("elapsed"))
    since = wiring.output("elapsed")
    every = Int64(settings.number("every"))
  }

  mutating func step(_ frame: Frame) {
    let now = frame[time]
    // Before the first there is no step to count from: as long as it is meant to be.
    let first = frame[elapsed].multipliedReportingOverflow(by: every)
    frame[since] = last.map { max(now &- $0, 0) } ?? (first.overflow ? 0 : first.partialValue)
    last = now
  }
}
