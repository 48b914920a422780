/// A command line that cannot be understood; the caller prints it with the command's help and exits with 2.
struct UsageError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The arguments of one command: `--name value` or `--name=value` options, `--name` flags, and the rest.
struct Arguments {
  private(set) var positional: [String] = []
  private var options: [String: String] = [:]
  private var flags: Set<String> = []

  /// Sorts `arguments` by the names (without dashes) that the command knows; every command knows `help`.
  init(_ arguments: [String], options known: [String] = [], flags knownFlags: [String] = [])
    throws(UsageError)
  {
    let knownFlags = knownFlags + ["help"]
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("-"), argument != "-" else {
        positional.append(argument)
        continue
      }
      if argument == "--" {
        positional.append(contentsOf: rest)
        return
      }
      let parts = argument.drop { $0 == "-" }.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = argument == "-h" ? "help" : String(parts.first ?? "")
      if knownFlags.contains(name) {
        guard parts.count == 1 else { throw UsageError("--\(name) takes no value") }
        flags.insert(name)
      } else if known.contains(name) {
        guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
          throw UsageError("--\(name) needs a value")
        }
        guard options[name] == nil else { throw UsageError("--\(name) is given twice") }
        options[name] = value
      } else {
        throw UsageError("unknown option \(argument)\(Self.suggestion(for: name, among: known + knownFlags))")
      }
    }
  }

  /// Whether a flag is given.
  func has(_ flag: String) -> Bool { flags.contains(flag) }

  /// The value of an option, if given.
  func value(_ option: String) -> String? { options[option] }

  /// The value of an option as a whole number of at least `minimum`, if given.
  func integer(_ option: String, atLeast minimum: Int) throws(UsageError) -> Int? {
    guard let text = options[option] else { return nil }
    guard let number = Int(text), number >= minimum else {
      throw UsageError("--\(option) takes a whole number of at least \(minimum), not '\(text)'")
    }
    return number
  }

  /// The positional arguments, which must be as many as `names`.
  func exactly(_ names: String...) throws(UsageError) -> [String] {
    guard positional.count == names.count else {
      let expected = names.isEmpty ? "no argument" : names.joined(separator: " ")
      throw UsageError("expected \(expected), found \(positional.count) argument(s)")
    }
    return positional
  }

  private static func suggestion(for name: String, among known: [String]) -> String {
    let nearest = known.map { ($0, editDistance(name, $0)) }.min { $0.1 < $1.1 }
    guard let nearest, nearest.1 <= 3 else { return "" }
    return "; did you mean --\(nearest.0)?"
  }

  /// The least number of single-character insertions, deletions and replacements between two words.
  static func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
