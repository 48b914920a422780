#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The signals that end a run in order, held back from the whole process and waited for by one thread.
///
/// Blocked before any other thread exists, so that none of them is ever interrupted.
struct StopSignals: ~Copyable {
  private let set, before: sigset_t

  /// Holds them back.
  init() {
    var (set, before) = (sigset_t(), sigset_t())
    sigemptyset(&set)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, &before)
    (self.set, self.before) = (set, before)
    // Whoever read our output may go; that ends no flight.
    signal(SIGPIPE, SIG_IGN)
  }

  deinit {
    var before = before
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  /// Waits at most so long; `true` when one of them came.
  func wait(milliseconds: Int) -> Bool {
    var (set, limit) = (set, timespec())
    limit.tv_sec = milliseconds / 1000
    limit.tv_nsec = (milliseconds % 1000) * 1_000_000
    return sigtimedwait(&set, nil, &limit) > 0
  }
}
