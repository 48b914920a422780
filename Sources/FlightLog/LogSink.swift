#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where the bytes of a log go, in order.
public protocol LogSink: AnyObject {
  /// Takes the next bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(LogError)
  /// Called between records, where the file may be cut without harm.
  func checkpoint() throws(LogError)
  /// Called once, after the last byte.
  func close() throws(LogError)
}

/// A log in memory, for tests and tools.
public final class MemoryLogSink: LogSink {
  /// All bytes so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty log.
  public init() {}

  /// Takes the next bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
    self.bytes.append(contentsOf: bytes)
  }

  /// Syncs the file when a second has passed since it last did; nothing to do in memory.
  public func checkpoint() throws(LogError) {}

  /// Ends the log; a file is synced and closed.
  public func close() throws(LogError) {}
}

/// A log on disk, synced about once in each second of wall time, so that a power cut costs little.
public final class FileLogSink: LogSink {
  /// Where the file is.
  public let path: String
  private var descriptor: Int32
  private var lastSync: Int64

  /// Creates the file at `path`.
  ///
  /// An existing file is refused unless `replacing`: a flight cannot be flown again.
  public init(path: String, replacing: Bool = false) throws(LogError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (replacing ? O_TRUNC : O_EXCL), 0o644)
    lastSync = Self.now()
    guard descriptor >= 0 else {
      let number = errno
      let remedy =
        switch number {
        case EEXIST: "Name another file, or remove this one."
        case EROFS: "Name a file on another disk, or make this one writable (mount -o remount,rw)."
        default: "Check the directory and its permissions."
        }
      throw LogError(
        .system(errno: number), "cannot create \(path): \(systemMessage(number))", remedy: remedy)
    }
  }

  deinit {
    if descriptor >= 0 { Self.closeDescriptor(descriptor) }
  }

  /// Takes the next bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let written = Self.writeBytes(descriptor, start, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw failure("write")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Syncs the file when a second has passed since it last did; nothing to do in memory.
  public func checkpoint() throws(LogError) {
    let now = Self.now()
    guard now &- lastSync >= 1_000_000_000 else { return }
    lastSync = now
    try synchronize()
  }

  /// Ends the log; a file is synced and closed.
  public func close() throws(LogError) {
    guard descriptor >= 0 else { return }
    try synchronize()
    let result = Self.closeDescriptor(descriptor)
    descriptor = -1
    if result != 0 { throw failure("close") }
  }

  private func synchronize() throws(LogError) {
    // EINVAL: a pipe or the like, which cannot be synced and need not be.
    if fdatasync(descriptor) != 0, errno != EINVAL { throw failure("sync") }
    // A kernel that was told to turn all disks read-only takes writes and syncs on without a word, and forgets them.
    var state = statvfs()
    if fstatvfs(descriptor, &state) == 0, UInt(state.f_flag) & UInt(ST_RDONLY) != 0 {
      errno = EROFS
      throw failure("sync")
    }
  }

  private func failure(_ verb: String) -> LogError {
    let number = errno
    return LogError(
      .system(errno: number), "cannot \(verb) \(path): \(systemMessage(number))",
      remedy: number == EROFS
        ? "The disk has turned read-only, as it does after an error: see dmesg."
        : "Check free space and the health of the disk.")
  }

  // The methods above have the names of these functions.
  @discardableResult
  private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.close(descriptor)
    #else
      Musl.close(descriptor)
    #endif
  }

  private static func writeBytes(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, start, count)
    #else
      Musl.write(descriptor, start, count)
    #endif
  }

  /// Wall time decides only when to sync; it never enters the file.
  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
