import HardwareInterfaces

/// When ticks are due: absolute times on the monotonic clock, one each period.
///
/// A tick that comes late does not move the ones after it. When it is late by whole periods these are
/// skipped, keeping the phase, and counted: the loop never catches up in a burst (ros2_control's sleeping
/// policy). Slower work hangs on integer divisors of the tick's number.
public struct LoopSchedule: Sendable {
  /// Nominal time between ticks in ns.
  public let period: Int64
  /// When the next tick is due.
  public private(set) var due: MonotonicTime
  /// Number of the next tick; skipped periods count.
  public private(set) var tick: UInt64 = 0
  private var previous: MonotonicTime?

  /// A schedule of `period` ns (at least 1) whose first tick is due at `start`.
  public init(period: Int64, start: MonotonicTime) {
    self.period = max(period, 1)
    self.due = start
  }

  /// What a tick needs to know of its time.
  public struct Start: Sendable, Equatable {
    /// Number of this tick.
    public var tick: UInt64
    /// When it began.
    public var time: MonotonicTime
    /// Time since the previous tick began in ns; the nominal period at the first.
    public var elapsed: Int64
    /// Whole periods skipped just before it.
    public var missed: UInt32

    /// The start of a tick from its parts.
    public init(tick: UInt64, time: MonotonicTime, elapsed: Int64, missed: UInt32) {
      (self.tick, self.time, self.elapsed, self.missed) = (tick, time, elapsed, missed)
    }
  }

  /// Begins the tick that was due, at the time `now` at which it really began, and makes the next one due.
  ///
  /// A `now` before the due time (a clock that jumped back) counts as no lateness, and elapsed time is never
  /// below zero.
  public mutating func begin(now: MonotonicTime) -> Start {
    let late = max(now.nanoseconds(since: due), 0)
    let skipped = late / period
    let number = tick &+ UInt64(skipped)
    let elapsed = previous.map { max(now.nanoseconds(since: $0), 0) } ?? period
    due = due.advanced(nanoseconds: (skipped &+ 1) &* period)
    tick = number &+ 1
    previous = now
    return Start(tick: number, time: now, elapsed: elapsed, missed: UInt32(clamping: skipped))
  }
}
