import Foundation

/// How a command ended, as the shell sees it.
enum ExitStatus: Int32 {
  /// All is well.
  case success = 0
  /// The result says no: a replay that differs, a configuration that is wrong.
  case resultSaysNo = 1
  /// Wrong use, or a file that cannot be read.
  case wrongUse = 2
}

/// Results go to standard output, everything else to standard error.
enum Terminal {
  /// Whether standard error is a terminal, so that progress may be shown there.
  static let showsProgress = isatty(STDERR_FILENO) == 1

  /// Writes a line of result. A result that cannot be written is none: the command ends, with wrong use.
  static func printResult(_ text: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((printable(text) + "\n").utf8))
    } catch {
      printError("cannot write the result to standard output: \(describe(error))")
      exit(ExitStatus.wrongUse.rawValue)
    }
  }

  /// Writes a line about trouble.
  static func printError(_ text: String) {
    let lines = printable(text).split(separator: "\n", omittingEmptySubsequences: false).map(shortened)
    writeToStandardError("ganglion: " + lines.joined(separator: "\n") + "\n")
  }

  /// Writes a line that is worth knowing but no trouble.
  static func printNote(_ text: String) { writeToStandardError(printable(text) + "\n") }

  /// Longest line about trouble, in characters: a file may hold names of any length.
  static let longestLine = 1200

  /// A line without its middle when it is too long: the place stands in front, the remedy at the end.
  static func shortened(_ line: Substring) -> String {
    // Bytes first: counting the characters of a long text takes its time.
    guard line.utf8.count > longestLine, line.count > longestLine else { return String(line) }
    return line.prefix(longestLine * 2 / 3) + " … " + line.suffix(longestLine / 3)
  }

  /// A text whose control characters a terminal will not obey: names and notes in a file may hold any.
  static func printable(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      scalar != "\n" && scalar.properties.generalCategory == .control
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text.unicodeScalars.lazy.map { isControl($0) ? "\u{FFFD}" : $0 })
    return String(result)
  }

  /// Rewrites the live line, when there is a terminal to show it: no more than fits, since what runs over the edge stays.
  static func showProgress(_ text: String) {
    guard showsProgress else { return }
    writeToStandardError("\r\u{1B}[K" + text.prefix(max(width - 1, 20)))
  }

  /// Columns of the terminal at standard error; 80 when it does not say.
  private static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Ends the live line.
  static func endProgress() {
    guard showsProgress else { return }
    writeToStandardError("\r\u{1B}[K")
  }

  private static func writeToStandardError(_ text: String) {
    do {
      try FileHandle.standardError.write(contentsOf: Data(text.utf8))
    } catch {
      // There is nobody left to tell; the exit status still does.
    }
  }

  /// An object as one line of JSON with sorted keys.
  static func json(_ object: [String: Any]) -> String {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard JSONSerialization.isValidJSONObject(object),
      let data = try? JSONSerialization.data(withJSONObject: object, options: options)
    else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
