import Files

/// Parts of a file that could not be read, by their names: what refers to them is no mistake of its own, and gives no errors.
struct BrokenParts {
  /// Who would give signals their values: devices, blocks, sources of commands.
  private var owners: Set<String> = []
  private var buses: Set<String> = []
  /// Texts of what could not be read, among them the signals that it would have read.
  private var texts: Set<String> = []
  /// Whether any name may be one of theirs, because a whole section could not be read.
  private(set) var isAnything = false

  /// What rows that come with a device are called behind its name.
  private static let suffixes = ["freshness", "health", "step"]

  /// Notes a device, a block or a source of commands; `value` is what stands there.
  mutating func add(_ name: String, _ value: JSON5Value) {
    owners.insert(name)
    addTexts(of: value)
  }

  /// Notes that an owner is there in part: some of its signals may be missing.
  mutating func add(owner name: String) { owners.insert(name) }

  /// Notes a bus.
  mutating func add(bus name: String) { buses.insert(name) }

  /// Notes a section.
  mutating func addAnything() { isAnything = true }

  private mutating func addTexts(of value: JSON5Value) {
    switch value.content {
    case .string(let text): texts.insert(text)
    case .array(let elements): for element in elements { addTexts(of: element) }
    case .object(let members): for member in members { addTexts(of: member.value) }
    default: break
    }
  }

  /// Whether a device, a block or a source of that name could not be read.
  func hasOwner(_ name: String) -> Bool { isAnything || owners.contains(name) }

  /// Whether a bus of that name could not be read.
  func hasBus(_ name: String) -> Bool { isAnything || buses.contains(name) }

  /// Whether a signal of that name may be one of theirs.
  func mayWrite(_ signal: String) -> Bool {
    if isAnything { return true }
    let owner = String(signal.prefix { $0 != "." })
    if owners.contains(owner) { return true }
    guard let end = owner.lastIndex(of: "_") else { return false }
    let suffix = owner[owner.index(after: end)...]
    // The rows of a device, and its spares.
    guard Self.suffixes.contains(String(suffix)) || suffix.allSatisfy(\.isNumber) else { return false }
    return owners.contains(String(owner[..<end]))
  }

  /// Whether a text stands in one of them.
  func mention(_ text: String) -> Bool { isAnything || texts.contains(text) }

  /// Whether one of them may read a signal of that name.
  func mayRead(_ signal: String) -> Bool { mention(signal) || mention("previous.\(signal)") }
}
