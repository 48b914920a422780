import CLinuxHardware
import HardwareInterfaces

/// The loop's life sign, on a page that survives the loop: a thread of the same process and a second process watch it.
public final class LoopGuard: @unchecked Sendable {
  // Sendable: every access to the page is atomic.
  let page: OpaquePointer

  /// A guard of a loop that has not begun.
  public init() throws(LinuxError) {
    guard let page = ganglion_guard_page_create() else {
      throw LinuxError("no memory for the loop's guard", remedy: "Free some memory.")
    }
    self.page = page
  }

  deinit { ganglion_guard_page_destroy(page) }

  /// The loop is alive. From the first call on it is watched.
  public func beat(_ now: MonotonicTime) { ganglion_guard_beat(page, now.nanoseconds) }

  /// The loop has ended in order and is watched no longer.
  public func dismiss() { ganglion_guard_dismiss(page) }

  /// Whether the loop has begun and not been heard of for longer than `limit` ns. A sign of life from so far ahead is
  /// none: the clock has jumped back, and whoever sleeps until a time of before sleeps long.
  public func isSilent(now: MonotonicTime, limit: Int64) -> Bool {
    let last = ganglion_guard_last_beat(page)
    return last != 0 && (now.nanoseconds &- last).magnitude > limit.magnitude
  }

  /// Whether outputs were made safe from outside the loop, and must stay so until the vehicle is disarmed.
  public var isTripped: Bool { ganglion_guard_is_tripped(page) }

  /// Notes that outputs are made safe from outside; `false` when they were already.
  public func trip() -> Bool { ganglion_guard_trip(page) }

  /// Lets outputs be driven again.
  public func reset() { ganglion_guard_reset(page) }
}

/// The thread that makes the outputs safe when the loop falls silent, whatever the loop's thread hangs on.
public final class WatchdogThread {
  /// What the thread obtained of the scheduling it asked for.
  public var grants: [RealTimeGrant] { thread.grants }
  private let thread: RealTimeThread
  private let stop: Bell

  /// Watches `loop`, and calls `makeSafe` once each time that it has been silent for `limit` ns.
  public init(
    _ loop: LoopGuard, limit: Int64, scheduling: ThreadScheduling,
    system: any RealTimeSystem = KernelRealTime(),
    makeSafe: @escaping @Sendable () -> Void
  ) throws(LinuxError) {
    guard let stop = Bell() else {
      throw LinuxError("no memory for the watchdog", remedy: "Free some memory.")
    }
    self.stop = stop
    thread = try RealTimeThread("watchdog", scheduling: scheduling, system: system) {
      let clock = SystemClock()
      while stop.count == 0 {
        stop.wait(after: 0, until: clock.now().advanced(nanoseconds: max(limit / 4, 1_000_000)))
        if loop.isSilent(now: clock.now(), limit: limit), loop.trip() { makeSafe() }
      }
    }
  }

  deinit { end() }

  /// Ends the thread.
  public func end() {
    stop.ring()
    thread.join()
  }
}
