/// How the messages of one kind are laid out, as an FMT message says.
struct DataFlashFormat: Equatable, Sendable {
  /// A number or a text in a message.
  struct Field: Equatable, Sendable {
    var name: String
    var type: DataFlashType
    /// Bytes from the message's beginning.
    var offset: Int
  }

  /// The byte behind the two of the head.
  var id: UInt8
  var name: String
  /// Bytes of a message with its head.
  var length: Int
  /// Its fields; empty when the format does not fit its length, and the messages can be stepped over but not read.
  var fields: [Field]

  /// Bytes in front of the first field: 0xA3, 0x95 and the id.
  static let head = 3
  static let firstHeadByte: UInt8 = 0xA3
  static let secondHeadByte: UInt8 = 0x95

  /// The format of formats, with which every file begins.
  static let ofFormats = DataFlashFormat(
    id: 128, name: "FMT", length: 89, types: "BBnNZ", columns: "Type,Length,Name,Format,Columns")

  /// A format from its parts.
  init(id: UInt8, name: String, length: Int, types: String, columns: String) {
    (self.id, self.name, self.length) = (id, name, length)
    fields = []
    var offset = Self.head
    let names = columns.split(separator: ",", omittingEmptySubsequences: false)
    for (index, character) in types.enumerated() {
      guard let type = DataFlashType(rawValue: character) else {
        fields = []
        return
      }
      if index < names.count {
        let name = names[index].drop { $0 == " " }
        fields.append(Field(name: String(name), type: type, offset: offset))
      }
      offset += type.size
    }
    // A message may be longer than its fields, but not shorter; and each field has a name.
    if offset > length || names.count != types.count { fields = [] }
  }

  /// Whether its messages can be read: the fields fit, and the names are names.
  var isReadable: Bool {
    !fields.isEmpty && !name.isEmpty && Self.isWord(name) && fields.allSatisfy { Self.isWord($0.name) }
  }

  /// Whether two fields have one name.
  var hasColumnTwice: Bool { Set(fields.map(\.name)).count < fields.count }

  /// Whether there is nothing but what names are written with.
  private static func isWord(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }

  /// The field with one of these names.
  func field(_ names: String...) -> Field? {
    for name in names {
      if let field = fields.first(where: { $0.name == name }) { return field }
    }
    return nil
  }
}

/// The types of fields, by their letters (ArduPilot's AP_Logger/LogStructure.h).
enum DataFlashType: Character, Sendable {
  case int8 = "b"
  case uint8 = "B"
  case int16 = "h"
  case uint16 = "H"
  case int32 = "i"
  case uint32 = "I"
  case int64 = "q"
  case uint64 = "Q"
  case half = "g"
  case float = "f"
  case double = "d"
  case text4 = "n"
  case text16 = "N"
  case text64 = "Z"
  /// Hundredths.
  case centi16 = "c"
  case centiUnsigned16 = "C"
  case centi32 = "e"
  case centiUnsigned32 = "E"
  /// Degrees of latitude or longitude in 10⁻⁷.
  case degrees = "L"
  case mode = "M"
  /// 32 numbers of 16 bits.
  case array = "a"

  /// What `LogBytes.number` has multiplied the stored number with.
  var scale: Double {
    switch self {
    case .centi16, .centiUnsigned16, .centi32, .centiUnsigned32: 0.01
    case .degrees: 1e-7
    default: 1
    }
  }

  /// Bytes in a message.
  var size: Int {
    switch self {
    case .int8, .uint8, .mode: 1
    case .int16, .uint16, .half, .centi16, .centiUnsigned16: 2
    case .int32, .uint32, .float, .centi32, .centiUnsigned32, .degrees, .text4: 4
    case .int64, .uint64, .double: 8
    case .text16: 16
    case .text64, .array: 64
    }
  }
}

extension LogBytes {
  /// The number in a field of the message at `message`; `nil` for a text.
  func number(_ field: DataFlashFormat.Field, at message: Int) -> Double? {
    let start = message + field.offset
    var cursor = ByteCursor(self, start..<start + field.type.size)
    switch field.type {
    case .int8, .mode: return cursor.integer(Int8.self).map { Double($0) }
    case .uint8: return cursor.integer(UInt8.self).map { Double($0) }
    case .int16: return cursor.integer(Int16.self).map { Double($0) }
    case .uint16: return cursor.integer(UInt16.self).map { Double($0) }
    case .int32: return cursor.integer(Int32.self).map { Double($0) }
    case .uint32: return cursor.integer(UInt32.self).map { Double($0) }
    case .int64: return cursor.integer(Int64.self).map { Double($0) }
    case .uint64: return cursor.integer(UInt64.self).map { Double($0) }
    case .half: return cursor.integer(UInt16.self).map { Double(Float16(bitPattern: $0)) }
    case .float: return cursor.integer(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .double: return cursor.integer(UInt64.self).map { Double(bitPattern: $0) }
    case .centi16: return cursor.integer(Int16.self).map { Double($0) / 100 }
    case .centiUnsigned16: return cursor.integer(UInt16.self).map { Double($0) / 100 }
    case .centi32: return cursor.integer(Int32.self).map { Double($0) / 100 }
    case .centiUnsigned32: return cursor.integer(UInt32.self).map { Double($0) / 100 }
    case .degrees: return cursor.integer(Int32.self).map { Double($0) / 1e7 }
    case .text4, .text16, .text64, .array: return nil
    }
  }

  /// The text in a field of the message at `message`, up to its first zero; `nil` for a number.
  func text(_ field: DataFlashFormat.Field, at message: Int) -> String? {
    switch field.type {
    case .text4, .text16, .text64:
      let start = message + field.offset
      return String(decoding: copy(start..<start + field.type.size).prefix { $0 != 0 }, as: UTF8.self)
    default: return nil
    }
  }
}
