import Control
import Signals

/// Which conditions of safety were seen while the vehicle was not disarmed, and which of its flags hold now.
///
/// It runs in the loop's tick: where it counts lies in memory that is taken at the start, and a note allocates nothing and counts no
/// references.
struct FlagTally: ~Copyable {
  /// A condition's flag, and whether it was ever set.
  private struct Row: BitwiseCopyable {
    let place: SignalIndex<Bool>
    var wasSeen = false
  }

  /// The names and texts of the flags.
  let safety: SafetySignals
  private let mode: SignalIndex<UInt8>?
  private let inForce: SignalIndex<UInt32>?
  private let conditions: UnsafeMutableBufferPointer<Row>
  /// Whether the vehicle was ever not disarmed.
  private(set) var wasArmed = false

  /// Nothing seen yet of a vehicle with these signals.
  init(_ table: SignalTable) {
    safety = SafetySignals(table)
    (mode, inForce) = (safety.mode, safety.inForce)
    conditions = .tally(safety.conditionPlaces.map { Row(place: $0) })
  }

  deinit { conditions.deallocate() }

  /// Takes note of a tick.
  mutating func note(_ frame: Frame) {
    // Before it is armed a vehicle's sensors may still be starting; why it does not arm is said by the inhibits.
    if let mode, frame[mode] == 0 { return }
    wasArmed = true
    if let inForce, frame[inForce] == 0 { return }
    for index in conditions.indices where frame[conditions[index].place] { conditions[index].wasSeen = true }
  }

  /// The conditions that were seen, most important first.
  var seen: [SafetyFlag] { zip(safety.conditions, conditions).filter(\.1.wasSeen).map(\.0) }
}

extension UnsafeMutableBufferPointer where Element: BitwiseCopyable {
  /// Memory for what a tally counts, with these rows; whoever makes it frees it.
  static func tally(_ rows: [Element]) -> Self {
    let memory = Self.allocate(capacity: rows.count)
    _ = memory.initialize(from: rows)
    return memory
  }
}
