/// The structs that a ULog file declares. Nothing is expanded: a field is looked up by its path, so a hostile
/// file cannot make a few bytes of nested arrays into many fields.
struct ULogFormats: Sendable {
  struct Member: Equatable, Sendable {
    var name: String
    var type: String
    /// Elements of an array; `nil` for a single value.
    var count: Int?
  }

  struct Struct: Sendable {
    var members: [Member]
    /// Bytes, once they were asked for.
    var size: Int?
  }

  /// No message is larger, so no struct need be.
  static let largestSize = 65_535
  static let deepestNesting = 8

  /// Members that may be walked through for the sizes of structs: hundreds of times what PX4 declares.
  static let largestWork = 20_000_000

  private var structs: [String: Struct] = [:]
  /// Structs without a size, as long as nothing more is declared.
  private var impossible: Set<String> = []
  private var work = 0

  /// What became of a declaration.
  enum Declaration {
    case taken, unreadable
    /// Taken, but with two fields of one name.
    case fieldTwice
    /// The struct is known, and is another.
    case contradiction
  }

  /// Whether a struct of that name is declared.
  func knows(_ name: String) -> Bool { structs[name] != nil }

  /// Takes in the text of an F message, `name:type field;type[n] field;`.
  mutating func add(_ text: String) -> Declaration {
    guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else { return .unreadable }
    var members: [Member] = []
    for part in text[text.index(after: colon)...].split(separator: ";") {
      let words = part.split(separator: " ")
      guard words.count == 2, let member = Self.member(words[0], words[1]) else { return .unreadable }
      members.append(member)
    }
    guard !members.isEmpty else { return .unreadable }
    // The first declaration counts: a damaged repetition must not change the data before it.
    let name = String(text[..<colon])
    if let known = structs[name] { return known.members == members ? .taken : .contradiction }
    structs[name] = Struct(members: members)
    impossible.removeAll()
    return Set(members.map(\.name)).count == members.count ? .taken : .fieldTwice
  }

  private static func member(_ type: Substring, _ name: Substring) -> Member? {
    guard let open = type.firstIndex(of: "[") else {
      return Member(name: String(name), type: String(type), count: nil)
    }
    // An array of nothing takes no place.
    guard type.hasSuffix("]"), let count = Int(type[type.index(after: open)...].dropLast()), count >= 0,
      count <= largestSize
    else { return nil }
    return Member(name: String(name), type: String(type[..<open]), count: count)
  }

  /// Bytes that a message of this struct has at least and at most: padding at the end may be left out.
  ///
  /// `nil` for a struct that is unknown, stands on itself, or is larger than any message.
  mutating func sizes(of name: String) -> (stored: Int, full: Int)? {
    guard let declaration = structs[name], !impossible.contains(name) else { return nil }
    guard let full = learnSize(of: name, depth: 0) else {
      impossible.insert(name)
      return nil
    }
    var stored = full
    for member in declaration.members.reversed() {
      guard member.name.hasPrefix("_padding"), let size = size(of: member) else { break }
      stored -= size
    }
    return (stored, full)
  }

  /// The size of a type. A struct keeps its size, so that a hostile nest of structs is walked through once.
  private mutating func learnSize(of name: String, depth: Int) -> Int? {
    if let known = size(of: name) { return known }
    guard depth < Self.deepestNesting, let declaration = structs[name] else { return nil }
    var total = 0
    for member in declaration.members {
      work += 1
      guard work <= Self.largestWork else { return nil }
      guard let size = learnSize(of: member.type, depth: depth + 1) else { return nil }
      total += size * (member.count ?? 1)
      guard total <= Self.largestSize else { return nil }
    }
    structs[name]?.size = total
    return total
  }

  /// The size of a number, or of a struct whose size is known.
  private func size(of type: String) -> Int? {
    ULogType(rawValue: type)?.size ?? structs[type]?.size
  }

  private func size(of member: Member) -> Int? {
    size(of: member.type).map { $0 * (member.count ?? 1) }
  }

  /// The value at `path`, such as `q[0]` or `esc[2].voltage`, in the struct `name`.
  func field(_ path: String, of name: String) -> ULogField? {
    var type = name
    var offset = 0
    for (depth, part) in path.split(separator: ".", omittingEmptySubsequences: false).enumerated() {
      guard depth < Self.deepestNesting, let declaration = structs[type],
        let step = self.step(part, in: declaration)
      else { return nil }
      offset += step.offset
      type = step.type
    }
    return ULogType(rawValue: type).map { ULogField(type: $0, offset: offset) }
  }

  private func step(_ part: Substring, in declaration: Struct) -> (type: String, offset: Int)? {
    var name = part
    var index: Int?
    if part.hasSuffix("]"), let open = part.firstIndex(of: "[") {
      guard let number = Int(part[part.index(after: open)...].dropLast()), number >= 0 else { return nil }
      name = part[..<open]
      index = number
    }
    var offset = 0
    for member in declaration.members {
      if member.name == name {
        // An index if, and only if, there is an array, and inside of it.
        guard (index == nil) == (member.count == nil), (index ?? 0) < (member.count ?? 1),
          let size = size(of: member.type)
        else { return nil }
        return (member.type, offset + size * (index ?? 0))
      }
      guard let size = size(of: member) else { return nil }
      offset += size
    }
    return nil
  }

  /// The paths of all values in the struct `name`, in order, without padding; at most `limit` of them.
  func paths(of name: String, limit: Int = 4096) -> [String] {
    var paths: [String] = []
    collect(name, prefix: "", limit, 0, &paths)
    return paths
  }

  private func collect(_ name: String, prefix: String, _ limit: Int, _ depth: Int, _ paths: inout [String]) {
    guard depth < Self.deepestNesting, let declaration = structs[name] else { return }
    for member in declaration.members where !member.name.hasPrefix("_padding") {
      for index in 0..<(member.count ?? 1) {
        guard paths.count < limit else { return }
        let path = prefix + member.name + (member.count == nil ? "" : "[\(index)]")
        if ULogType(rawValue: member.type) != nil {
          paths.append(path)
        } else {
          collect(member.type, prefix: path + ".", limit, depth + 1, &paths)
        }
      }
    }
  }
}
