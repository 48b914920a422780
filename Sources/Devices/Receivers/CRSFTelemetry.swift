/// A frame of telemetry, ready for the wire.
public struct CRSFFrame: Sendable, BitwiseCopyable {
  private var bytes = InlineArray<64, UInt8>(repeating: 0)
  /// How many bytes it has.
  public private(set) var count = 0

  /// The frame's bytes.
  public var span: Span<UInt8> {
    @_lifetime(borrow self)
    borrowing get { bytes.span.extracting(0..<count) }
  }

  /// A frame of a type without its payload yet. What a vehicle sends begins with the flight controller's address.
  fileprivate init(type: UInt8) {
    put(0xC8)
    put(0)
    put(type)
  }

  fileprivate mutating func put(_ byte: UInt8) {
    guard count < 63 else { return }
    bytes[count] = byte
    count += 1
  }

  /// Big-endian, unlike the channels.
  fileprivate mutating func put(word number: UInt16) {
    put(UInt8(truncatingIfNeeded: number >> 8))
    put(UInt8(truncatingIfNeeded: number))
  }

  fileprivate mutating func close() {
    bytes[1] = UInt8(truncatingIfNeeded: count - 1)
    var crc: UInt8 = 0
    for place in 2..<count { crc = crc8(crc ^ bytes[place], polynomial: 0xD5) }
    bytes[count] = crc
    count += 1
  }
}

/// What a vehicle tells the radio's screen, over the receiver's wire (TBS, *CRSF protocol specification*, types 0x08, 0x0B, 0x1E, 0x21).
///
/// A number beyond its field's range is sent as the nearest that fits; one that is no number as 0.
public enum CRSFTelemetry {
  /// The battery: V, A, what has been drawn in mAh, what is left in %.
  public static func battery(volts: Float, amperes: Float, drawn: Float, left: Float) -> CRSFFrame {
    var frame = CRSFFrame(type: 0x08)
    frame.put(word: UInt16(rounding(volts * 10, 0, 65_535)))
    frame.put(word: UInt16(rounding(amperes * 10, 0, 65_535)))
    let capacity = rounding(drawn, 0, 0xFF_FFFF)
    frame.put(UInt8(truncatingIfNeeded: capacity >> 16))
    frame.put(word: UInt16(truncatingIfNeeded: capacity))
    frame.put(UInt8(rounding(left, 0, 100)))
    frame.close()
    return frame
  }

  /// Where the vehicle points, in rad; sent in steps of 100 µrad, ±3.2767 at most.
  public static func attitude(roll: Float, pitch: Float, yaw: Float) -> CRSFFrame {
    var frame = CRSFFrame(type: 0x1E)
    frame.put(word: tenths(pitch))
    frame.put(word: tenths(roll))
    frame.put(word: tenths(yaw))
    frame.close()
    return frame
  }

  /// The mode's name, as UTF-8; what is longer than 15 bytes is cut.
  public static func flightMode(_ name: Span<UInt8>) -> CRSFFrame {
    var frame = CRSFFrame(type: 0x21)
    for place in 0..<min(name.count, 15) { frame.put(name[place]) }
    frame.put(0)
    frame.close()
    return frame
  }

  /// That the vehicle is there.
  public static func heartbeat() -> CRSFFrame {
    var frame = CRSFFrame(type: 0x0B)
    frame.put(word: UInt16(0xC8))
    frame.close()
    return frame
  }

  /// Tenths of a milliradian.
  private static func tenths(_ angle: Float) -> UInt16 {
    UInt16(bitPattern: Int16(rounding(angle * 10_000, -32_768, 32_767)))
  }

  private static func rounding(_ number: Float, _ low: Int32, _ high: Int32) -> Int32 {
    guard number == number else { return max(low, min(0, high)) }
    let rounded = number.rounded()
    // Compared as Float first: beyond Int32 there is nothing to convert to.
    return rounded <= Float(low) ? low : rounded >= Float(high) ? high : Int32(rounded)
  }
}
