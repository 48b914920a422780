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
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      printError("cannot write the result to standard output: \(describe(error))")
      exit(ExitStatus.wrongUse.rawValue)
    }
  }

  /// Writes a line about trouble.
  static func printError(_ text: String) {
    writeToStandardError("ganglion: " + text + "\n")
  }

  /// Rewrites the live line, when there is a terminal to show it.
  static func showProgress(_ text: String) {
    guard showsProgress else { return }
    writeToStandardError("\r\u{1B}[K" + text)
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
