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
  private let inhibits: UnsafeMutableBufferPointer<SignalIndex<Bool>>
  /// Whether the vehicle was ever not disarmed.
  private(set) var wasArmed = false

  /// Nothing seen yet of a vehicle with these signals.
  init(_ table: SignalTable) {
    safety = SafetySignals(table)
    (mode, inForce) = (safety.mode, safety.inForce)
    conditions = .tally(safety.conditionPlaces.map { Row(place: $0) })
    inhibits = .tally(safety.inhibitPlaces)
  }

  deinit {
    conditions.deallocate()
    inhibits.deallocate()
  }

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

  /// The conditions whose reaction is in force in a tick.
  func conditions(in frame: Frame) -> FlagList {
    var list = FlagList()
    for index in conditions.indices where frame[conditions[index].place] { list.add(index) }
    return list
  }

  /// The reasons that keep the vehicle from arming in a tick.
  func inhibits(in frame: Frame) -> FlagList {
    var list = FlagList()
    for index in inhibits.indices where frame[inhibits[index]] { list.add(index) }
    return list
  }
}

/// Which flags of a list are set, as it goes from thread to thread: the first sixteen by their places, and how many more there are.
struct FlagList: BitwiseCopyable, Sendable {
  private static let most = 16
  private var places = InlineArray<16, UInt16>(repeating: 0)
  private var count = 0
  /// Flags that are set and not named.
  private(set) var others = 0

  /// Whether none is set.
  var isEmpty: Bool { count == 0 }

  /// Adds the flag at a place of the list.
  mutating func add(_ place: Int) {
    guard count < Self.most, let place = UInt16(exactly: place) else {
      others &+= 1
      return
    }
    places[count] = place
    count &+= 1
  }

  /// The flags out of the list that the places are of.
  func named(_ flags: [SafetyFlag]) -> [SafetyFlag] {
    (0..<count).compactMap { flags.indices.contains(Int(places[$0])) ? flags[Int(places[$0])] : nil }
  }
}

extension UnsafeMutableBufferPointer where Element: BitwiseCopyable {
  /// Memory for what a tally counts, with these rows; whoever makes it frees it.
  static func tally(_ rows: [Element]) -> Self {
    let memory = Self.allocate(capacity: rows.count)
    _ = memory.initialize(from: rows)
    return memory
  }
}
