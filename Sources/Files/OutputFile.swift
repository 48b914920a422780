#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that comes into its place whole or not at all.
///
/// What is written goes into a file beside it, which takes its place with `commit`; without that call, as after an error,
/// the place stays as it was and nothing is left. On Linux that file has no name until then, where the file system has such
/// files: nothing is left by a process that is killed either. A log that grows is different: see `Placement`. A FIFO or a
/// character device, such as `/dev/stdout`, is written to as it is: there is nothing to be lost.
public final class OutputFile {
  /// When the file stands under its name.
  public enum Placement: Sendable {
    /// When it is complete.
    case whole
    /// From the start where nothing stands, so that a power cut leaves what was written; in the place of an older file
    /// when it is complete.
    case growing
    /// From the start, also in the place of an older file: for a log of a flight, which is worth more than the old one.
    case live
  }

  /// The place, as the caller names it.
  public let path: String
  /// The place itself, with links followed.
  private let target: String
  /// What is written beside it; `nil` where nothing is.
  private let temporary: String?
  /// Whether `temporary` is the name of it yet.
  private var isNamed = true
  private let replacing: Bool
  private var descriptor: Int32
  private var isFinished = false
  /// Whether nothing stood where the file is now.
  private var tookEmptyPlace = false

  /// Begins a file for `path`.
  ///
  /// - Parameters:
  ///   - replacing: Whether a file that is there may be replaced.
  ///   - inputs: Paths of what the same command reads, which are never replaced.
  ///   - placement: When it stands there.
  /// - Throws: `FileError` when a file is there that may not be replaced, or none can be made.
  public init(
    path: String, replacing: Bool = false, inputs: [String] = [], placement: Placement = .whole
  ) throws(FileError) {
    (self.path, self.replacing) = (path, replacing)
    let place = try Self.place(path, replacing: replacing, inputs: inputs)
    target = place.target
    guard !place.isStream else {
      temporary = nil
      descriptor = try Self.openStream(path)
      return
    }
    if placement != .whole, place.mode == nil {
      temporary = nil
      descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else {
        throw errno == EEXIST ? Self.exists(path) : FileError(errno: errno, path, "create it")
      }
      return
    }
    let name = "\(Self.folder(target)).ganglion-\(Self.randomName()).tmp"
    // Who may read the old one may read the new one.
    let mode = place.mode.map { $0 & 0o777 } ?? 0o644
    descriptor = placement == .live ? -1 : Self.openUnnamed(in: Self.folder(target), mode)
    if descriptor >= 0 {
      isNamed = false
    } else {
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    }
    temporary = placement == .live ? nil : name
    guard descriptor >= 0 else {
      throw FileError(errno: errno, path, "create a file in the folder \(Self.folder(target))")
    }
    // The umask has not been asked for those; where they cannot be set the file stays as it is made.
    if place.mode != nil { fchmod(descriptor, mode) }
    if placement == .live, rename(name, target) != 0 {
      let error = FileError(errno: errno, path, "put it in its place")
      unlink(name)
      throw error
    }
  }

  deinit { discard() }

