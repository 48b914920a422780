/// Why a file could not be read or written: which, what is wrong, and what to do.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of trouble.
  public enum Cause: Equatable, Sendable {
    /// The operating system refused; by its error number.
    case system(errno: Int32)
    /// A folder, FIFO, device or socket where a regular file is needed.
    case notRegular
    /// More bytes than the reader's limit.
    case tooLarge
    /// A file of another kind than was wanted.
    case wrongKind
    /// The file became shorter while it was read.
    case shrunk
    /// There is a file at the place already, which may not be replaced.
    case exists
    /// The place is that of a file that the same command reads.
    case isInput
  }

  /// The kind of trouble.
  public var cause: Cause
  /// The file.
  public var path: String
  /// What is wrong, as a phrase that goes on from the path, without a full stop.
  public var what: String
  /// What to do about it, as a phrase without a full stop.
  public var remedy: String

  /// An error from its parts.
  public init(_ cause: Cause, _ path: String, _ what: String, remedy: String) {
    (self.cause, self.path, self.what, self.remedy) = (cause, path, what, remedy)
  }

  /// An error of the operating system, met while trying to `verb` the file.
  init(errno number: Int32, _ path: String, _ verb: String) {
    let remedy =
      switch number {
      case EACCES, EPERM: "check the permissions of the file and of the folders above it"
      case ENOENT, ENOTDIR: "check the path"
      case ENOSPC, EDQUOT: "make room on the disk"
      case EFBIG: "raise the limit of file sizes (ulimit -f), or write to another file system"
      case EROFS: "name a file on another disk, or make this one writable (mount -o remount,rw)"
      case EIO: "the disk or its connection has failed: see dmesg, and use another copy"
      case EPIPE: "whoever read it has gone: start the reader again"
      case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
      case ELOOP: "a symbolic link leads back to itself: name the file itself"
      case ENAMETOOLONG: "choose a shorter name"
      default: "check the path and its permissions"
      }
    self.init(
      .system(errno: number), path, "cannot \(verb): \(String(cString: strerror(number)))", remedy: remedy)
  }

  /// All of it in one line.
  public var description: String { "\(path): \(what); \(remedy)" }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
