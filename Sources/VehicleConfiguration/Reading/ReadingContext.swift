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
  /// What of it could not be read.
  var broken = BrokenParts()
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
  var sortedErrors: [ConfigurationError] { errors.inOrderOfLines }
}

extension [ConfigurationError] {
  /// By line, then in the order of finding: Swift's sort is not promised to be stable.
  var inOrderOfLines: [ConfigurationError] {
    enumerated()
      .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
      .map(\.element)
  }
}

extension JSON5Value {
  /// The line of what `path`, for example `actuators.motors[2].channel`, names below this value; of the last
  /// part of the path that exists. Keys may have dots.
  func line(ofPath path: String) -> Int {
    var value = self
    var line = position.line
    var rest = path.split(separator: ".")[...]
    while !rest.isEmpty {
      guard let members = value.members, let step = Self.step(rest, members) else { return line }
      (value, line) = (step.member.value, step.member.keyPosition.line)
      rest = rest.dropFirst(step.count)
      for index in step.indices {
        guard case .array(let elements) = value.content, elements.indices.contains(index) else { return line }
        value = elements[index]
        line = value.position.line
      }
    }
    return line
  }

  /// The member that the beginning of a path names, how many of its parts that takes, and which elements of lists are meant.
  private static func step(
    _ path: ArraySlice<Substring>, _ members: [JSON5Member]
  ) -> (member: JSON5Member, count: Int, indices: [Int])? {
    for count in 1...min(path.count, mostDots) {
      let pieces = path.prefix(count).joined(separator: ".").split(separator: "[")
      guard let name = pieces.first, let member = members.first(where: { $0.key == name }) else { continue }
      return (member, count, pieces.dropFirst().map { Int($0.dropLast()) ?? -1 })
    }
    return nil
  }

  /// Parts of a path that may be one key.
  private static var mostDots: Int { 4 }
}
