/// Why a log could not be read or written: what happened, where in the file, and what to do.
public struct LogError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of trouble.
  public enum Cause: Equatable, Sendable {
    /// The operating system refused; by its error number.
    case system(errno: Int32)
    /// The file is not of the expected format at all.
    case notALog
    /// The file ends in the middle of something.
    case truncated
    /// A checksum does not fit its bytes.
    case checksum
    /// The bytes contradict the format.
    case malformed
    /// Legal, but not something this reader does.
    case unsupported
    /// Something that the request needs is not in the file.
    case missing
    /// More than the reader's limit.
    case tooLarge
    /// The place of the new file is taken, or is that of an input.
    case refused
  }

  /// The kind of trouble.
  public var cause: Cause
  /// Byte in the file at which it was met; `nil` when it concerns the file as a whole.
  public var offset: Int?
  /// What happened, in one sentence without a full stop.
  public var what: String
  /// What to do about it.
  public var remedy: String

  /// An error from its parts.
  public init(_ cause: Cause, at offset: Int? = nil, _ what: String, remedy: String) {
    (self.cause, self.offset, self.what, self.remedy) = (cause, offset, what, remedy)
  }

  /// All of it in one line.
  public var description: String {
    let place = offset.map { "at byte \($0): " } ?? ""
    return "\(place)\(what). \(remedy)"
  }
}

extension LogError {
  /// What helps against most damage to an MCAP file.
  static let recoverRemedy = "Run `ganglion log recover` to rewrite what is whole into a new file."
}
