/// A window in which lines are rewritten.
public struct LiveTableView: Sendable {
  /// Whether it shows colours.
  public var colours: Bool
  /// Makes of a file's text one that the window does not obey.
  public var plain: @Sendable (String) -> String
  /// How large it is now.
  public var size: @Sendable () -> (columns: Int, rows: Int)
  /// Takes lines in place of those before.
  public var show: @Sendable ([String]) -> Void

  /// A window from its parts.
  public init(
    colours: Bool, plain: @escaping @Sendable (String) -> String,
    size: @escaping @Sendable () -> (columns: Int, rows: Int),
    show: @escaping @Sendable ([String]) -> Void
  ) {
    (self.colours, self.plain, self.size, self.show) = (colours, plain, size, show)
  }
}

/// Who is told how a run goes while it goes on.
public struct RunListener: Sendable {
  /// Takes a line in place of the one before, a few times a second; `nil` when nobody looks.
  public var progress: (@Sendable (String) -> Void)?
  /// Takes lines in place of those before, some times a second, and says first for how many columns and rows; `nil` when nobody looks, or
  /// wants a line only.
  public var table: LiveTableView?
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
