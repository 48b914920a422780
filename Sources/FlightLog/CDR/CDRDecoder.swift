/// Reads a message in plain CDR (XCDR 1) of either byte order; `nil` from any call means that the message is too short or
/// not of this encoding.
struct CDRDecoder {
  private var cursor: ByteCursor
  private let origin: Int
  private let isBigEndian: Bool

  /// A decoder for the message in `range`, or `nil` when it does not start as plain CDR does.
  @inline(__always)
  init?(_ bytes: LogBytes, _ range: Range<Int>) {
    cursor = ByteCursor(bytes, range)
    guard let representation = cursor.integer(UInt32.self),
      Self.isLittleEndian(representation) || representation & 0xFFFF == 0
    else { return nil }
    isBigEndian = !Self.isLittleEndian(representation)
    origin = cursor.position
  }

  /// Whether a message that begins with these four bytes, read as little-endian, is little-endian CDR; the
  /// other two bytes are options, which plain CDR ignores.
  @inline(__always)
  static func isLittleEndian(_ encapsulation: UInt32) -> Bool { encapsulation & 0xFFFF == 0x0100 }

  /// Whether its numbers have their highest byte first.
  var isBigEndianMessage: Bool { isBigEndian }

  /// Offset in the file of the next byte.
  var position: Int { cursor.position }

  /// Bytes left.
  var remaining: Int { cursor.remaining }

  /// The next integer.
  @inline(__always)
  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) -> T? {
    let padding = (origin - cursor.position) & (MemoryLayout<T>.size - 1)
    guard padding == 0 || cursor.skip(padding) else { return nil }
    let value = cursor.integer(T.self)
    return isBigEndian ? value?.byteSwapped : value
  }

  /// The next float32.
  @inline(__always)
  mutating func float() -> Float? { integer(UInt32.self).map { Float(bitPattern: $0) } }

  /// The next float64.
  @inline(__always)
  mutating func double() -> Double? { integer(UInt64.self).map { Double(bitPattern: $0) } }

  /// The next bool; anything but 0 and 1 is refused.
  @inline(__always)
  mutating func bool() -> Bool? {
    guard let byte = integer(UInt8.self), byte <= 1 else { return nil }
    return byte == 1
  }

  /// The next string without its closing zero.
  mutating func string() -> String? {
    guard let count = integer(UInt32.self), let range = cursor.range(count: UInt64(count)) else { return nil }
    return cursor.bytes.withBytes(in: range) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The next string, and whether all of it could be taken as it is: bytes that are not UTF-8, and zeros in front of the one at the
  /// end, become the sign for what cannot be shown (U+FFFD).
  mutating func text() -> (text: String, isWhole: Bool)? {
    guard let count = integer(UInt32.self), let range = cursor.range(count: UInt64(count)) else { return nil }
    return cursor.bytes.withBytes(in: range) { bytes in
      var content = Array(bytes)
      if content.last == 0 { content.removeLast() }
      if !content.contains(0), let text = String(validating: content, as: UTF8.self) { return (text, true) }
      let text = String(decoding: content, as: UTF8.self)
      return (String(text.map { $0 == "\0" ? "\u{FFFD}" : $0 }), false)
    }
  }

  /// Steps over the next string; says `false` when it does not fit.
  mutating func skipString() -> Bool {
    guard let count = integer(UInt32.self) else { return false }
    return cursor.range(count: UInt64(count)) != nil
  }
}
