#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What a process needs before it can do any work. Less than that would not end with an error, but with a trap inside of
/// a library that expects it.
enum ProcessLimits {
  /// Stack of the main thread in KiB: about three times what a flight takes.
  static let leastStack = 1024
  /// Files that may be open at a time: the three standard ones, those of a run, and those of the libraries.
  static let leastFiles = 16
  /// Memory in MiB that must be there to be taken.
  static let leastMemory = 64

  /// Looks at the limits that the process was given.
  static func check() throws(CommandFailure) {
    try checkStack(limit(.stack))
    try checkFiles(limit(.files))
    try checkMemory()
  }

  /// Refuses a stack of so many bytes; `nil` for no limit.
  static func checkStack(_ bytes: UInt64?) throws(CommandFailure) {
    guard let bytes, bytes < UInt64(leastStack) << 10 else { return }
    throw CommandFailure(
      place: "the limit of the stack", "\(bytes >> 10) KiB, where \(leastStack) KiB are needed",
      remedy: "raise it: ulimit -s 8192")
  }

  /// Refuses so few open files; `nil` for no limit.
  static func checkFiles(_ count: UInt64?) throws(CommandFailure) {
    guard let count, count < UInt64(leastFiles) else { return }
    throw CommandFailure(
      place: "the limit of open files", "\(count), where \(leastFiles) are needed",
      remedy: "raise it: ulimit -n 1024")
  }

  private static func checkMemory() throws(CommandFailure) {
    // Without a limit there is nothing to find out: memory is there until it is used.
    guard limit(.addressSpace) != nil || limit(.data) != nil else { return }
    let size = leastMemory << 20
    guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else {
      throw CommandFailure(
        place: "the limit of memory",
        "\(leastMemory) MiB are not to be had: \(String(cString: strerror(errno)))",
        remedy: "raise it: ulimit -v unlimited; ulimit -d unlimited")
    }
    munmap(memory, size)
  }

  /// The limit in force; `nil` for none.
  private static func limit(_ resource: Resource) -> UInt64? {
    var limit = rlimit()
    // All bits are RLIM_INFINITY.
    guard getrlimit(resource.rawValue, &limit) == 0, limit.rlim_cur != rlim_t.max else { return nil }
    return UInt64(limit.rlim_cur)
  }

  /// The kernel's numbers, the same on all that Ganglion runs on: glibc hides them in an enumeration that its own function
  /// does not take, musl in macros.
  private enum Resource: Int32 {
    case data = 2
    case stack = 3
    case files = 7
    case addressSpace = 9
  }
}
