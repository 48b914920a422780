import Devices
import Files
import HardwareInterfaces
import Signals

extension JSON5Value {
  /// The number, if it is one; NaN and infinities are not numbers to a configuration.
  var finiteNumber: Double? {
    guard case .number(let value, _) = content, value.isFinite else { return nil }
    return value
  }

  /// The whole number, if it is one that a `Double` holds exactly.
  var wholeNumber: Int? {
    guard let value = finiteNumber, value == value.rounded(), value.magnitude <= 0x1p53 else { return nil }
    return Int(value)
  }
}

extension Key<Double> {
  /// A number within `range`; required when `standard` is `nil`.
  static func number(
    _ name: String, _ range: ClosedRange<Double>, unit: String = "", standard: Double? = nil, _ about: String
  ) -> Key {
    Key(
      name: name, expected: "number, \(range.shown)", unit: unit,
      absence: standard.map(Absence.means) ?? .isAnError, standard: standard?.shown, about: about
    ) { value in
      guard let number = value.finiteNumber, range.contains(number) else { return .unexpected() }
      return .value(number)
    }
  }
}

extension Key<Double?> {
  /// A number within `range` that may be left out.
  static func optionalNumber(
    _ name: String, _ range: ClosedRange<Double>, unit: String = "", absent: String, _ about: String
  ) -> Key {
    Key(
      name: name, expected: "number, \(range.shown)", unit: unit, absence: .means(nil), standard: absent,
      about: about
    ) { value in
      guard let number = value.finiteNumber, range.contains(number) else { return .unexpected() }
      return .value(number)
    }
  }
}

extension Key<Int> {
  /// A whole number within `range`; required when `standard` is `nil`.
  static func integer(
    _ name: String, _ range: ClosedRange<Int>, unit: String = "", standard: Int? = nil, _ about: String
  ) -> Key {
    Key(
      name: name, expected: "whole number, \(range.lowerBound) to \(range.upperBound)", unit: unit,
      absence: standard.map(Absence.means) ?? .isAnError, standard: standard.map(String.init), about: about
    ) { value in
      guard let number = value.wholeNumber, range.contains(number) else { return .unexpected() }
      return .value(number)
    }
  }

}

extension Key<Int?> {
  /// One of a few whole numbers that may be left out.
  static func optionalOneOf(
    _ name: String, _ choices: [Int], unit: String = "", absent: String, _ about: String
  ) -> Key {
    Key(
      name: name, expected: "one of " + choices.map(String.init).joined(separator: ", "), unit: unit,
      absence: .means(nil), standard: absent, about: about
    ) { value in
      guard let number = value.wholeNumber else { return .unexpected() }
      if choices.contains(number) { return .value(number) }
      let nearest = choices.min { abs($0 - number) < abs($1 - number) }
      return .unexpected(nearest: nearest.map(String.init))
    }
  }
}

extension Key<Int?> {
  /// A whole number within `range` that may be left out.
  static func optionalInteger(
    _ name: String, _ range: ClosedRange<Int>, absent: String, _ about: String
  ) -> Key {
    Key(
      name: name, expected: "whole number, \(range.lowerBound) to \(range.upperBound)", absence: .means(nil),
      standard: absent, about: about
    ) { value in
      guard let number = value.wholeNumber, range.contains(number) else { return .unexpected() }
      return .value(number)
    }
  }
}

extension Key<UInt8> {
  /// A 7-bit I2C address of `range`; by default those that the bus does not reserve.
  static func address(_ range: ClosedRange<Int> = 0x08...0x77, standard: UInt8? = nil, _ about: String) -> Key
  {
    let (first, last) = (UInt8(clamping: range.lowerBound), UInt8(clamping: range.upperBound))
    return Key(
      name: "address", expected: "I2C address, \(hexadecimal(first)) to \(hexadecimal(last))",
      absence: standard.map(Absence.means) ?? .isAnError, standard: standard.map(hexadecimal), about: about
    ) { value in
      guard let number = value.wholeNumber, range.contains(number) else { return .unexpected() }
      return .value(UInt8(truncatingIfNeeded: number))
    }
  }
}

extension Key<UInt8?> {
  /// A 7-bit I2C address of `range` that may be left out.
  static func optionalAddress(
    _ name: String, _ range: ClosedRange<Int>, absent: String, _ about: String
  ) -> Key {
    let (first, last) = (UInt8(clamping: range.lowerBound), UInt8(clamping: range.upperBound))
    return Key(
      name: name, expected: "I2C address, \(hexadecimal(first)) to \(hexadecimal(last))",
      absence: .means(nil), standard: absent, about: about
    ) { value in
      guard let number = value.wholeNumber, range.contains(number) else { return .unexpected() }
      return .value(UInt8(truncatingIfNeeded: number))
    }
  }
}

extension Key<[UInt8]?> {
  /// A list of 1 to 16 distinct bytes that may be left out.
  static func optionalBytes(_ name: String, absent: String, _ about: String) -> Key {
    Key(
      name: name, expected: "list of 1 to 16 numbers, 0 to 255", absence: .means(nil), standard: absent,
      about: about
    ) { value in
      guard case .array(let elements) = value.content, (1...16).contains(elements.count) else {
        return .unexpected()
      }
      var bytes: [UInt8] = []
      for element in elements {
        guard let number = element.wholeNumber, let byte = UInt8(exactly: number) else {
          return .wrong("found \(element.shown) in the list, expected whole numbers from 0 to 255")
        }
        guard !bytes.contains(byte) else { return .wrong("\(element.shown) stands in the list twice") }
        bytes.append(byte)
      }
      return .value(bytes)
    }
  }
}

