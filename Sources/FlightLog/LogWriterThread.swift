import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The thread that takes ticks from a ring and writes them to a log, so that the loop never waits for a disk.
///
/// When the log can no longer be written (a full disk), the ring is still drained and the error kept for `stop`:
/// flying goes on without a log. A disk that hangs holds nobody but this thread, which `stop` then leaves behind.
public final class LogWriterThread {
  /// What the thread owns while it runs.
  private final class Work: @unchecked Sendable {
    // Sendable: `writer` is the thread's, and so is `error` until `hasFailed` says that it is there, and
    // will not change; `closing` is the owner's until `isStopping` says that it is there.
    let ring: TickRing
    let writer: FlightLogWriter
    let isStopping = Atomic<Bool>(false)
    let hasFailed = Atomic<Bool>(false)
    let hasEnded = Atomic<Bool>(false)
    var closing: [(key: String, value: String)]?
    var error: LogError?

    init(ring: TickRing, writer: FlightLogWriter) {
      (self.ring, self.writer) = (ring, writer)
    }

    /// Writes all that waits; says whether there was anything.
    func drain() -> Bool {
      var found = false
      while ring.pop({ record, drops in
        guard error == nil else { return }
        do throws(LogError) {
          if drops > 0 { try writer.appendDropout(count: drops) }
          try writer.append(record: record)
        } catch {
          fail(error)
        }
      }) { found = true }
      return found
    }

    func finish() {
      // Without an end that was asked for the log stays cut, as one is that nobody could end.
      guard error == nil, let closing else { return }
      do throws(LogError) {
        let drops = ring.unreportedDrops()
        if drops > 0 { try writer.appendDropout(count: drops) }
        if !closing.isEmpty { try writer.addRunRecord(closing) }
        try writer.finish()
      } catch {
        fail(error)
      }
    }

    func fail(_ failure: LogError) {
      error = failure
      hasFailed.store(true, ordering: .releasing)
    }

    func run() {
      while true {
        // Asked before draining: what was pushed before `stop` is drained after the flag is seen.
        let isLast = isStopping.load(ordering: .acquiring)
        let found = drain()
        if isLast { break }
        if !found { usleep(2_000) }
      }
      finish()
      hasEnded.store(true, ordering: .releasing)
    }
  }

  private let work: Work
  private var thread = pthread_t()
  private var isRunning = false

  /// Starts a thread that writes what `ring` brings; the writer is the thread's from now on.
  public init(ring: TickRing, writer: sending FlightLogWriter) throws(LogError) {
    work = Work(ring: ring, writer: writer)
    let handle = Unmanaged.passRetained(work)
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, handle.toOpaque())
    guard result == 0 else {
      handle.release()
      throw LogError(
        .system(errno: result), "cannot start the log's thread: \(systemMessage(result))",
        remedy: "Raise the limit of processes (ulimit -u).")
    }
    isRunning = true
  }

  deinit { _ = end(within: Self.longestEnd) }

  /// How long the log's end may take, in ns: far more than a slow card needs for what it has not written yet.
  public static let longestEnd: Int64 = 10_000_000_000

  /// What writing has failed with; `nil` while it has not. Any thread may ask.
  public var failure: LogError? { work.hasFailed.load(ordering: .acquiring) ? work.error : nil }

  /// Writes what still waits and what `closing` says of the run, finishes the log, and ends the thread, which may take
  /// `nanoseconds`. The loop must have ended before.
  ///
  /// Throws the first `LogError` that writing met, or one of a disk that hangs.
  public func stop(
    closing: [(key: String, value: String)] = [], within nanoseconds: Int64 = LogWriterThread.longestEnd
  ) throws(LogError) {
    if isRunning { work.closing = closing }
    guard end(within: nanoseconds) else {
      throw LogError(
        .system(errno: ETIMEDOUT),
        "the disk has not taken the end of the log within \(Double(nanoseconds) * 1e-9) s, and hangs",
        remedy:
          "See the kernel's words (dmesg | tail); rewrite what is whole of the log with `ganglion log recover`."
      )
    }
    if let error = work.error { throw error }
  }

  /// Ends the thread. Returns whether it has ended within `nanoseconds`: one that has not is left to itself, with all that
  /// it has.
  private func end(within nanoseconds: Int64) -> Bool {
    guard isRunning else { return work.hasEnded.load(ordering: .acquiring) }
    isRunning = false
    work.isStopping.store(true, ordering: .releasing)
    let clock = ContinuousClock()
    let limit = clock.now.advanced(by: .nanoseconds(nanoseconds))
    while !work.hasEnded.load(ordering: .acquiring) {
      guard clock.now < limit else {
        pthread_detach(thread)
        return false
      }
      usleep(1_000)
    }
    pthread_join(thread, nil)
    return true
  }
}
