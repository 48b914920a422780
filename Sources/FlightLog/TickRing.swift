import ControlLoop
import Synchronization

/// A bounded queue of ticks from the loop to the log's writer: one thread pushes, one pops.
///
/// Pushing neither allocates, locks, waits nor calls the system. A full ring refuses the tick, and the next one
/// that is taken carries the number refused, so the log knows exactly where it has a gap.
public final class TickRing: @unchecked Sendable {
  // Sendable: a slot belongs to the producer until `tail` passes it and to the consumer until `head` does;
  // the acquiring and releasing of these two orders every access to it.

  private struct Slot {
    var record: TickRecord
    var droppedBefore: UInt32
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let mask: Int
  /// Ticks pushed and popped so far, modulo 2⁶⁴.
  private let tail = Atomic<Int>(0)
  private let head = Atomic<Int>(0)
  private let dropped = Atomic<UInt64>(0)
  private let largest = Atomic<Int>(0)
  /// Producer's own: refused since the last tick that was taken.
  private var pendingDrops: UInt32 = 0

  /// A ring of at least `capacity` ticks (1 to 2²⁰), rounded up to a power of two.
  public init(capacity: Int) {
    let wanted = min(max(capacity, 1), 1 << 20)
    let size = wanted.nextPowerOfTwo
    mask = size - 1
    slots = .allocate(capacity: size)
    slots.initialize(repeating: Slot(record: .blank, droppedBefore: 0), count: size)
  }

  deinit {
    slots.deinitialize(count: mask + 1)
    slots.deallocate()
  }

  /// Ticks the ring holds at most.
  public var capacity: Int { mask + 1 }

  /// Ticks refused so far; any thread may ask.
  public var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

  /// The most ticks that ever waited; any thread may ask.
  public var highWater: Int { largest.load(ordering: .relaxed) }

  /// Puts a tick into the ring; `false` when it is full and the tick is lost. Only the loop's thread calls this.
  @discardableResult
  public func push(_ record: borrowing TickRecord) -> Bool {
    let end = tail.load(ordering: .relaxed)
    let waiting = end &- head.load(ordering: .acquiring)
    guard waiting <= mask else {
      pendingDrops.countUp()
      dropped.wrappingAdd(1, ordering: .relaxed)
      return false
    }
    slots[end & mask].record = copy record
    slots[end & mask].droppedBefore = pendingDrops
    pendingDrops = 0
    tail.store(end &+ 1, ordering: .releasing)
    if waiting >= largest.load(ordering: .relaxed) { largest.store(waiting + 1, ordering: .relaxed) }
    return true
  }

  /// Takes the oldest tick out into `record`, and gives the number of ticks refused just before it; `nil` when
  /// the ring is empty. Only the writer's thread calls this.
  public func pop(into record: inout TickRecord) -> UInt32? {
    let start = head.load(ordering: .relaxed)
    guard start != tail.load(ordering: .acquiring) else { return nil }
    record = slots[start & mask].record
    let drops = slots[start & mask].droppedBefore
    head.store(start &+ 1, ordering: .releasing)
    return drops
  }

  /// Ticks refused since the last one that was taken. Only for after the loop has ended.
  func unreportedDrops() -> UInt32 { pendingDrops }
}

extension Int {
  /// The smallest power of two not below this positive number.
  fileprivate var nextPowerOfTwo: Int {
    self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
  }
}
