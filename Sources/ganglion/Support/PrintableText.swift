import HardwareInterfaces

/// Text from files and hardware may hold characters that a terminal obeys, that turn the direction of what follows, or
/// that are not seen at all: shown as they are, one name could pass for another, or for words of Ganglion's own.
enum PrintableText {
  /// Marks that may follow one letter; more would pile up over the lines above.
  static let mostMarks = 4

  /// `text` with each such character written as `\u{202E}`, its number in hexadecimal. Line feeds stay.
  ///
  /// These are the characters of the general categories Cc, Cf, Zl, Zp, Co, Cs and Cn, those that Unicode says are not to
  /// be seen (`Default_Ignorable_Code_Point`), and all marks after the fourth in a row.
  static func shown(_ text: String) -> String {
    replacing(text, keepsLineFeeds: true) { "\\u{" + hexadecimal($0.value, digits: 2) + "}" }
  }

  /// The same for a text that is to stay in one line.
  static func inline(_ text: String) -> String {
    replacing(text, keepsLineFeeds: false) { "\\u{" + hexadecimal($0.value, digits: 2) + "}" }
  }

  /// `json` with the same characters as JSON's escapes, `\u202e`: they stand only inside of strings, whose value stays.
  static func escaped(json: String) -> String {
    replacing(json, keepsLineFeeds: true) { scalar in
      String(scalar).utf16.map { "\\u" + hexadecimal(UInt32($0), digits: 4).lowercased() }.joined()
    }
  }

  private static func replacing(
    _ text: String, keepsLineFeeds: Bool, by replacement: (Unicode.Scalar) -> String
  ) -> String {
    // Nearly every text is of these bytes alone.
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A && keepsLineFeeds }) { return text }
    var result = String.UnicodeScalarView()
    var marks = 0
    for scalar in text.unicodeScalars {
      let isMark = isMark(scalar)
      marks = isMark ? marks + 1 : 0
      if scalar == "\n" && keepsLineFeeds || !isHidden(scalar) && marks <= mostMarks {
        result.append(scalar)
      } else {
        result.append(contentsOf: replacement(scalar).unicodeScalars)
      }
    }
    return String(result)
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: true
    default: false
    }
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  private static func hexadecimal(_ number: UInt32, digits: Int) -> String {
    let text = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(digits - text.count, 0)) + text
  }
}
