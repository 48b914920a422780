import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Independent pieces of work on several threads. Where the system grants no further thread, or none at all, the work is
/// done by those that are there.
enum ParallelWork {
  /// Stack of a thread in bytes: a flight needs a tenth of it, whatever the limit of the process says.
  private static let stackSize = 4 << 20

  /// How many threads this process can run at once.
  static var processors: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }

  /// What the threads share.
  private final class Shared: Sendable {
    let next = Atomic<Int>(0)
    let count: Int
    let body: @Sendable (Int) -> Void

    init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) { (self.count, self.body) = (count, body) }

    func work() {
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        body(index)
      }
    }
  }

  /// Calls `body` with each number below `count` once, on at most `threads` threads, this one included, and returns when
  /// all is done.
  static func run(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let shared = Shared(count, body)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    var started: [pthread_t] = []
    for _ in 0..<max(min(threads, count) - 1, 0) {
      var thread = pthread_t()
      let handle = Unmanaged.passRetained(shared)
      let result = pthread_create(
        &thread, &attributes,
        { argument in
          if let argument { Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().work() }
          return nil
        }, handle.toOpaque())
      guard result == 0 else {
        handle.release()
        break
      }
      started.append(thread)
    }
    shared.work()
    for thread in started { pthread_join(thread, nil) }
  }
}
