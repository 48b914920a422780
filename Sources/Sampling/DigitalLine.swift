/// The electrical level at which a line is active.
public enum ActiveLevel: String, CaseIterable, Sendable {
  case high, low
}

/// A digital output.
public struct DigitalLine: Sendable, Equatable {
  /// The GPIO chip's label; `nil` when the line's name alone says which it is.
  public var chip: String?
  /// The line's name, or its number on the chip.
  public var line: String
  /// The level at which it is active.
  public var active: ActiveLevel

  /// A line from its parts.
  public init(chip: String?, line: String, active: ActiveLevel) {
    (self.chip, self.line, self.active) = (chip, line, active)
  }
}
