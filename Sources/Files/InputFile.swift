#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A regular file that is read in pieces, from any place, by any thread.
///
/// It is never mapped: a file that shrinks while it is read, and a page that the disk does not give, are errors.
public final class InputFile: Sendable {
  /// Where it is.
  public let path: String
  /// Bytes that it had when it was opened.
  public let count: Int
  /// Which file it is.
  public let identity: FileIdentity
  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Throws: `FileError` when it cannot be opened, or is no regular file. A FIFO or a device is not even opened: the one would
  ///   wait for a writer, the other might do something.
  public init(path: String) throws(FileError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(errno: errno, path, "open it") }
    try Self.check(status, path)
    // Without waiting, for a FIFO that took the file's place just now.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(errno: errno, path, "open it") }
    self.path = path
    var failure: FileError?
    if fstat(descriptor, &status) != 0 {
      failure = FileError(errno: errno, path, "read it")
    } else {
      do throws(FileError) { try Self.check(status, path) } catch { failure = error }
    }
    count = Int(clamping: Int64(status.st_size))
    identity = FileIdentity(status)
    if let failure { throw failure }
  }

  deinit { SystemCall.close(descriptor) }

  private static func check(_ status: stat, _ path: String) throws(FileError) {
    let type = FileType(status)
    guard type == .regular else {
      throw FileError(
        .notRegular, path, "is \(type.words), not a regular file",
        remedy: type == .pipe ? "write it to a file first, and name that" : "name a file")
    }
  }

  /// Fills `buffer` with the bytes from `offset` on, as far as the file goes, and says how many there are.
  ///
  /// - Throws: `FileError` when the system cannot give them.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    var done = 0
    while done < buffer.count, let start = buffer.baseAddress {
      let (place, isOver) = offset.addingReportingOverflow(done)
      if isOver { break }
      let found = SystemCall.read(descriptor, start + done, buffer.count - done, place)
      if found < 0 { throw FileError(errno: errno, path, "read it at byte \(place)") }
      if found == 0 { break }
      done += found
    }
    return done
  }

  /// Fills all of `buffer` from `offset` on.
  ///
  /// - Throws: `FileError` also when the file has become shorter than that.
  public func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    let found = try read(into: buffer, at: offset)
    guard found == buffer.count else { throw shrunk(offset + found) }
  }

  /// The error of a file that ended at `place`, and too early.
  private func shrunk(_ place: Int) -> FileError {
    var status = stat()
    let end = fstat(descriptor, &status) == 0 ? min(place, Int(status.st_size)) : place
    return FileError(
      .shrunk, path, "ends at byte \(end), but had \(count) bytes when it was opened",
      remedy: "something has cut it while it was read: use another copy, and try again")
  }

  /// The first bytes, at most `limit`.
  public func beginning(_ limit: Int) throws(FileError) -> [UInt8] { try bytes(from: 0, count: limit) }

  /// `count` bytes from `offset` on, or fewer where the file ends.
  public func bytes(from offset: Int, count: Int) throws(FileError) -> [UInt8] {
    try Self.array(count) { buffer throws(FileError) in try read(into: buffer, at: offset) }
  }

  /// All bytes.
  ///
  /// - Throws: `FileError` also when they are more than `limit`, or fewer than when it was opened.
  public func bytes(limit: Int) throws(FileError) -> [UInt8] {
    func tooLarge(_ count: Int) -> FileError {
      FileError(
        .tooLarge, path, "has \(count) bytes, more than the \(limit) that are read", remedy: "check the path")
    }
    guard count <= limit else { throw tooLarge(count) }
    // The kernel's own files have a size of 0 and bytes all the same.
    let room = count == 0 ? limit : count
    let bytes = try bytes(from: 0, count: room)
    guard bytes.count >= count else { throw shrunk(bytes.count) }
    return bytes
  }

  /// All bytes of the file at `path`, which is closed again.
  public static func bytes(path: String, limit: Int) throws(FileError) -> [UInt8] {
    try InputFile(path: path).bytes(limit: limit)
  }

  /// An array of the bytes that `fill` puts into room for `count`.
  private static func array(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(FileError) -> Int
  ) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, used in
      do throws(FileError) {
        used = try fill(UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
