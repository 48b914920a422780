import Files

/// What is known while one configuration is read, and what was found wrong with it.
final class ReadingContext {
  /// The file.
  let root: JSON5Value
  /// What the command line puts in place of the file's words.
  let overrides: ConfigurationOverrides
  /// The kind of vehicle that the file says it is about, which decides what the sections may hold.
  let vehicle: VehicleKind
  /// The folder that relative paths start from; `nil` for a text without a file, whose files are not read.
  var directory: String?
  /// The configuration's file, for messages.
  var file: String?
  /// The calibration that a log carries.
  var loggedCalibration: String?
  private var errors: [ConfigurationError] = []
  private var hintsLeft = 32

  init(root: JSON5Value, overrides: ConfigurationOverrides) {
    (self.root, self.overrides) = (root, overrides)
    vehicle = Configuration.kind(of: root)
  }

  /// Length of the list `key` in the section `section` of the file; `nil` when there is none.
  func elementCount(_ section: String, _ key: String) -> Int? {
    guard let members = root.members?.first(where: { $0.key == section })?.value.members,
      case .array(let elements)? = members.first(where: { $0.key == key })?.value.content
    else { return nil }
    return elements.count
  }

  /// Notes an error at `path`, in `line` or else where the file has that path, or the nearest part of it.
  func complain(_ path: String, _ message: String, line: Int? = nil) {
    errors.append(
      ConfigurationError(path: path, line: line ?? root.line(ofPath: path), message: message))
  }

  /// "; did you mean …?" for a name that none of many has; nothing after a number of them, so that a hostile file does not cost
  /// minutes.
  func hint(_ word: String, among names: [String]) -> String {
    guard hintsLeft > 0 else { return "" }
    hintsLeft -= 1
    return VehicleConfiguration.hint(word, among: names)
  }

  /// The errors in the order of the file.
  var sortedErrors: [ConfigurationError] {
    // By line, then in the order of finding: Swift's sort is not promised to be stable.
    errors.enumerated()
      .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
      .map(\.element)
  }
}

extension JSON5Value {
  /// The line of what `path`, for example `actuators.motors[2].channel`, names below this value; of the last
  /// part of the path that exists.
  func line(ofPath path: String) -> Int {
    var value = self
    var line = position.line
    for part in path.split(separator: ".") {
      let pieces = part.split(separator: "[")
      guard let name = pieces.first, case .object(let members) = value.content,
        let member = members.first(where: { $0.key == name })
      else { return line }
      (value, line) = (member.value, member.keyPosition.line)
      for piece in pieces.dropFirst() {
        guard case .array(let elements) = value.content, let index = Int(piece.dropLast()),
          elements.indices.contains(index)
        else { return line }
        value = elements[index]
        line = value.position.line
      }
    }
    return line
  }
}
