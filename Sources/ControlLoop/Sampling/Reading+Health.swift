import Control
import HardwareInterfaces

extension Reading {
  /// The reading's age at `now` in ns.
  @inlinable
  public func age(at now: MonotonicTime) -> Int64 { now.nanoseconds(since: time) }

  /// The sensor's health at `now`, stale when older than `limit` ns.
  @inlinable
  public func health(at now: MonotonicTime, staleAfter limit: Int64) -> SensorHealth {
    guard isPresent else { return .absent }
    guard sequence > 0 else { return fault == .none ? .starting : .faulty }
    if age(at: now) > limit { return .stale }
    switch fault {
    case .none: return .good
    case .endOfRange: return .saturated
    default: return .faulty
    }
  }

  /// Whether the vehicle has this sensor but no reading of it that is younger than `limit` ns.
  @inlinable
  public func isMissing(at now: MonotonicTime, staleAfter limit: Int64) -> Bool {
    isPresent && (sequence == 0 || age(at: now) > limit)
  }
}

extension ReadingTrack {
  /// Seconds since the last reading when this is a new one; `nil` when it is not. The first is 0 s after itself.
  mutating func interval<Sample>(_ reading: Reading<Sample>) -> Double? {
    guard reading.isPresent else { return nil }
    return interval(count: reading.sequence, time: reading.time.nanoseconds)
  }
}
