import Control
import Signals

/// In how many ticks something of a network was beyond its range while the vehicle was not disarmed.
///
/// It runs in the loop's tick; see `FlagTally`.
struct NetworkTally: ~Copyable {
  /// A limit's flag, and in how many ticks it was set.
  private struct Row: BitwiseCopyable {
    let place: SignalIndex<Bool>
    var ticks: UInt64 = 0
  }

  private let limits: [NetworkCounts.Entry]
  private let mode: SignalIndex<UInt8>?
  private let rows: UnsafeMutableBufferPointer<Row>

  /// Nothing counted yet of a vehicle with these signals.
  ///
  /// - Parameter always: Whether ticks count in which the vehicle is disarmed, too: in a recording somebody else flies.
  init(_ table: SignalTable, always: Bool = false) {
    let limits = NetworkSignals.all(table).flatMap { network in
      network.limits.map { (network: network.name, limit: $0) }
    }
    // The only network of a template needs no name of its own.
    self.limits = limits.map { network, limit in
      let isOnly = network == "network"
      return NetworkCounts.Entry(
        name: isOnly ? limit.name : "\(network).\(limit.name)",
        text: isOnly ? limit.text : "\(network): \(limit.text)", ticks: 0)
    }
    rows = .tally(limits.map { Row(place: $0.limit.place) })
    mode = always ? nil : SafetySignals(table).mode
  }

  deinit { rows.deallocate() }

  /// Takes note of a tick.
  mutating func note(_ frame: Frame) {
    if let mode, frame[mode] == 0 { return }
    for index in rows.indices where frame[rows[index].place] { rows[index].ticks &+= 1 }
  }

  /// What was counted.
  var counts: NetworkCounts {
    var counts = NetworkCounts(entries: limits)
    for index in rows.indices { counts.entries[index].ticks = rows[index].ticks }
    return counts
  }
}

/// What was counted, for people and machines.
public struct NetworkCounts: Sendable {
  /// A limit with the number of its ticks.
  public struct Entry: Sendable {
    public var name, text: String
    /// Ticks in which it happened.
    public var ticks: UInt64
  }

  /// What was counted, limit by limit.
  public var entries: [Entry] = []

  /// A line for people each, of what happened.
  public var lines: [String] {
    entries.filter { $0.ticks > 0 }.map { "network         \($0.text), in \($0.ticks) ticks" }
  }

  /// For machines.
  public var json: [String: UInt64] { Dictionary(entries.map { ($0.name, $0.ticks) }) { first, _ in first } }

  /// For the run's record in the log.
  public var record: (key: String, value: String) {
    ("network_beyond_range_ticks", entries.map { "\($0.name) \($0.ticks)" }.joined(separator: ", "))
  }
}
