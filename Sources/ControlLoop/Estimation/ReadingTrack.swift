import HardwareInterfaces

/// Which reading of a sensor was seen last.
struct ReadingTrack: BitwiseCopyable, Sendable {
  var sequence: UInt32 = 0
  var time = MonotonicTime.zero

  /// Seconds since the last reading when this is a new one; `nil` when it is not. The first is 0 s after itself.
  mutating func interval<Sample>(_ reading: Reading<Sample>) -> Double? {
    guard reading.isPresent, reading.sequence != sequence else { return nil }
    let seconds = sequence == 0 ? 0 : Double(reading.time.nanoseconds(since: time)) * 1e-9
    (sequence, time) = (reading.sequence, reading.time)
    // A clock that runs backwards gives no interval to integrate over.
    return seconds > 0 ? seconds : 0
  }
}
