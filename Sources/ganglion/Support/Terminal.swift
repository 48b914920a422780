import Foundation
import Synchronization

/// Results go to standard output, everything else to standard error. Whatever a text holds that came out of a file or a
/// device, no terminal obeys it (`PrintableText`).
enum Terminal {
  /// Whether standard error is a terminal, so that progress may be shown there.
  static let showsProgress = isatty(STDERR_FILENO) == 1

  /// Writes a line of result. A result that cannot be written is none: the command ends, with wrong use.
  static func printResult(_ text: String) {
    let number = StandardStreams.write(printable(text) + "\n", to: STDOUT_FILENO)
    guard number != 0 else { return }
    printError("cannot write the result to standard output: \(String(cString: strerror(number)))")
    exit(ExitStatus.wrongUse.rawValue)
  }

  /// Writes a line about trouble that ends the command.
  static func printError(_ text: String) {
    let lines = printable(text).split(separator: "\n", omittingEmptySubsequences: false).map(shortened)
    writeToStandardError("ganglion: " + lines.joined(separator: "\n") + "\n")
  }

  /// Writes a line about trouble with which the command goes on. It stands in a result as JSON, too; `isUrgent` for what
  /// must be seen at once even so.
  static func printWarning(_ text: String, isUrgent: Bool = false) {
    let session = CommandSession.current
    session?.add(text)
    if isUrgent || session?.isJSON != true { printError(text) }
  }

  /// Writes a line that is worth knowing but no trouble; in a result as JSON it is one of the `notes` instead.
  static func printNote(_ text: String) {
    let session = CommandSession.current
    session?.add(text)
    if session?.isJSON != true { writeToStandardError(printable(text) + "\n") }
  }

  /// Longest line about trouble, in characters: a file may hold names of any length.
  static let longestLine = 1200

  /// A line without its middle when it is too long: the place stands in front, the remedy at the end.
  static func shortened(_ line: Substring) -> String {
    // Bytes first: counting the characters of a long text takes its time.
    guard line.utf8.count > longestLine, line.count > longestLine else { return String(line) }
    return line.prefix(longestLine * 2 / 3) + " … " + line.suffix(longestLine / 3)
  }

  /// A text that a terminal shows as it is and obeys in nothing.
  static func printable(_ text: String) -> String { PrintableText.shown(text) }

  /// Rewrites the live line, when there is a terminal to show it: no more than fits, since what runs over the edge stays.
  static func showProgress(_ text: String) {
    guard showsProgress else { return }
    writeToStandardError(progressLine(text, width: width))
  }

  /// The bytes that rewrite the live line of a terminal with so many columns.
  static func progressLine(_ text: String, width: Int) -> String {
    "\r\u{1B}[K" + PrintableText.inline(text).prefix(max(width - 1, 20))
  }

  /// Whether colours are wanted: a terminal that has them, and nobody who says NO_COLOR (no-color.org).
  static var showsColours: Bool {
    let name = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    let isRefused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    return showsProgress && name != "dumb" && !isRefused
  }

  /// Columns and rows of the terminal at standard error; 80 and 24 when it does not say.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  private static var width: Int { size.columns }

  /// Lines of the table that stands in the window.
  private static let tableHeight = Atomic<Int>(0)

  /// Rewrites the live table.
  static func showTable(_ lines: [String]) {
    guard showsProgress else { return }
    writeToStandardError(tableText(lines, over: tableHeight.exchange(lines.count, ordering: .relaxed)))
  }

  /// The bytes that put lines in the place of so many that stand there.
  static func tableText(_ lines: [String], over height: Int) -> String {
    let back = height > 0 ? "\r\u{1B}[\(height)A" : "\r"
    return back + "\u{1B}[J" + lines.map { $0 + "\n" }.joined()
  }

  /// Ends the live line, or leaves the table as it is now.
  static func endProgress() {
    guard showsProgress else { return }
    if tableHeight.exchange(0, ordering: .relaxed) > 0 { return }
    writeToStandardError("\r\u{1B}[K")
  }

  private static func writeToStandardError(_ text: String) {
    // When that fails there is nobody left to tell; the exit status still does.
    _ = StandardStreams.write(text, to: STDERR_FILENO)
  }

  /// A result as one line of JSON with sorted keys, and with what the command noted. Numbers that JSON does not have are
  /// null.
  static func json(_ object: [String: Any]) -> String {
    var object = object
    let notes = CommandSession.current?.notes ?? []
    if !notes.isEmpty {
      let known = object["notes"] as? [String] ?? []
      object["notes"] = known + notes.filter { !known.contains($0) }
    }
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    let value = finite(object)
    guard JSONSerialization.isValidJSONObject(value) else {
      return unwritable("it has a value that JSON has not")
    }
    do {
      let data = try JSONSerialization.data(withJSONObject: value, options: options)
      return PrintableText.escaped(json: String(decoding: data, as: UTF8.self))
    } catch {
      return unwritable(describe(error))
    }
  }

  private static func unwritable(_ cause: String) -> String {
    #"{"error": {"cause": "the result cannot be written as JSON: \#(cause)"}}"#
  }

  /// `value` with null in place of infinities and of what is not a number.
  private static func finite(_ value: Any) -> Any {
    switch value {
    case let number as Double: number.isFinite ? number : NSNull()
    case let number as Float: number.isFinite ? number : NSNull()
    case let list as [Any]: list.map(finite)
    case let object as [String: Any]: object.mapValues(finite)
    default: value
    }
  }
}
