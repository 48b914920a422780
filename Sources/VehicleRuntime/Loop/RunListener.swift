/// Who is told how a run goes while it goes on.
public struct RunListener: Sendable {
  /// Takes a line in place of the one before, a few times a second; `nil` when nobody looks.
  public var progress: (@Sendable (String) -> Void)?
  /// Ends the line that is rewritten.
  public var endProgress: @Sendable () -> Void
  /// Takes something that is worth knowing, and no trouble.
  public var note: @Sendable (String) -> Void
  /// Takes something that is wrong, with which the run goes on.
  public var warning: @Sendable (String) -> Void

  /// A listener from its parts.
  public init(
    progress: (@Sendable (String) -> Void)? = nil, endProgress: @escaping @Sendable () -> Void = {},
    note: @escaping @Sendable (String) -> Void, warning: @escaping @Sendable (String) -> Void
  ) {
    (self.progress, self.endProgress, self.note, self.warning) = (progress, endProgress, note, warning)
  }

  /// Nobody listens.
  public static let none = RunListener(note: { _ in }, warning: { _ in })
}