extension Key<Bool> {
  /// true or false.
  static func flag(_ name: String, standard: Bool, _ about: String) -> Key {
    Key(
      name: name, expected: "true or false", absence: .means(standard), standard: "\(standard)", about: about
    ) { value in
      guard case .boolean(let flag) = value.content else { return .unexpected() }
      return .value(flag)
    }
  }
}

extension Key<Bool?> {
  /// true or false, or nothing.
  static func optionalFlag(_ name: String, absent: String, _ about: String) -> Key {
    Key(name: name, expected: "true or false", absence: .means(nil), standard: absent, about: about) {
      value in
      guard case .boolean(let flag) = value.content else { return .unexpected() }
      return .value(flag)
    }
  }
}

extension Key<String> {
  /// Text of 1 to 200 characters without control characters.
  static func text(_ name: String, standard: String? = nil, _ about: String) -> Key {
    Key(
      name: name, expected: "text", absence: standard.map(Absence.means) ?? .isAnError,
      standard: standard.map { "\"\($0)\"" }, about: about, convert: plainText)
  }
}

extension Key<String?> {
  /// Text of 1 to 200 characters without control characters, or nothing.
  static func optionalText(_ name: String, absent: String, _ about: String) -> Key {
    Key(name: name, expected: "text", absence: .means(nil), standard: absent, about: about) { value in
      switch plainText(value) {
      case .value(let text): .value(text)
      case .unexpected(let nearest): .unexpected(nearest: nearest)
      case .wrong(let message): .wrong(message)
      }
    }
  }
}

extension Key<ClosedRange<Double>> {
  /// A pair [least, greatest] within `range`.
  static func interval(
    _ name: String, _ range: ClosedRange<Double>, unit: String = "", standard: ClosedRange<Double>? = nil,
    _ about: String
  ) -> Key {
    Key(
      name: name, expected: "[least, greatest] within \(range.shown)", unit: unit,
      absence: standard.map(Absence.means) ?? .isAnError,
      standard: standard.map { "[\($0.lowerBound.shown), \($0.upperBound.shown)]" }, about: about
    ) { value in
      guard case .array(let ends) = value.content, ends.count == 2 else { return .unexpected() }
      guard let least = ends[0].finiteNumber, let greatest = ends[1].finiteNumber,
        range.contains(least), range.contains(greatest)
      else {
        return .wrong(
          "found [\(ends[0].shown), \(ends[1].shown)], expected [least, greatest] within \(range.shown)")
      }
      guard least <= greatest else {
        return .wrong("the least value, \(ends[0].shown), is above the greatest, \(ends[1].shown)")
      }
      return .value(least...greatest)
    }
  }
}

extension Key where Value: RawRepresentable<String> & CaseIterable {
  /// One of the names of `Value`, or of those in `choices`.
  static func choice(
    _ name: String, among choices: [Value] = Array(Value.allCases), standard: Value? = nil, _ about: String
  ) -> Key {
    let names = choices.map(\.rawValue)
    return Key(
      name: name,
      expected: (names.count == 1 ? "" : "one of ") + names.map { "\"\($0)\"" }.joined(separator: ", "),
      absence: standard.map(Absence.means) ?? .isAnError, standard: standard.map { "\"\($0.rawValue)\"" },
      about: about
    ) { value in
      guard case .string(let text) = value.content else { return .unexpected() }
      return choices.first { $0.rawValue == text }.map(Conversion.value)
        ?? .unexpected(nearest: nearestName(to: text, among: names).map { "\"\($0)\"" })
    }
  }
}

extension Key {
  /// A row of a table, by its name.
  static func row(_ name: String, _ table: Rows<Value>, standard: String, _ about: String) -> Key
  where Value: NamedRow {
    let names = table.map(\.name)
    return Key(
      name: name, expected: "one of " + names.map { "\"\($0)\"" }.joined(separator: ", "),
      absence: table.named(standard).map(Absence.means) ?? .isAnError, standard: "\"\(standard)\"",
      about: about
    ) { value in
      guard case .string(let text) = value.content else { return .unexpected() }
      return table.named(text).map(Conversion.value)
        ?? .unexpected(nearest: nearestName(to: text, among: names).map { "\"\($0)\"" })
    }
  }

  /// A chip of a table of drivers, by its name.
  static func chip<Use, Sample>(_ table: Rows<SensorChip<Use, Sample>>) -> Key
  where Value == SensorChip<Use, Sample> {
    let names = table.map(\.name)
    return Key(
      name: "chip",
      expected: (names.count == 1 ? "" : "one of ") + names.map { "\"\($0)\"" }.joined(separator: ", "),
      absence: .isAnError, about: "Which chip."
    ) { value in
      guard case .string(let text) = value.content else { return .unexpected() }
      if let chip = table.first(where: { $0.name == text }) { return .value(chip) }
      // Names of chips differ by a letter and their registers by much: only another spelling of the same part is offered.
      return noSuchChip(text, value, among: names)
    }
  }
}

/// What is said of a chip that is none of `names`.
func noSuchChip<Value>(_ text: String, _ value: JSON5Value, among names: [String]) -> Conversion<Value> {
  if let same = samePart(as: text, among: names) { return .unexpected(nearest: "\"\(same)\"") }
  return .wrong(
    "found \(value.shown), for which there is no driver; expected "
      + (names.count == 1 ? "" : "one of ") + names.map { "\"\($0)\"" }.joined(separator: ", "))
}

private let plainText: @Sendable (JSON5Value) -> Conversion<String> = { value in
  guard case .string(let text) = value.content else { return .unexpected() }
  guard (1...200).contains(text.unicodeScalars.count) else {
    return .wrong("found \(value.shown), expected text of 1 to 200 characters")
  }
  guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
    return .wrong("found \(value.shown), expected text without control characters")
  }
  return .value(text)
}
