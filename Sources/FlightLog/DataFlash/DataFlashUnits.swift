// What a log says of its fields' units: FMTU gives each field of a format a letter for its unit and one for what the number as it
// is stored is multiplied with, UNIT and MULT say what the letters mean (ArduPilot/libraries/AP_Logger/LogStructure.h).
extension DataFlashFile {
  mutating func readUnits() {
    var units: [Character: String] = [:]
    var multipliers: [Character: Double] = [:]
    var letters: [UInt8: (units: String, multipliers: String)] = [:]
    for kind in kinds {
      switch kind.format.name {
      case "UNIT":
        guard let id = kind.format.field("Id"), let label = kind.format.field("Label") else { continue }
        for offset in kind.offsets {
          if let letter = letter(id, offset) { units[letter] = bytes.text(label, at: offset) }
        }
      case "MULT":
        guard let id = kind.format.field("Id"), let value = kind.format.field("Mult") else { continue }
        for offset in kind.offsets {
          if let letter = letter(id, offset) { multipliers[letter] = bytes.number(value, at: offset) }
        }
      case "FMTU":
        guard let type = kind.format.field("FmtType"), let ids = kind.format.field("UnitIds") else {
          continue
        }
        let scales = kind.format.field("MultIds")
        for offset in kind.offsets {
          guard let value = bytes.number(type, at: offset), let id = UInt8(exactly: value) else { continue }
          letters[id] = (
            bytes.text(ids, at: offset) ?? "", scales.flatMap { bytes.text($0, at: offset) } ?? ""
          )
        }
      default: continue
      }
    }
    (self.units, self.multipliers, unitLetters) = (units, multipliers, letters)
  }

  private func letter(_ field: DataFlashFormat.Field, _ offset: Int) -> Character? {
    bytes.number(field, at: offset).flatMap { UInt8(exactly: $0) }.map { Character(UnicodeScalar($0)) }
  }

  /// The unit that the file says a field has; `nil` when it says nothing.
  func unit(of column: String, in format: DataFlashFormat) -> String? {
    guard let place = format.fields.firstIndex(where: { $0.name == column }),
      let letter = unitLetters[format.id]?.units.dropFirst(place).first
    else { return nil }
    return units[letter]
  }

  /// What the number as it is stored is multiplied with by the file's word; `nil` when it says nothing, or that it does not know
  /// ("?"), or that there is none ("-").
  func multiplier(of column: String, in format: DataFlashFormat) -> Double? {
    guard let place = format.fields.firstIndex(where: { $0.name == column }),
      let letter = unitLetters[format.id]?.multipliers.dropFirst(place).first, letter != "-", letter != "?",
      let value = multipliers[letter], value.isFinite, value > 0
    else { return nil }
    return value
  }

  /// What a column's number, as `LogBytes.number` gives it in ArduPilot's own units, is multiplied with so that it fits the file's word;
  /// `nil` when that is 1, or the file has no word for it.
  func factor(of field: DataFlashFormat.Field, in format: DataFlashFormat) -> Double? {
    guard let said = multiplier(of: field.name, in: format) else { return nil }
    // The compass's numbers are thousandths of the unit, and are read as that.
    let own = format.name.hasPrefix("MAG") && field.name.hasPrefix("Mag") ? 1e-3 : field.type.scale
    let factor = said / own
    // Single precision would do for the multipliers.
    return abs(factor - 1) < 1e-6 ? nil : factor
  }
}
