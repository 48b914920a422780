import Files
import Signals

/// What a configuration's file is, by its first keys.
enum FileFormat: Equatable {
  /// Format 1: a kind of vehicle and its sections.
  case first
  /// Format 2 with a template.
  case template
  /// Format 2 without one: everything is in its tables.
  case tables

  /// The key with the number.
  static let key = Key<Int>.integer(
    "format", 1...2, standard: 1,
    "Number of the file's format. In format 2 a file without `vehicle` has no template.")

  /// The format of a file; one that says nothing valid counts as the first.
  init(_ file: JSON5Value) {
    let members = file.members ?? []
    guard members.first(where: { $0.key == Self.key.name })?.value.wholeNumber == 2 else {
      self = .first
      return
    }
    self = members.contains { $0.key == "vehicle" } ? .template : .tables
  }

  /// Whether a file that counts as the first format has what only the second has.
  static func isMeantAsTables(_ file: JSON5Value) -> Bool {
    let keys = Set((file.members ?? []).map(\.key))
    return !keys.contains("vehicle") && !keys.contains(key.name)
      && !keys.isDisjoint(with: ["devices", "blocks", "commands", "safety"])
  }
}

extension Configuration {
  /// The sections that a file of format 2 may add to its template.
  static let additions: [KeyDescription] = [
    .section("devices", as: "names and objects", absent: "none", "Devices beside the template's."),
    .section(
      "blocks", as: "list of objects", absent: "none",
      "Blocks beside the template's, and changes of the template's, which are named without `block`."),
    .section("safety", as: "list of objects", absent: "none", "Conditions beside the template's."),
    .section(
      "commands", as: "list of objects", absent: "the profile alone",
      "Who commands, before the profile of `setpoints`: a pilot, a program."),
  ]
}
