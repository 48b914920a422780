import Signals

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
        // `--log --json` would otherwise write a log with the name --json.
        guard parts.count == 2 || !value.hasPrefix("--") else {
          throw UsageError(
            "--\(name) needs a value, and \(value) is an option; for such a value write --\(name)=\(value)")
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

  /// The value of an option as a whole number from `minimum` to `maximum`, if given.
  func integer(_ option: String, atLeast minimum: Int, atMost maximum: Int = .max) throws(UsageError) -> Int?
  {
    guard let text = options[option] else { return nil }
    guard let number = Int(text), number >= minimum, number <= maximum else {
      let range = maximum == .max ? "of at least \(minimum)" : "from \(minimum) to \(maximum)"
      throw UsageError("--\(option) takes a whole number \(range), not '\(text)'")
    }
    return number
  }

  /// The value of an option as a share from 0 to 1, if given: `0.95` or `95%`.
  func share(_ option: String) throws(UsageError) -> Double? {
    guard let text = options[option] else { return nil }
    let isPercent = text.hasSuffix("%")
    let digits = isPercent ? text.dropLast() : text[...]
    // Plain decimals only: `Double` would also take "nan" and "0x1p3".
    guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits),
      number <= (isPercent ? 100 : 1)
    else { throw UsageError("--\(option) takes a share from 0 to 1, such as 0.95 or 95%, not '\(text)'") }
    return isPercent ? number / 100 : number
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
    nearestName(to: name, among: known).map { "; did you mean --\($0)?" } ?? ""
  }
}
