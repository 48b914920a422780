import Synchronization

/// The newest value of one writer for one reader, without a lock: neither ever waits, and the reader never sees half of
/// a value.
///
/// Three places: one the writer fills, one the reader reads, and the newest finished one between them.
public final class LatestValue<Value: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Sendable: a place belongs to the writer, to the reader, or to nobody while its number is in `middle`; the exchange of
  // that number orders the accesses.
  private let places: UnsafeMutablePointer<Value>
  /// Number of the place between writer and reader, and in bit 2 whether it is newer than the reader's.
  private let middle = Atomic<UInt8>(1)
  private var writers: UInt8 = 0
  private var readers: UInt8 = 2

  /// Begins with `value`.
  public init(_ value: Value) {
    places = .allocate(capacity: 3)
    places.initialize(repeating: value, count: 3)
  }

  deinit { places.deallocate() }

  /// Puts a value in place of the newest. Only the writer calls this.
  public func publish(_ value: Value) {
    places[Int(writers)] = value
    writers = middle.exchange(writers | 4, ordering: .acquiringAndReleasing) & 3
  }

  /// Whether there is a value that `latest` has not given yet. Only the reader calls this.
  public var isNew: Bool { middle.load(ordering: .relaxed) & 4 != 0 }

  /// The newest value. Only the reader calls this.
  public var latest: Value {
    if isNew { readers = middle.exchange(readers, ordering: .acquiringAndReleasing) & 3 }
    return places[Int(readers)]
  }
}
