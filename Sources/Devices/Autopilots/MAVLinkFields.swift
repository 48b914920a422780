/// What goes through the fields of a message: a reader, a writer, whoever wants to know them.
public protocol MAVLinkFields {
  /// A field, or one element of an array. `isOptional` says that NaN means that nothing is said.
  mutating func number<Number: MAVLinkNumber>(_ value: inout Number, isOptional: Bool)
  /// Says what comes next: its name, its type, and how many there are of it; 0 when it is no array.
  mutating func begin(_ name: StaticString, _ type: StaticString, count: Int)
  /// What follows was added to the message later.
  mutating func extensions()
}

extension MAVLinkFields {
  /// Nobody wants to know, unless it says so.
  public mutating func begin(_ name: StaticString, _ type: StaticString, count: Int) {}
  /// The same.
  public mutating func extensions() {}

  /// A number; a `Float` must be one.
  public mutating func row<Number: MAVLinkNumber>(_ name: StaticString, _ value: inout Number) {
    begin(name, Number.typeName, count: 0)
    number(&value, isOptional: false)
  }

  /// Numbers; a `Float` must be one.
  public mutating func row<let count: Int, Number: MAVLinkNumber>(
    _ name: StaticString, _ values: inout InlineArray<count, Number>
  ) {
    begin(name, Number.typeName, count: count)
    for place in 0..<count { number(&values[place], isOptional: false) }
  }

  /// A number that may be NaN, which says nothing.
  public mutating func optional(_ name: StaticString, _ value: inout Float) {
    begin(name, Float.typeName, count: 0)
    number(&value, isOptional: true)
  }

  /// Numbers that may be NaN, which say nothing.
  public mutating func optional<let count: Int>(
    _ name: StaticString, _ values: inout InlineArray<count, Float>
  ) {
    begin(name, Float.typeName, count: count)
    for place in 0..<count { number(&values[place], isOptional: true) }
  }

  /// Text, ended by 0 when it is shorter than its place.
  public mutating func text<let count: Int>(_ name: StaticString, _ bytes: inout InlineArray<count, UInt8>) {
    begin(name, "char", count: count)
    for place in 0..<count { number(&bytes[place], isOptional: false) }
  }
}

/// Reads fields from a payload. What is missing at its end is 0.
struct MAVLinkReader: MAVLinkFields {
  private let payload: InlineArray<255, UInt8>
  private var place = 0
  /// Whether every number was one that may be.
  private(set) var isFinite = true

  init(_ payload: InlineArray<255, UInt8>) { self.payload = payload }

  mutating func number<Number: MAVLinkNumber>(_ value: inout Number, isOptional: Bool) {
    var bits: UInt64 = 0
    var byte = 0
    while byte < Number.size {
      if place < 255 { bits |= UInt64(payload[place]) &<< UInt64(8 &* byte) }
      place &+= 1
      byte &+= 1
    }
    value = Number(wireBits: bits)
    if value.isInfinite || (value.isNaN && !isOptional) { isFinite = false }
  }
}

/// Writes fields into a payload.
struct MAVLinkWriter: MAVLinkFields {
  private(set) var payload = InlineArray<255, UInt8>(repeating: 0)
  private(set) var count = 0
  /// Whether every number was one that may be.
  private(set) var isFinite = true

  mutating func number<Number: MAVLinkNumber>(_ value: inout Number, isOptional: Bool) {
    if value.isInfinite || (value.isNaN && !isOptional) { isFinite = false }
    let bits = value.wireBits
    var byte = 0
    while byte < Number.size {
      if count < 255 { payload[count] = UInt8(truncatingIfNeeded: bits &>> UInt64(8 &* byte)) }
      count &+= 1
      byte &+= 1
    }
  }

  /// Bytes that are sent: zeros at the end are not, but for the first byte.
  var sentCount: Int {
    var sent = min(count, 255)
    while sent > 1, payload[sent - 1] == 0 { sent &-= 1 }
    return sent
  }
}

/// Works out the checksum's last byte and the length of a message from its rows (mavlink.io, *Serialization*, "CRC_EXTRA").
struct MAVLinkFieldSummary: MAVLinkFields {
  private var crc = X25()
  private(set) var length = 0
  private var isExtension = false

  /// Both for a message.
  static func of<Message: MAVLinkMessage>(_ type: Message.Type) -> (crcExtra: UInt8, length: Int) {
    var fields = MAVLinkFieldSummary()
    fields.crc.take(Message.name)
    fields.crc.take(0x20)
    var message = Message()
    message.visit(&fields)
    let crc = fields.crc.value
    return (UInt8(truncatingIfNeeded: crc ^ crc >> 8), fields.length)
  }

  mutating func number<Number: MAVLinkNumber>(_ value: inout Number, isOptional: Bool) {
    length += Number.size
  }

  mutating func begin(_ name: StaticString, _ type: StaticString, count: Int) {
    guard !isExtension else { return }
    crc.take(type)
    crc.take(0x20)
    crc.take(name)
    crc.take(0x20)
    if count > 0 { crc.take(UInt8(truncatingIfNeeded: count)) }
  }

  mutating func extensions() { isExtension = true }
}

/// The checksum of MAVLink: CRC-16/MCRF4XX, which MAVLink calls X.25, without the inversion at its end.
struct X25: BitwiseCopyable, Sendable {
  /// The checksum so far.
  private(set) var value: UInt16 = 0xFFFF

  /// Takes a byte.
  mutating func take(_ byte: UInt8) {
    var low = byte ^ UInt8(truncatingIfNeeded: value)
    low ^= low &<< 4
    value = value &>> 8 ^ UInt16(low) &<< 8 ^ UInt16(low) &<< 3 ^ UInt16(low) &>> 4
  }

  mutating func take(_ text: StaticString) {
    guard text.hasPointerRepresentation else { return }
    for place in 0..<text.utf8CodeUnitCount { take(text.utf8Start[place]) }
  }

  /// Whether there is a byte that makes the checksum `other`: of 65,536 one in 256 passes. It checks a frame whose last byte is not known.
  func canBecome(_ other: UInt16) -> Bool {
    // A step moves the sum's upper byte down and adds a number that follows from 8 bits, which stand in that number's upper byte.
    let added = other ^ value &>> 8
    let upper = added &>> 8
    let low = upper ^ upper &>> 5
    return added == low &<< 8 ^ low &<< 3 ^ low &>> 4
  }
}
