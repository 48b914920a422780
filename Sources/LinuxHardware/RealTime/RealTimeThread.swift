import CLinuxHardware
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A thread with its own scheduling, a stack that was touched beforehand, and all signals blocked.
public final class RealTimeThread {
  /// What the thread obtained of the scheduling it asked for.
  public let grants: [RealTimeGrant]
  private let thread: pthread_t
  private let end = End()
  private var isRunning = true

  /// Tells that the body has returned.
  private final class End: Sendable {
    let isReached = Atomic<Bool>(false)
  }

  /// Hands the body over and the grants back. The starting thread waits in between.
  private final class Start: @unchecked Sendable {
    // Sendable: `grants` is written before `isReady` is stored and read after it is loaded.
    let name: String
    let scheduling: ThreadScheduling
    let system: any RealTimeSystem
    let body: () -> Void
    let end: End
    var grants: [RealTimeGrant] = []
    let isReady = Atomic<Bool>(false)

    init(
      _ name: String, _ scheduling: ThreadScheduling, _ system: any RealTimeSystem, _ end: End,
      _ body: @escaping () -> Void
    ) {
      (self.name, self.scheduling, self.system, self.end) = (name, scheduling, system, end)
      self.body = body
    }

    func run() {
      ganglion_name_thread("gl-\(name)")
      ganglion_set_least_timer_slack()
      ganglion_prefault_stack()
      grants = scheduling.apply(to: "the \(name) thread", system)
      isReady.store(true, ordering: .releasing)
      body()
      end.isReached.store(true, ordering: .releasing)
    }
  }

  /// Stack of a thread in bytes: musl's own would not hold what is touched beforehand.
  private static let stackSize = 1 << 20

  /// Starts a thread and waits until its scheduling is settled. `body` is the thread's from then on.
  public init(
    _ name: String, scheduling: ThreadScheduling = ThreadScheduling(),
    system: any RealTimeSystem = KernelRealTime(),
    body: sending @escaping () -> Void
  ) throws(LinuxError) {
    let start = Start(name, scheduling, system, end, body)
    let handle = Unmanaged.passRetained(start)
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackSize)
    // A new thread has its parent's mask; signals are for the main thread alone.
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let result = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, handle.toOpaque())
    guard result == 0 else {
      handle.release()
      throw LinuxError(
        "cannot start the \(name) thread: \(errorText(result))",
        remedy: "Raise the limit of threads (ulimit -u).", errno: result)
    }
    while !start.isReady.load(ordering: .acquiring) { usleep(200) }
    self.thread = thread
    grants = start.grants
  }

  deinit { join(within: Self.longestEnd) }

  /// How long a thread may take to end when nobody says otherwise, in ns: one that takes longer hangs in the kernel.
  public static let longestEnd: Int64 = 2_000_000_000

  /// Waits until the thread has ended.
  public func join() { join(within: .max) }

  /// Waits until the thread has ended, `nanoseconds` at most. Returns whether it has: one that has not is left to itself,
  /// with all that its body holds.
  @discardableResult
  public func join(within nanoseconds: Int64) -> Bool {
    guard isRunning else { return end.isReached.load(ordering: .acquiring) }
    isRunning = false
    if nanoseconds < .max, !isReached(within: nanoseconds) {
      pthread_detach(thread)
      return false
    }
    pthread_join(thread, nil)
    return true
  }

  private func isReached(within nanoseconds: Int64) -> Bool {
    let clock = SystemClock()
    let limit = clock.now().advanced(nanoseconds: nanoseconds)
    while !end.isReached.load(ordering: .acquiring) {
      guard clock.now() < limit else { return false }
      clock.sleep(until: clock.now().advanced(milliseconds: 1))
    }
    return true
  }
}
