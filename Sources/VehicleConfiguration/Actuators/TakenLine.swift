/// A line that something else has already, for example the kill switch.
public struct TakenLine: Sendable {
  /// Its key in the configuration.
  public var path: String
  /// The GPIO chip's label, if it says one, and the line.
  public var chip: String?, line: String

  /// A line from its parts.
  public init(path: String, chip: String?, line: String) {
    (self.path, self.chip, self.line) = (path, chip, line)
  }

  /// Whether both may be one: a name without a chip may be on any.
  func isOne(with other: TakenLine) -> Bool {
    line == other.line && (chip == other.chip || chip == nil || other.chip == nil)
  }

  /// The chip, if it says one, and the line, for messages.
  var text: String { [chip, line].compactMap(\.self).joined(separator: " ") }
}
