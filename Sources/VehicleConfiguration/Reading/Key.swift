import Files

/// One key of the configuration: the only place where its unit, range, default and meaning are written.
///
/// Reading, error messages and `docs/configuration.md` all follow from it.
struct Key<Value: Sendable>: Sendable {
  /// What an absent key means.
  enum Absence: Sendable {
    case isAnError
    case means(Value)
  }

  /// The key as written in the file.
  var name: String
  /// Type and range as shown to people, for example "number, 0 to 1".
  var expected: String
  /// SI unit or the unit in the key's name; empty for none.
  var unit = ""
  var absence: Absence
  /// The default as shown to people; `nil` when the key is required.
  var standard: String?
  /// What it does, one sentence.
  var about: String
  /// The value, or what is wrong with it.
  var convert: @Sendable (JSON5Value) -> Conversion<Value>

  /// The key without its type, for lists of keys.
  var description: KeyDescription {
    KeyDescription(name: name, expected: expected, unit: unit, standard: standard, about: about)
  }
}

/// Outcome of reading one value.
enum Conversion<Value: Sendable>: Sendable {
  case value(Value)
  /// The value is not what the key expects; with the nearest valid name, if any.
  case unexpected(nearest: String? = nil)
  /// As `unexpected`, but each of several places inside the value has its own complaint.
  case wrong(String)
}

/// What is known of a key, for error messages and the reference.
struct KeyDescription: Equatable, Sendable {
  var name: String
  var expected: String
  var unit: String
  /// `nil` when the key is required.
  var standard: String?
  var about: String
}

extension Double {
  /// Without a trailing ".0".
  package var shown: String {
    self == rounded() && magnitude < 1e15 ? String(Int64(self)) : "\(self)"
  }
}

extension Double {
  /// Degrees as radians.
  var radians: Double { self * .pi / 180 }
}

extension ClosedRange<Double> {
  package var shown: String { "\(lowerBound.shown) to \(upperBound.shown)" }
}
