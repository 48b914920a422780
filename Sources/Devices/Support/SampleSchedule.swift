import HardwareInterfaces

/// Absolute times at which a device is sampled: `start + n · period`, never "the last time plus a period",
/// so lateness does not add up.
struct SampleSchedule: Sendable, BitwiseCopyable {
  /// Nanoseconds between samples, at least 1.
  let period: Int64
  /// The next sample is due at this time.
  private(set) var next = MonotonicTime.zero

  /// A schedule of `rate` samples per second; a rate outside 0.01...10,000 Hz is brought into it.
  init(rate: Double) {
    let bounded = rate >= 0.01 ? (rate <= 10_000 ? rate : 10_000) : 0.01
    period = Int64(1e9 / bounded + 0.5)
  }

  /// The first sample is due at `time`.
  mutating func start(at time: MonotonicTime) { next = time }

  /// Goes to the first due time after `now`; periods that have already passed are skipped, and the phase kept.
  mutating func advance(past now: MonotonicTime) {
    let late = now.nanoseconds(since: next)
    let periods = late >= 0 ? late / period &+ 1 : 1
    next = next.advanced(nanoseconds: periods &* period)
  }
}
