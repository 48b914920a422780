/// A point on the vehicle's monotonic clock, in nanoseconds since an arbitrary start.
///
/// On Linux it is `CLOCK_MONOTONIC`, in simulation the virtual clock. All arithmetic wraps: a clock
/// that jumps is a fault for the loop to report, never a trap.
public struct MonotonicTime: Comparable, Hashable, Sendable, BitwiseCopyable {
  /// Nanoseconds since the clock's start.
  public var nanoseconds: Int64

  /// The point `nanoseconds` after the clock's start.
  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The clock's start.
  public static let zero = MonotonicTime(nanoseconds: 0)

  /// A point later than every other: "never".
  public static let distantFuture = MonotonicTime(nanoseconds: .max)

  /// Whether `left` comes before `right`.
  @inlinable
  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The point `milliseconds` later.
  @inlinable
  public func advanced(milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds &+ milliseconds &* 1_000_000)
  }

  /// The point `microseconds` later.
  @inlinable
  public func advanced(microseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds &+ microseconds &* 1_000)
  }

  /// The point `nanoseconds` later.
  @inlinable
  public func advanced(nanoseconds step: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds &+ step)
  }

  /// Nanoseconds from `earlier` to this point; negative when `earlier` is later.
  @inlinable
  public func nanoseconds(since earlier: MonotonicTime) -> Int64 {
    nanoseconds &- earlier.nanoseconds
  }

  /// Seconds since the clock's start.
  @inlinable
  public var seconds: Double { Double(nanoseconds) * 1e-9 }
}
