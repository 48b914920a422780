/// The trim that a BMP388 carries in its fuses, with the way back from physics to raw values.
struct BMP388FactoryTrim {
  /// PAR_T1...PAR_T3 and PAR_P1...PAR_P11 as the fuses hold them.
  var t1 = 27_772
  var t2 = 18_959
  var t3 = -7
  var p: InlineArray<11, Int> = [1_056, -524, 35, 0, 25_164, 30_131, 3, -6, 16_327, 20, -60]

  /// The 21 bytes from register 0x31.
  var bytes: InlineArray<21, UInt8> {
    var bytes = InlineArray<21, UInt8>(repeating: 0)
    var next = 0
    func put(_ value: Int, bytes count: Int) {
      for shift in 0..<count { bytes[next + shift] = UInt8(truncatingIfNeeded: value >> (8 * shift)) }
      next += count
    }
    put(t1, bytes: 2)
    put(t2, bytes: 2)
    put(t3, bytes: 1)
    put(p[0], bytes: 2)
    put(p[1], bytes: 2)
    put(p[2], bytes: 1)
    put(p[3], bytes: 1)
    put(p[4], bytes: 2)
    put(p[5], bytes: 2)
    put(p[6], bytes: 1)
    put(p[7], bytes: 1)
    put(p[8], bytes: 2)
    put(p[9], bytes: 1)
    put(p[10], bytes: 1)
    return bytes
  }

  /// CRC-8 of those bytes: polynomial 0x1D, from 0xFF, inverted. By long division, bit for bit.
  var checksum: UInt8 {
    let bytes = bytes
    var remainder: UInt16 = 0xFF
    for index in 0..<21 {
      remainder ^= UInt16(bytes[index])
      for _ in 0..<8 {
        remainder <<= 1
        if remainder & 0x100 != 0 { remainder ^= 0x11D }
      }
    }
    return UInt8(truncatingIfNeeded: ~remainder)
  }

  /// The raw temperature whose compensation gives `celsius`: T2·d + T3·d² = celsius by Newton's method.
  func rawTemperature(_ celsius: Double) -> Double {
    let linear = Double(t2) / 1_073_741_824
    let square = Double(t3) / 281_474_976_710_656
    var d = celsius / linear
    for _ in 0..<4 { d -= (d * (linear + d * square) - celsius) / (linear + 2 * d * square) }
    return d + Double(t1) * 256
  }

  /// The raw pressure whose compensation at `celsius` gives `pascal`: a cubic in the raw value, by Newton's
  /// method from its linear part.
  func rawPressure(_ pascal: Double, celsius t: Double) -> Double {
    let constant =
      Double(p[4]) * 8 + Double(p[5]) / 64 * t + Double(p[6]) / 256 * t * t + Double(p[7]) / 32_768 * t * t
      * t
    let first =
      Double(p[0] - 16_384) / 1_048_576 + Double(p[1] - 16_384) / 536_870_912 * t
      + Double(p[2]) / 4_294_967_296 * t * t + Double(p[3]) / 137_438_953_472 * t * t * t
    let second = (Double(p[8]) + Double(p[9]) * t) / 281_474_976_710_656
    let third = Double(p[10]) / 36_893_488_147_419_103_232
    var raw = (pascal - constant) / first
    for _ in 0..<6 {
      let error = constant + raw * (first + raw * (second + raw * third)) - pascal
      raw -= error / (first + raw * (2 * second + raw * 3 * third))
    }
    return raw
  }
}
