/// The trim of a BME280's hygrometer, with the way back from humidity to the raw value. The datasheet prints no
/// example; the coefficients are of the size that specimens show.
struct BME280HumidityTrim {
  var h1 = 75
  var h2 = 362
  var h3 = 0
  var h4 = 324
  var h5 = 50
  var h6 = 30

  /// The seven bytes from register 0xE1: H4 and H5 have twelve bits and share the fifth.
  var bytes: InlineArray<7, UInt8> {
    func byte(_ value: Int) -> UInt8 { UInt8(truncatingIfNeeded: value) }
    return [
      byte(h2), byte(h2 >> 8), byte(h3), byte(h4 >> 4), byte(h4 & 0x0F | (h5 & 0x0F) << 4), byte(h5 >> 4),
      byte(h6),
    ]
  }

  /// The raw value whose compensation at that fine temperature (5120 per °C) gives the relative humidity, 0 to 1.
  ///
  /// Compensation is h = (raw − offset)·slope, then percent = h·(1 − H1·h/2¹⁹): the second is a quadratic.
  func raw(_ humidity: Double, fineTemperature: Double) -> Double {
    let t = fineTemperature - 76_800
    let offset = Double(h4) * 64 + Double(h5) * t / 16_384
    let slope =
      Double(h2) / 65_536 * (1 + Double(h6) * t / 67_108_864 * (1 + Double(h3) * t / 67_108_864))
    let curve = Double(h1) / 524_288
    let percent = humidity * 100
    let h = curve == 0 ? percent : (1 - (1 - 4 * curve * percent).squareRoot()) / (2 * curve)
    return h / slope + offset
  }
}
