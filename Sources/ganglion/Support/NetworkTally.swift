import ControlLoop

/// In how many ticks something of the network was beyond its range while the vehicle was not disarmed.
struct NetworkTally: BitwiseCopyable, Sendable {
  private var ticks = InlineArray<3, UInt64>(repeating: 0)

  /// Takes note of a tick.
  mutating func note(_ output: borrowing TickOutput) {
    guard output.networkLimits.rawValue != 0, output.mode != .disarmed else { return }
    for bit in 0..<3 { ticks[bit] &+= UInt64(output.networkLimits.rawValue >> UInt8(bit) & 1) }
  }

  /// Each limit with the number of its ticks, in the order of `NetworkLimits.all`.
  private var entries: [(name: String, text: String, ticks: UInt64)] {
    NetworkLimits.all.enumerated().map { ($1.name, $1.text, ticks[$0]) }
  }

  /// A line for people each, of what happened.
  var lines: [String] {
    entries.filter { $0.ticks > 0 }.map { "network         \($0.text), in \($0.ticks) ticks" }
  }

  /// For machines.
  var json: [String: UInt64] { Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.ticks) }) }

  /// For the run's record in the log.
  var record: (key: String, value: String) {
    ("network_beyond_range_ticks", entries.map { "\($0.name) \($0.ticks)" }.joined(separator: ", "))
  }
}