  /// Takes the next bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while let start = bytes.baseAddress, done < bytes.count {
      let written = SystemCall.write(descriptor, start + done, bytes.count - done)
      if written < 0, errno == EAGAIN {
        try waitForReader()
        continue
      }
      // 0 is never right for a regular file, and would be asked for ever.
      guard written > 0 else { throw FileError(errno: written < 0 ? errno : EIO, path, "write it") }
      done += written
    }
  }

  /// Waits until a FIFO has room, and not for ever.
  private func waitForReader() throws(FileError) {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, Self.longestWait) != 0 else {
      throw FileError(
        .system(errno: EAGAIN), path, "is a FIFO whose reader takes nothing any more",
        remedy: "look at what the reader does, or write to a file")
    }
  }

  /// How long in ms nobody need take anything out of a FIFO.
  private static let longestWait: Int32 = 5000

  /// Brings to the disk what was written so far.
  public func synchronize() throws(FileError) {
    // EINVAL: a pipe or the like, which cannot be synced and need not be.
    if fdatasync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP {
      throw FileError(errno: errno, path, "sync it")
    }
    #if os(Linux)
      // A kernel that was told to turn all disks read-only takes writes and syncs on without a word, and forgets them.
      var state = statvfs()
      if fstatvfs(descriptor, &state) == 0, UInt(state.f_flag) & UInt(ST_RDONLY) != 0 {
        throw FileError(
          .system(errno: EROFS), path, "cannot sync it: \(String(cString: strerror(EROFS)))",
          remedy: "the disk has turned read-only, as it does after an error: see dmesg")
      }
    #endif
  }

  /// Takes the next bytes.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    var failure: FileError?
    bytes.withUnsafeBytes { bytes in
      do throws(FileError) { try write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Brings what was written to the disk, and puts it in its place. Nothing can be written afterwards.
  public func commit() throws(FileError) {
    try finishWriting()
    try takePlace()
  }

  /// Puts several files in their places, when all of them are on the disk. When one cannot take its place, those that took an
  /// empty one before it are removed again.
  public static func commit(_ files: [OutputFile]) throws(FileError) {
    for (index, file) in files.enumerated() {
      if let other = files[..<index].first(where: { $0.target == file.target }) {
        throw FileError(
          .exists, file.path, "leads to the same place as \(other.path)",
          remedy: "name another file, or remove the link")
      }
    }
    for file in files { try file.finishWriting() }
    for (index, file) in files.enumerated() {
      do throws(FileError) {
        try file.takePlace()
      } catch {
        for earlier in files[..<index] where earlier.tookEmptyPlace { unlink(earlier.target) }
        throw error
      }
    }
  }

  private func finishWriting() throws(FileError) {
    guard descriptor >= 0, !isFinished else { return }
    isFinished = true
    try synchronize()
  }

  private func takePlace() throws(FileError) {
    guard descriptor >= 0 else { return }
    if let temporary, !isNamed {
      guard linkat(AT_FDCWD, Self.handle(descriptor), AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 else {
        throw FileError(errno: errno, path, "put it in its place")
      }
      isNamed = true
    }
    let result = SystemCall.close(descriptor)
    descriptor = -1
    guard let temporary else {
      if result != 0 { throw FileError(errno: errno, path, "write it") }
      return SystemCall.synchronizeFolder(of: target)
    }
    do throws(FileError) {
      if result != 0 { throw FileError(errno: errno, path, "write it") }
      try place(temporary)
    } catch {
      unlink(temporary)
      throw error
    }
    SystemCall.synchronizeFolder(of: target)
  }

  /// Gives up: the place stays as it was; what grew there stays, too.
  public func discard() {
    guard descriptor >= 0 else { return }
    SystemCall.close(descriptor)
    descriptor = -1
    if let temporary, isNamed { unlink(temporary) }
  }

  private func place(_ temporary: String) throws(FileError) {
    if !replacing {
      // A link is made only where nothing is, also when it came there after we looked.
      if link(temporary, target) == 0 {
        unlink(temporary)
        tookEmptyPlace = true
        return
      }
      if errno == EEXIST { throw Self.exists(path) }
      // A file system without links: look, and rename.
      var status = stat()
      if lstat(target, &status) == 0 { throw Self.exists(path) }
    }
    guard rename(temporary, target) == 0 else { throw FileError(errno: errno, path, "put it in its place") }
  }

  /// Writes `bytes` as the file at `path`, whole or not at all.
  public static func write(
    _ bytes: [UInt8], path: String, replacing: Bool = false, inputs: [String] = []
  ) throws(FileError) {
    let file = try OutputFile(path: path, replacing: replacing, inputs: inputs)
    try file.write(bytes)
    try file.commit()
  }

  /// Throws when `path` cannot be written for what stands there, and makes nothing: to be asked before long work.
  public static func check(path: String, replacing: Bool = false, inputs: [String] = []) throws(FileError) {
    _ = try place(path, replacing: replacing, inputs: inputs)
  }

  /// What stands at `path`: the place with links followed, whether it takes a stream, and the permissions of the file there.
  private static func place(
    _ path: String, replacing: Bool, inputs: [String]
  ) throws(FileError) -> (target: String, isStream: Bool, mode: mode_t?) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw FileError(errno: errno, path, "look at it") }
      // A link to nothing is a file of somebody's, too.
      if lstat(path, &status) == 0, !replacing { throw exists(path) }
      guard access(folder(path), W_OK | X_OK) == 0 else {
        throw FileError(errno: errno, path, "create it in the folder \(folder(path))")
      }
      return (path, false, nil)
    }
    let identity = FileIdentity(status)
    if inputs.contains(where: { FileIdentity(path: $0) == identity }) {
      throw FileError(
        .isInput, path, "is a file that this command reads, which is never replaced",
        remedy: "name another file")
    }
    switch FileType(status) {
    case .pipe: return (path, true, nil)
    case .device where status.st_mode & S_IFMT == S_IFCHR: return (path, true, nil)
    case .regular: break
    case let type:
      throw FileError(.notRegular, path, "is \(type.words), not a file to be written", remedy: "name a file")
    }
    guard replacing else { throw exists(path) }
    guard let resolved = realpath(path, nil) else { throw FileError(errno: errno, path, "look at it") }
    defer { free(resolved) }
    return (String(cString: resolved), false, status.st_mode)
  }

  private static func exists(_ path: String) -> FileError {
    FileError(.exists, path, "is there already", remedy: "name another file, or say --replace")
  }

  /// Opens a FIFO or character device; waits a moment for a FIFO's reader, and not for ever.
  private static func openStream(_ path: String) throws(FileError) -> Int32 {
    for _ in 0..<50 {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      if descriptor >= 0 {
        return descriptor
      }
      guard errno == ENXIO else { throw FileError(errno: errno, path, "open it") }
      usleep(100_000)
    }
    throw FileError(
      .system(errno: ENXIO), path, "is a FIFO that nobody reads",
      remedy: "start its reader first, or name a file")
  }

  /// Opens a file without a name in a folder, which is gone with its descriptor unless it is given one; −1 where there is no
  /// such thing.
  private static func openUnnamed(in folder: String, _ mode: mode_t) -> Int32 {
    #if os(Linux)
      // O_TMPFILE, whose definition Swift cannot read: the same on all processors but for O_DIRECTORY.
      let descriptor = open(folder, O_WRONLY | O_CLOEXEC | 0o20000000 | O_DIRECTORY, mode)
      // Without /proc it could never be given a name.
      if descriptor >= 0, access(handle(descriptor), F_OK) != 0 {
        SystemCall.close(descriptor)
        return -1
      }
      return descriptor
    #else
      return -1
    #endif
  }

  /// Where a process finds its own open file.
  private static func handle(_ descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  private static func folder(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }

  /// Letters that nobody can foresee.
  private static func randomName() -> String {
    var random = SystemRandomNumberGenerator()
    let number: UInt64 = random.next()
    return String(number, radix: 36)
  }
}
