/// The trim that a BMP280 carries in its fuses, with the way back from physics to raw values.
struct BMP280FactoryTrim {
  var t: InlineArray<3, Int>
  var p: InlineArray<9, Int>

  /// The example of the datasheet BST-BMP280-DS001, section 3.12.
  static let datasheetExample = BMP280FactoryTrim(
    t: [27504, 26435, -1000], p: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000])

  /// The 24 bytes from register 0x88: 16-bit words, low byte first.
  var bytes: InlineArray<24, UInt8> {
    var bytes = InlineArray<24, UInt8>(repeating: 0)
    for word in 0..<12 {
      let value = word < 3 ? t[word] : p[word - 3]
      bytes[2 * word] = UInt8(truncatingIfNeeded: value)
      bytes[2 * word + 1] = UInt8(truncatingIfNeeded: value >> 8)
    }
    return bytes
  }

  /// The fine temperature (5120 per °C) of a temperature in °C, between −40 and 85.
  func fineTemperature(_ celsius: Double) -> Double { max(-45, min(celsius, 95)) * 5120 }

  /// The raw temperature whose compensation gives the fine temperature: x·T2 + x²·T3/64 = fine, where
  /// x = raw/16384 − T1/1024, by Newton's method.
  func rawTemperature(fineTemperature fine: Double) -> Double {
    let t2 = Double(t[1])
    let t3 = Double(t[2]) / 64
    var x = fine / t2
    for _ in 0..<4 { x -= (x * (t2 + x * t3) - fine) / (t2 + 2 * x * t3) }
    return (x + Double(t[0]) / 1024) * 16384
  }

  /// The raw pressure whose compensation at that fine temperature gives `pascal`.
  ///
  /// Compensation is q = (2²⁰ − raw − c)·6250/d, then pascal = q + (P9·q²/2³¹ + P8·q/2¹⁵ + P7)/16, where c
  /// and d depend on the temperature alone; the second is solved by Newton's method, the first directly.
  func rawPressure(_ pascal: Double, fineTemperature fine: Double) -> Double {
    let half = fine / 2 - 64_000
    let c = (half * half * Double(p[5]) / 131_072 + half * Double(p[4]) / 2 + Double(p[3]) * 65_536) / 4096
    let slope = (Double(p[2]) * half * half / 524_288 + Double(p[1]) * half) / 524_288
    let d = (1 + slope / 32_768) * Double(p[0])
    let square = Double(p[8]) / 34_359_738_368
    let linear = 1 + Double(p[7]) / 524_288
    let constant = Double(p[6]) / 16
    var q = pascal
    for _ in 0..<4 { q -= (q * (linear + q * square) + constant - pascal) / (linear + 2 * q * square) }
    return 1_048_576 - c - q * d / 6250
  }
}
