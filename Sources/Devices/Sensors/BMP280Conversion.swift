extension BMP280 {
  /// The factory trim, 24 bytes from register 0x88, little-endian.
  public struct Trim: Equatable, Sendable, BitwiseCopyable {
    /// Temperature coefficients dig_T1...dig_T3.
    public var t1, t2, t3: Double
    /// Pressure coefficients dig_P1...dig_P9.
    public var p1, p2, p3, p4, p5, p6, p7, p8, p9: Double

    /// The coefficients in the bytes from register 0x88.
    public init(_ bytes: InlineArray<24, UInt8>) {
      t1 = Double(bytes.uint16(littleEndianAt: 0))
      t2 = Double(bytes.int16(littleEndianAt: 2))
      t3 = Double(bytes.int16(littleEndianAt: 4))
      p1 = Double(bytes.uint16(littleEndianAt: 6))
      p2 = Double(bytes.int16(littleEndianAt: 8))
      p3 = Double(bytes.int16(littleEndianAt: 10))
      p4 = Double(bytes.int16(littleEndianAt: 12))
      p5 = Double(bytes.int16(littleEndianAt: 14))
      p6 = Double(bytes.int16(littleEndianAt: 16))
      p7 = Double(bytes.int16(littleEndianAt: 18))
      p8 = Double(bytes.int16(littleEndianAt: 20))
      p9 = Double(bytes.int16(littleEndianAt: 22))
    }

    /// Whether a factory could have burnt it: a blank trim would divide by zero or ignore the measurement.
    public var isPlausible: Bool {
      t1 != 0 && t2 != 0 && p1 != 0 && !(t2 == -1 && t3 == -1 && p2 == -1 && p3 == -1)
    }
  }

  /// Pressure in Pa and temperature in °C of a raw measurement, or `nil` when the trim would divide by zero.
  ///
  /// The formula in double precision of the datasheet BST-BMP280-DS001, section 8.1; only + − · /, so it
  /// gives the same bits on every machine.
  public static func compensate(
    rawPressure: UInt32, rawTemperature: UInt32, trim: Trim
  ) -> (pressure: Double, temperature: Double)? {
    let adcT = Double(rawTemperature)
    let t = adcT / 131072 - trim.t1 / 8192
    let fine = (adcT / 16384 - trim.t1 / 1024) * trim.t2 + t * t * trim.t3

    var v1 = fine / 2 - 64000
    var v2 = v1 * v1 * trim.p6 / 32768 + v1 * trim.p5 * 2
    v2 = v2 / 4 + trim.p4 * 65536
    v1 = (trim.p3 * v1 * v1 / 524288 + trim.p2 * v1) / 524288
    v1 = (1 + v1 / 32768) * trim.p1
    guard v1 != 0 else { return nil }
    var p = 1_048_576 - Double(rawPressure)
    p = (p - v2 / 4096) * 6250 / v1
    p += (trim.p9 * p * p / 2_147_483_648 + p * trim.p8 / 32768 + trim.p7) / 16
    return (p, fine / 5120)
  }

  /// The 20-bit raw value in three bytes of the data registers: most, middle, least significant four bits.
  public static func raw20(_ high: UInt8, _ middle: UInt8, _ low: UInt8) -> UInt32 {
    UInt32(high) << 12 | UInt32(middle) << 4 | UInt32(low) >> 4
  }

  /// The part that most likely stands behind a chip identity, for an error message; `nil` if unknown.
  public static func likelyPart(identity: UInt8) -> LikelyPart? {
    switch identity {
    case 0x56, 0x57: .compatible("an engineering sample of the BMP280")
    case 0x58: .compatible("BMP280")
    case 0x60: .compatible("BME280")
    case 0x61: .other("BME680")
    case 0x55: .other("BMP180")
    case 0x00, 0xFF: .nothing
    default: nil
    }
  }
}
