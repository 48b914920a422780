/// Writes small ULog files, good and bad, following PX4's description of the format and not Ganglion's reader.
public struct ULogBuilder {
  private static let magic: [UInt8] = [0x55, 0x4C, 0x6F, 0x67, 0x01, 0x12, 0x35]
  private static let synchronisation: [UInt8] = [0x2F, 0x73, 0x13, 0x20, 0x25, 0x0C, 0xBB, 0x12]

  /// The file so far.
  public private(set) var bytes: [UInt8]

  /// A file that begins at `startTime` µs.
  public init(startTime: UInt64 = 1000) {
    bytes = Self.magic + [1]
    append(startTime)
  }

  /// Adds a number, little-endian.
  public mutating func append<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds a message of any type.
  public mutating func message(_ type: Character, _ content: [UInt8]) {
    message(type.asciiValue ?? 0, content)
  }

  /// Adds a message of any type, by its byte.
  public mutating func message(_ type: UInt8, _ content: [UInt8]) {
    append(UInt16(content.count))
    bytes.append(type)
    bytes += content
  }

  /// Adds flag bits (B).
  public mutating func flags(
    compatible: [UInt8] = [], incompatible: UInt8 = 0, appended: [UInt64] = [0, 0, 0]
  ) {
    var content = [UInt8](repeating: 0, count: 8) + [incompatible] + [UInt8](repeating: 0, count: 7)
    for offset in appended { content += Self.bytes(offset) }
    message("B", content)
  }

  /// Adds a format (F).
  public mutating func format(_ text: String) { message("F", Array(text.utf8)) }

  /// Adds an information (I).
  public mutating func information(_ key: String, _ value: [UInt8]) {
    message("I", [UInt8(key.utf8.count)] + Array(key.utf8) + value)
  }

  /// Adds a parameter (P).
  public mutating func parameter(_ key: String, _ value: [UInt8]) {
    message("P", [UInt8(key.utf8.count)] + Array(key.utf8) + value)
  }

  /// Adds a subscription (A).
  public mutating func subscribe(_ name: String, id: UInt16, instance: UInt8 = 0) {
    message("A", [instance] + Self.bytes(id) + Array(name.utf8))
  }

  /// Adds data (D) after its timestamp in µs.
  public mutating func data(id: UInt16, time: UInt64, _ content: [UInt8]) {
    message("D", Self.bytes(id) + Self.bytes(time) + content)
  }

  /// Adds data (D) of floats after its timestamp in µs.
  public mutating func data(id: UInt16, time: UInt64, floats: [Float]) {
    data(id: id, time: time, floats.flatMap { Self.bytes($0.bitPattern) })
  }

  /// Adds a synchronisation mark (S).
  public mutating func sync() { message("S", Self.synchronisation) }

  /// Adds a dropout (O).
  public mutating func dropout(milliseconds: UInt16) { message("O", Self.bytes(milliseconds)) }

  /// Adds bytes as they are.
  public mutating func raw(_ more: [UInt8]) { bytes += more }

  /// A number's bytes, little-endian.
  public static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
