import Foundation

/// The clock of a measurement.
enum ProcessorTime {
  /// Nanoseconds that this thread has computed; time for which others had the processor does not count.
  static var nanoseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return Int(now.tv_sec) * 1_000_000_000 + Int(now.tv_nsec)
  }
}
