import Files

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
  public var path: String { file.path }
  private let file: OutputFile
  private var lastSync: Int64

  /// Creates the file at `path`.
  ///
  /// An existing file is refused unless `replacing`: a flight cannot be flown again. A file of `inputs` is never replaced.
  public init(
    path: String, replacing: Bool = false, inputs: [String] = [], placement: OutputFile.Placement = .growing
  ) throws(LogError) {
    do throws(FileError) {
      file = try OutputFile(path: path, replacing: replacing, inputs: inputs, placement: placement)
    } catch {
      throw LogError(error)
    }
    lastSync = Self.now()
  }

  /// Takes the next bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
    do throws(FileError) { try file.write(bytes) } catch { throw LogError(error) }
  }

  /// Syncs the file when a second has passed since it last did.
  public func checkpoint() throws(LogError) {
    let now = Self.now()
    guard now &- lastSync >= 1_000_000_000 else { return }
    lastSync = now
    do throws(FileError) { try file.synchronize() } catch { throw LogError(error) }
  }

  /// Ends the log: it is synced, closed, and in its place.
  public func close() throws(LogError) {
    do throws(FileError) { try file.commit() } catch { throw LogError(error) }
  }

  /// Wall time decides only when to sync; it never enters the file.
  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
