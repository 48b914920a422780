#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Why the machine does not give what is needed: what happened, and what to do.
public struct LinuxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What happened, in one sentence without a full stop.
  public var what: String
  /// What to do about it.
  public var remedy: String
  /// The operating system's error number; 0 when it was not the operating system that refused.
  public var errno: Int32

  /// An error from its parts.
  public init(_ what: String, remedy: String, errno: Int32 = 0) {
    (self.what, self.remedy, self.errno) = (what, remedy, errno)
  }

  /// All of it in one line.
  public var description: String { "\(what). \(remedy)" }
}

/// An error number in words.
func errorText(_ number: Int32) -> String {
  guard let text = strerror(number) else { return "error \(number)" }
  return String(cString: text)
}
