/// Which reading of a device was seen last.
public struct ReadingTrack: BitwiseCopyable, Sendable {
  /// How many readings the device has given.
  public private(set) var count: UInt32 = 0
  /// When the last was taken, in ns.
  public private(set) var time: Int64 = 0

  /// Nothing seen yet.
  public init() {}

  /// Seconds since the last reading when the one of this `count` and `time` in ns is new; `nil` when it is not. The first is
  /// 0 s after itself.
  public mutating func interval(count newCount: UInt32, time newTime: Int64) -> Double? {
    guard newCount != count else { return nil }
    let seconds = count == 0 ? 0 : Double(newTime &- time) * 1e-9
    (count, time) = (newCount, newTime)
    // A clock that runs backwards gives no interval to integrate over.
    return seconds > 0 ? seconds : 0
  }
}
