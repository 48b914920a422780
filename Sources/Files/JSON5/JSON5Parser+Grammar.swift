extension JSON5Parser {
  /// Whether an identifier can have `scalar`, and begin with it: IdentifierStart and IdentifierPart of ECMAScript 5.1,
  /// 7.6, by their categories.
  package static func isInIdentifier(_ scalar: Unicode.Scalar, first: Bool) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
      true
    case .nonspacingMark, .spacingMark, .decimalNumber: !first
    case .connectorPunctuation: !first || scalar == "_"
    // The zero-width joiners; what else formats is none of them.
    case .format: !first && (scalar == "\u{200C}" || scalar == "\u{200D}")
    default: scalar == "$"
    }
  }

  /// Whether the text of a JSON5 number is one in JSON, too: no sign in front but a minus, digits on both sides of a point, no
  /// hexadecimal and no name.
  static func isStrictNumber(_ text: String) -> Bool {
    var digits = Substring(text)
    if digits.first == "-" { digits.removeFirst() }
    guard digits.first?.isWholeASCIIDigit == true, !digits.hasPrefix("0x"), !digits.hasPrefix("0X") else {
      return false
    }
    guard let point = digits.firstIndex(of: ".") else { return true }
    return digits[digits.index(after: point)...].first?.isWholeASCIIDigit == true
  }

  /// The value of a JSON5 number; `nil` when `text` is none. Too large ones are infinite, as IEEE 754 has it.
  package static func number(_ text: String) -> Double? {
    var digits = Substring(text)
    var sign = 1.0
    if digits.first == "+" || digits.first == "-" {
      sign = digits.removeFirst() == "-" ? -1 : 1
    }
    if digits == "Infinity" { return sign * .infinity }
    if digits == "NaN" { return .nan }
    if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
      let hexadecimal = digits.dropFirst(2)
      guard !hexadecimal.isEmpty, hexadecimal.allSatisfy(\.isHexDigit) else { return nil }
      return hexadecimal.reduce(0.0) { $0 * 16 + Double($1.hexDigitValue ?? 0) } * sign
    }
    // What Double takes beyond JSON5 ("inf", hexadecimal fractions, leading zeros) is turned away here.
    var rest = digits
    let whole = rest.prefix(while: \.isWholeASCIIDigit)
    rest.removeFirst(whole.count)
    if whole.count > 1 && whole.first == "0" { return nil }
    var digitCount = whole.count
    if rest.first == "." {
      rest.removeFirst()
      let fraction = rest.prefix(while: \.isWholeASCIIDigit)
      rest.removeFirst(fraction.count)
      digitCount += fraction.count
    }
    guard digitCount > 0 else { return nil }
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      if rest.first == "+" || rest.first == "-" { rest.removeFirst() }
      let exponent = rest.prefix(while: \.isWholeASCIIDigit)
      guard !exponent.isEmpty else { return nil }
      rest.removeFirst(exponent.count)
    }
    guard rest.isEmpty, let magnitude = Double(digits) else { return nil }
    return sign * magnitude
  }
}

extension Character {
  fileprivate var isWholeASCIIDigit: Bool { isASCII && isWholeNumber }
}
