import Control
import PortableMath
import Signals
import Synchronization

/// A bounded queue of ticks from the loop to the log's writer: one thread pushes, one pops.
///
/// Pushing neither allocates, locks, waits nor calls the system. A full ring refuses the tick, and the next one
/// that is taken carries the number refused, so the log knows exactly where it has a gap.
public final class TickRing: @unchecked Sendable {
  // Sendable: a slot belongs to the producer until `tail` passes it and to the consumer until `head` does;
  // the acquiring and releasing of these two orders every access to it.

  /// For each slot the number of ticks refused just before, and the tick's record.
  private let drops: UnsafeMutablePointer<UInt32>
  private let records: UnsafeMutableRawPointer
  private let record: FramePatch
  /// What the log's writer wants besides: behind the record.
  private let beside: FramePatch
  /// Bytes from one record to the next.
  private let stride: Int
  private let mask: Int
  /// Ticks pushed and popped so far, modulo 2⁶⁴.
  private let tail = Atomic<Int>(0)
  private let head = Atomic<Int>(0)
  private let dropped = Atomic<UInt64>(0)
  private let largest = Atomic<Int>(0)
  /// Producer's own: refused since the last tick that was taken.
  private var pendingDrops: UInt32 = 0

  /// A ring of at least `capacity` ticks (1 to 2²⁰), rounded up to a power of two, of a vehicle with these signals.
  public init(capacity: Int, of table: SignalTable) {
    let wanted = min(max(capacity, 1), 1 << 20)
    let size = wanted.nextPowerOfTwo
    mask = size - 1
    record = FramePatch(recordOf: table)
    beside = FramePatch(besideRecordOf: table)
    stride = (record.size + beside.size + 63) & ~63
    drops = .allocate(capacity: size)
    drops.initialize(repeating: 0, count: size)
    // Written once, so that no tick waits for a page.
    records = .allocate(byteCount: max(stride * size, 1), alignment: 64)
    records.initializeMemory(as: UInt8.self, repeating: 0, count: stride * size)
  }

  deinit {
    drops.deallocate()
    records.deallocate()
  }

  /// Bytes of a tick's record, with what stands beside it.
  var recordSize: Int { record.size + beside.size }

  private func bytes(at place: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: records + (place & mask) * stride, count: recordSize)
  }

  /// Ticks the ring holds at most.
  public var capacity: Int { mask + 1 }

  /// Ticks refused so far; any thread may ask.
  public var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

  /// The most ticks that ever waited; any thread may ask.
  public var highWater: Int { largest.load(ordering: .relaxed) }

  /// Puts the tick in a frame into the ring; `false` when it is full and the tick is lost. Only the loop's thread calls this.
  @discardableResult
  public func push(_ frame: Frame) -> Bool {
    let end = tail.load(ordering: .relaxed)
    let waiting = end &- head.load(ordering: .acquiring)
    guard waiting <= mask else {
      pendingDrops.countUp()
      dropped.wrappingAdd(1, ordering: .relaxed)
      return false
    }
    let slot = bytes(at: end)
    record.read(frame, into: slot)
    if beside.size > 0 {
      beside.read(frame, into: UnsafeMutableRawBufferPointer(rebasing: slot.dropFirst(record.size)))
    }
    drops[end & mask] = pendingDrops
    pendingDrops = 0
    tail.store(end &+ 1, ordering: .releasing)
    if waiting >= largest.load(ordering: .relaxed) { largest.store(waiting + 1, ordering: .relaxed) }
    return true
  }

  /// Lets `body` look at the oldest tick's record, with the number of ticks refused just before it, and takes it out; `false`
  /// when the ring is empty. Only the writer's thread calls this.
  public func pop(_ body: (_ record: UnsafeRawBufferPointer, _ drops: UInt32) -> Void) -> Bool {
    let start = head.load(ordering: .relaxed)
    guard start != tail.load(ordering: .acquiring) else { return false }
    body(UnsafeRawBufferPointer(bytes(at: start)), drops[start & mask])
    head.store(start &+ 1, ordering: .releasing)
    return true
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

extension FramePatch {
  /// What a log's writer wants of a tick that is not in its record: the states of networks.
  init(besideRecordOf table: SignalTable) { self.init(table, where: NetworkSignals.isState) }
}
