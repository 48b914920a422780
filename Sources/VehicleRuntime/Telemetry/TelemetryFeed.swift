import FlightLog
import Signals
import Synchronization

/// Where the loop leaves ticks for those who watch: a ring that is filled only while somebody does.
final class TelemetryFeed: Sendable {
  /// The ring; its reader is the telemetry's thread.
  let ring: TickRing
  private let wanted = Atomic<Bool>(false)
  private let beginning = Atomic<Int64>(0)

  /// Ticks that wait at most: what a thread that sleeps for some ms misses.
  private static let capacity = 64

  /// A feed of ticks of a vehicle with these signals.
  init(_ table: SignalTable) { ring = TickRing(capacity: Self.capacity, of: table) }

  /// Whether somebody watches. The telemetry's thread says so.
  var isWanted: Bool {
    get { wanted.load(ordering: .relaxed) }
    set { wanted.store(newValue, ordering: .relaxed) }
  }

  /// When the run began, in ns of its ticks' times. The loop says so before its first tick.
  var begin: Int64 {
    get { beginning.load(ordering: .relaxed) }
    set { beginning.store(newValue, ordering: .relaxed) }
  }

  /// Leaves the tick in a frame. Only the loop calls this; a full ring loses the tick, and keeps the loop from nothing.
  func push(_ frame: Frame) {
    if isWanted { ring.push(frame) }
  }
}
