extension BMP388 {
  /// The factory trim, scaled to the floating-point coefficients of the datasheet BST-BMP388-DS001, section 9.1.
  public struct Trim: Equatable, Sendable, BitwiseCopyable {
    /// Temperature coefficients PAR_T1...PAR_T3.
    public var t1, t2, t3: Double
    /// Pressure coefficients PAR_P1...PAR_P11.
    public var p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11: Double

    /// The coefficients in the 21 bytes from register 0x31, found at `offset` of `bytes`.
    init(_ bytes: InlineArray<22, UInt8>, at offset: Int) {
      func word(_ index: Int) -> Double { Double(bytes.int16(littleEndianAt: offset + index)) }
      func natural(_ index: Int) -> Double { Double(bytes.uint16(littleEndianAt: offset + index)) }
      func byte(_ index: Int) -> Double { Double(Int8(bitPattern: bytes[offset + index])) }
      t1 = natural(0) * 0x1p8
      t2 = natural(2) * 0x1p-30
      t3 = byte(4) * 0x1p-48
      p1 = (word(5) - 0x1p14) * 0x1p-20
      p2 = (word(7) - 0x1p14) * 0x1p-29
      p3 = byte(9) * 0x1p-32
      p4 = byte(10) * 0x1p-37
      p5 = natural(11) * 0x1p3
      p6 = natural(13) * 0x1p-6
      p7 = byte(15) * 0x1p-8
      p8 = byte(16) * 0x1p-15
      p9 = word(17) * 0x1p-48
      p10 = byte(19) * 0x1p-48
      p11 = byte(20) * 0x1p-65
    }
  }

  /// The check value of the trim: CRC-8 of polynomial 0x1D, starting with all ones, inverted at the end.
  static func checksum(_ bytes: InlineArray<22, UInt8>, from first: Int) -> UInt8 {
    var crc: UInt8 = 0xFF
    for index in first..<22 {
      crc ^= bytes[index]
      for _ in 0..<8 { crc = crc & 0x80 != 0 ? crc << 1 ^ 0x1D : crc << 1 }
    }
    return ~crc
  }

  /// Pressure in Pa and temperature in °C of a raw measurement (datasheet, sections 9.2 and 9.3; only + − ·).
  public static func compensate(
    rawPressure: UInt32, rawTemperature: UInt32, trim: Trim
  ) -> (pressure: Double, temperature: Double) {
    let d = Double(rawTemperature) - trim.t1
    let t = d * trim.t2 + d * d * trim.t3
    let raw = Double(rawPressure)
    let offset = trim.p5 + t * (trim.p6 + t * (trim.p7 + t * trim.p8))
    let linear = trim.p1 + t * (trim.p2 + t * (trim.p3 + t * trim.p4))
    let square = trim.p9 + t * trim.p10
    return (offset + raw * (linear + raw * (square + raw * trim.p11)), t)
  }

  /// The part that most likely stands behind a chip identity, for an error message; `nil` if unknown.
  public static func likelyPart(identity: UInt8) -> LikelyPart? {
    switch identity {
    case 0x50: .compatible("BMP388")
    case 0x60: .compatible("BMP390")
    // A BMP280 has its identity elsewhere and reads 0 here.
    case 0x00: .other("BMP280")
    case 0xFF: .nothing
    default: nil
    }
  }
}
