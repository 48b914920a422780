/// Facts of PX4's ULog format (docs.px4.io, "ULog File Format"): a header, then messages of a 16-bit size, an
/// 8-bit type and as many bytes; everything little-endian, structs packed.
enum ULogFormat {
  /// First bytes of a file; the version follows.
  static let magic: [UInt8] = [0x55, 0x4C, 0x6F, 0x67, 0x01, 0x12, 0x35]
  /// The versions of the format that are known.
  static let versions: ClosedRange<UInt8> = 0...1
  /// Magic, version and the start time.
  static let headerSize = 16
  /// Size and type in front of every message.
  static let messageHeader = 3
  /// Content of a synchronisation message.
  static let sync: [UInt8] = [0x2F, 0x73, 0x13, 0x20, 0x25, 0x0C, 0xBB, 0x12]
}

/// The kinds of messages.
enum ULogMessage: UInt8 {
  case flagBits = 0x42  // B
  case format = 0x46  // F
  case information = 0x49  // I
  case multiInformation = 0x4D  // M
  case parameter = 0x50  // P
  case defaultParameter = 0x51  // Q
  case subscribe = 0x41  // A
  case unsubscribe = 0x52  // R
  case data = 0x44  // D
  case text = 0x4C  // L
  case taggedText = 0x43  // C
  case sync = 0x53  // S
  case dropout = 0x4F  // O
}

/// The types of single values.
public enum ULogType: String, Sendable {
  case int8 = "int8_t"
  case uint8 = "uint8_t"
  case int16 = "int16_t"
  case uint16 = "uint16_t"
  case int32 = "int32_t"
  case uint32 = "uint32_t"
  case int64 = "int64_t"
  case uint64 = "uint64_t"
  case float = "float"
  case double = "double"
  case bool = "bool"
  case char = "char"

  /// Bytes of one value.
  public var size: Int {
    switch self {
    case .int8, .uint8, .bool, .char: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float: 4
    case .int64, .uint64, .double: 8
    }
  }
}

/// A value of any numeric type, without loss.
public enum ULogNumber: Equatable, Sendable {
  /// An integer type with sign.
  case signed(Int64)
  /// An integer type without sign, `bool` or `char`.
  case unsigned(UInt64)
  /// `float` or `double`.
  case real(Double)

  /// The value as a Double; 64-bit integers are rounded.
  public var double: Double {
    switch self {
    case .signed(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .real(let value): value
    }
  }
}

/// A place for a value in a message.
public struct ULogField: Equatable, Sendable {
  /// Its type.
  public var type: ULogType
  /// Bytes from the start of the struct.
  public var offset: Int
}
