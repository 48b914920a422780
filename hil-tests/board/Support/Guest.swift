import Glibc
import HardwareInterfaces

/// The machine that the tests run on.
enum Guest {
  /// CLOCK_MONOTONIC in ns.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The same clock as drivers know it.
  static var time: MonotonicTime { MonotonicTime(nanoseconds: now()) }

  /// Sleeps for a while.
  static func sleep(milliseconds: UInt32) { usleep(milliseconds * 1000) }
}
