import Files

/// Moves a file of format 1 to format 2: by positions in the text, so that comments and layout stay.
enum Migration {
  /// The text of the file in format 2; the same when it is in that format already. Throws what is wrong with the file.
  static func migrated(_ text: String) throws(ConfigurationErrors) -> String {
    let value = try JSON5Value(readingFile: text)
    guard FileFormat(value) == .first else { return text }
    let before = try Configuration.load(text: text, directory: nil)
    guard let members = value.members, let first = members.first else { return text }
    var scalars = Array(text.unicodeScalars)
    let kind = members.first { $0.key == "vehicle" }
    var written = "format: 2"
    if let old = members.first(where: { $0.key == FileFormat.key.name }) {
      guard let place = offset(of: old.value.position, in: scalars) else { throw failure(old.value.position) }
      let end = scalars[place...].firstIndex { !("0"..."9").contains($0) && $0 != "." } ?? scalars.count
      scalars.replaceSubrange(place..<end, with: "2".unicodeScalars)
      written = ""
    }
    // A file that names no kind of vehicle is about a quadrotor; in format 2 it would be about none.
    let parts = [written, kind == nil ? "vehicle: \"\(before.kind.rawValue)\"" : ""].filter { !$0.isEmpty }
    if !parts.isEmpty {
      let member = kind ?? first
      guard let place = offset(of: member.keyPosition, in: scalars) else { throw failure(member.keyPosition) }
      let lead = scalars[..<place].reversed().prefix { !isNewline($0) }.reversed()
      let isAlone = lead.allSatisfy { $0 == " " || $0 == "\t" }
      let gap = isAlone ? "\n" + String(String.UnicodeScalarView(lead)) : " "
      scalars.insert(contentsOf: parts.map { "\($0),\(gap)" }.joined().unicodeScalars, at: place)
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    let migrated = String(view)
    // What is read must be what was.
    var after = try Configuration.load(text: migrated, directory: nil)
    after.text = before.text
    guard after == before else { throw failure(first.keyPosition) }
    return migrated
  }

  private static func failure(_ place: TextPosition) -> ConfigurationErrors {
    ConfigurationErrors(
      file: nil,
      errors: [
        ConfigurationError(
          path: "", line: place.line,
          message:
            "cannot be moved to format 2 by itself: write `format: 2,` and the kind of `vehicle` at the top")
      ])
  }

  private static func isNewline(_ scalar: Unicode.Scalar) -> Bool {
    ["\n", "\r", "\u{2028}", "\u{2029}"].contains(scalar)
  }

  /// The index of a place in a text; `nil` when it has none.
  private static func offset(of place: TextPosition, in scalars: [Unicode.Scalar]) -> Int? {
    var (index, line) = (0, 1)
    while line < place.line {
      guard index < scalars.count else { return nil }
      if scalars[index] == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { index += 1 }
      if isNewline(scalars[index]) { line += 1 }
      index += 1
    }
    index += place.column - 1
    return index < scalars.count ? index : nil
  }
}
