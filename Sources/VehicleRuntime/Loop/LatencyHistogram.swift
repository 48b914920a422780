import VehicleConfiguration

/// Counts of durations in fixed memory: 32 buckets for each power of two, so a value is known to 3 %.
///
/// Recording costs a few instructions and touches no heap (HdrHistogram's layout, with two significant digits).
public struct LatencyHistogram: BitwiseCopyable, Sendable {
  private var counts = InlineArray<1920, UInt32>(repeating: 0)
  /// How many durations were recorded.
  public private(set) var total: UInt64 = 0
  /// The longest duration recorded in ns.
  public private(set) var maximum: Int64 = 0

  /// An empty histogram.
  public init() {}

  /// Counts a duration in ns; a negative one counts as 0.
  public mutating func record(_ nanoseconds: Int64) {
    let value = UInt64(max(nanoseconds, 0))
    let index = Self.bucket(of: value)
    counts[index] = counts[index] == .max ? .max : counts[index] + 1
    total &+= 1
    maximum = max(maximum, nanoseconds)
  }

  /// Counts all that `other` has counted.
  public mutating func add(_ other: borrowing LatencyHistogram) {
    for index in 0..<counts.count {
      let (sum, isTooMuch) = counts[index].addingReportingOverflow(other.counts[index])
      counts[index] = isTooMuch ? .max : sum
    }
    total &+= other.total
    maximum = max(maximum, other.maximum)
  }

  /// The buckets that hold something, from the shortest on: their upper ends in ns and their counts.
  public var buckets: [(upTo: Int64, count: UInt32)] {
    (0..<counts.count).compactMap { counts[$0] > 0 ? (Self.upperBound(of: $0), counts[$0]) : nil }
  }

  /// The duration in ns that the share `quantile` (0 to 1) of all does not exceed, rounded up to its bucket's end
  /// but not beyond the longest; 0 when nothing was recorded.
  public func quantile(_ quantile: Double) -> Int64 {
    guard total > 0 else { return 0 }
    let wanted = max(1, (Double(total) * min(max(quantile, 0), 1)).rounded(.up))
    var seen: UInt64 = 0
    for index in 0..<counts.count {
      seen &+= UInt64(counts[index])
      if Double(seen) >= wanted { return min(Self.upperBound(of: index), maximum) }
    }
    return maximum
  }

  /// Bucket of a value: itself below 64, then the exponent and the five bits below the leading one.
  private static func bucket(of value: UInt64) -> Int {
    guard value >= 64 else { return Int(value) }
    let shift = 63 - value.leadingZeroBitCount - 5
    return min(shift * 32 + Int(value >> UInt64(shift)), 1919)
  }

  private static func upperBound(of index: Int) -> Int64 {
    guard index >= 64 else { return Int64(index) }
    let shift = index / 32 - 1
    // In the last bucket the shift leaves nothing; wrapping below zero then gives the largest value, as it should.
    return Int64(clamping: (UInt64(index - shift * 32 + 1) << UInt64(shift)) &- 1)
  }
}
