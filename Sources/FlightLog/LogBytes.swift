#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The immutable bytes of a file: mapped, so that a long log costs address space and not memory.
///
/// Every access goes through a method that checks its range; whoever keeps a position in the bytes keeps
/// this object too, so the memory outlives its readers.
public final class LogBytes: @unchecked Sendable {
  // Sendable: nothing writes to the memory between init and deinit.
  let base: UnsafeRawPointer
  /// Length of the file in bytes.
  public let count: Int
  private let isMapped: Bool

  /// Largest file that is opened: 4 GiB − 1, so that an offset fits 32 bits.
  public static let largestFile = Int(UInt32.max)

  /// Maps the file at `path`.
  ///
  /// Throws `LogError` when it cannot be opened, is not a regular file, or is over `largestFile`.
  public init(path: String) throws(LogError) {
    // Without waiting: a pipe that no one writes to would never open.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw LogError(
        .system(errno: errno), "cannot open \(path): \(systemMessage(errno))",
        remedy: "Check the path and its permissions.")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw LogError(.notALog, "\(path) is not a regular file", remedy: "Name a log file.")
    }
    guard let size = Int(exactly: status.st_size), size <= Self.largestFile else {
      throw LogError(
        .tooLarge, "\(path) has \(status.st_size) bytes, more than the \(Self.largestFile) that are read",
        remedy: "Split the log.")
    }
    count = size
    guard size > 0 else {
      base = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 8))
      isMapped = false
      return
    }
    guard let mapping = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), mapping != MAP_FAILED else {
      throw LogError(
        .system(errno: errno), "cannot read \(path): \(systemMessage(errno))",
        remedy: "Check the file system, or copy the file elsewhere.")
    }
    base = UnsafeRawPointer(mapping)
    isMapped = true
  }

  /// A copy of bytes in memory.
  public init(_ bytes: [UInt8]) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
    bytes.withUnsafeBytes {
      memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
    }
    base = UnsafeRawPointer(memory)
    count = bytes.count
    isMapped = false
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: base), count)
    } else {
      base.deallocate()
    }
  }

  /// A copy of the bytes in `range`, which is cut to the file.
  public func copy(_ range: Range<Int>) -> [UInt8] {
    let range = range.clamped(to: 0..<count)
    return [UInt8](UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// Lends the bytes in `range`, which is cut to the file.
  @inline(__always)
  func withBytes<Result, Failure: Error>(
    in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let range = range.clamped(to: 0..<count)
    return try body(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// The first place of `byte` in `range`, which is cut to the file.
  func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
    let range = range.clamped(to: 0..<count)
    guard let found = memchr(base + range.lowerBound, Int32(byte), range.count) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// The CRC-32 of the bytes in `range`, which is cut to the file.
  func crc32(of range: Range<Int>) -> UInt32 {
    withBytes(in: range) { checksum($0) }
  }
}

/// The operating system's words for an error number.
func systemMessage(_ number: Int32) -> String {
  String(cString: strerror(number))
}
