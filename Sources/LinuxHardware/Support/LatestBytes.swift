import Synchronization

/// The newest bytes of one writer for one reader, without a lock: neither ever waits, and the reader never sees half of
/// what was written.
///
/// Three places: one the writer fills, one the reader reads, and the newest finished one between them.
public final class LatestBytes: @unchecked Sendable {
  // Sendable: a place belongs to the writer, to the reader, or to nobody while its number is in `middle`; the exchange of
  // that number orders the accesses.
  private let places: UnsafeMutableRawPointer
  /// Bytes of a value, and from one place to the next: a place has cache lines of its own.
  private let count, stride: Int
  /// Number of the place between writer and reader, and in bit 2 whether it is newer than the reader's.
  private let middle = Atomic<UInt8>(1)
  private var writers: UInt8 = 0
  private var readers: UInt8 = 2

  /// Begins with `count` bytes that `first` writes; they are 0 before.
  public init(count: Int, first: (UnsafeMutableRawBufferPointer) -> Void = { _ in }) {
    self.count = max(count, 0)
    stride = (self.count + 63) & ~63
    let room = max(3 * stride, 64)
    places = .allocate(byteCount: room, alignment: 64)
    places.initializeMemory(as: UInt8.self, repeating: 0, count: room)
    for place in 0..<3 {
      first(UnsafeMutableRawBufferPointer(start: places + place * stride, count: self.count))
    }
  }

  deinit { places.deallocate() }

  /// What is published next, as it was left three publications ago. Only the writer uses it.
  public var draft: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: places + Int(writers) * stride, count: count)
  }

  /// Puts the draft in place of the newest. Only the writer calls this.
  public func publish() { writers = middle.exchange(writers | 4, ordering: .acquiringAndReleasing) & 3 }

  /// Whether there is something that `latest` has not given yet. Only the reader calls this.
  public var isNew: Bool { middle.load(ordering: .relaxed) & 4 != 0 }

  /// The newest bytes, which stay as they are until the next call. Only the reader calls this.
  public var latest: UnsafeRawBufferPointer {
    if isNew { readers = middle.exchange(readers, ordering: .acquiringAndReleasing) & 3 }
    return UnsafeRawBufferPointer(start: places + Int(readers) * stride, count: count)
  }
}
