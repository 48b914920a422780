import CLinuxHardware
import HardwareInterfaces
import Synchronization

/// The loop's life sign, on a page that survives the loop: a thread of the same process and a second process watch it.
///
/// What either of them finds, both act upon, each by itself: while outputs are held safe (`isTripped`) both make them safe
/// again and again, until the loop has disarmed and taken that back.
public final class LoopGuard: @unchecked Sendable {
  // Sendable: every access to the page is atomic.
  let page: OpaquePointer
  private let unguarded = Atomic<Bool>(false)

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

  /// Whether outputs are held safe from outside the loop, and must stay so until the vehicle is disarmed.
  public var isTripped: Bool { ganglion_guard_is_tripped(page) }

  /// Whether outputs are held safe, or a watcher still drives them that had reason to a moment ago: what the loop sets now
  /// could be overwritten.
  public var holdsOutputs: Bool { ganglion_guard_holds(page) }

  /// Notes that outputs are held safe from outside; `false` when they were already.
  @discardableResult
  public func trip() -> Bool { ganglion_guard_trip(page) }

  /// Lets outputs be driven again.
  public func reset() { ganglion_guard_reset(page) }

  /// Whether nobody would make the outputs safe if this process died: the supervising thread says so here, and the loop
  /// asks.
  public var isUnguarded: Bool {
    get { unguarded.load(ordering: .relaxed) }
    set { unguarded.store(newValue, ordering: .relaxed) }
  }

  /// Says which adapter the bus of that number has now; `nil` while its adapter has gone. The guard's process opens it by
  /// its number when it has something to write, and only if it still has that name.
  public func setAdapter(ofBus bus: Int, _ adapter: I2CAdapter?) {
    let digest = adapter.map { Self.digest($0.name) } ?? 0
    ganglion_guard_set_adapter(
      page, UInt32(clamping: bus), Int32(clamping: adapter?.number ?? -1), digest)
  }

  private static func digest(_ name: String) -> UInt64 {
    var name = name
    return name.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { ganglion_guard_digest($0.baseAddress, $0.count) }
    }
  }
}

/// The thread that makes the outputs safe when the loop falls silent, whatever the loop's thread hangs on.
public final class WatchdogThread {
  /// What the thread obtained of the scheduling it asked for.
  public var grants: [RealTimeGrant] { thread.grants }
  private let thread: RealTimeThread
  private let work: Work

  /// How often what is held safe is made so again, in ns.
  private static let holdingPeriod: Int64 = 10_000_000

  private final class Work: Sendable {
    let loop: LoopGuard
    let bell: Bell
    let isEnding = Atomic<Bool>(false)
    let hasMadeSafe = Atomic<Bool>(false)

    init(_ loop: LoopGuard, _ bell: Bell) { (self.loop, self.bell) = (loop, bell) }

    func run(limit: Int64, _ makeSafe: () -> Bool) {
      let clock = SystemClock()
      let period = max(limit / 4, 1_000_000)
      var isHolding = false
      while true {
        let seen = bell.count
        if isEnding.load(ordering: .acquiring) { return }
        if loop.isSilent(now: clock.now(), limit: limit) { loop.trip() }
        // Whoever has tripped: each watcher does what it can by itself.
        isHolding = ganglion_guard_begin(loop.page, GANGLION_GUARD_THREAD)
        if isHolding {
          let isSafe = makeSafe()
          ganglion_guard_finish(loop.page, GANGLION_GUARD_THREAD)
          hasMadeSafe.store(isSafe, ordering: .releasing)
        } else {
          hasMadeSafe.store(false, ordering: .releasing)
        }
        bell.wait(
          after: seen,
          until: clock.now().advanced(
            nanoseconds: isHolding ? min(period, WatchdogThread.holdingPeriod) : period))
      }
    }
  }

  /// Watches `loop`. When it has been silent for `limit` ns, or was tripped, `makeSafe` is called again and again until the
  /// loop has taken that back; it says whether all outputs have accepted.
  public init(
    _ loop: LoopGuard, limit: Int64, scheduling: ThreadScheduling,
    system: any RealTimeSystem = KernelRealTime(),
    makeSafe: @escaping @Sendable () -> Bool
  ) throws(LinuxError) {
    guard let bell = Bell() else {
      throw LinuxError("no memory for the watchdog", remedy: "Free some memory.")
    }
    let work = Work(loop, bell)
    self.work = work
    thread = try RealTimeThread("watchdog", scheduling: scheduling, system: system) {
      work.run(limit: limit, makeSafe)
    }
  }

  deinit { end() }

  /// Whether outputs are held safe and all of them have accepted that, as of the last attempt.
  public var hasMadeSafe: Bool { work.hasMadeSafe.load(ordering: .acquiring) }

  /// Lets the thread look at once.
  public func look() { work.bell.ring() }

  /// Ends the thread. Returns whether it has ended within `nanoseconds`.
  @discardableResult
  public func end(within nanoseconds: Int64 = RealTimeThread.longestEnd) -> Bool {
    work.isEnding.store(true, ordering: .releasing)
    work.bell.ring()
    return thread.join(within: nanoseconds)
  }
}
