/// The trim that an MS5611 or MS5607 carries, with the way back from physics to raw values.
struct MS5611FactoryTrim {
  private let is5607: Bool
  /// The eight words: one of the factory's, C1...C6 (the example of MS5611-01BA03, page 8), and the last with the
  /// checksum in its lowest bits.
  let words: InlineArray<8, UInt16>

  init(is5607: Bool) {
    self.is5607 = is5607
    // The MS5607's coefficients of sensitivity and offset count double: its example (MS5607-02BA03, page 8).
    var words: InlineArray<8, UInt16> =
      is5607
      ? [0x00BE, 46372, 43981, 29059, 27842, 31553, 28165, 0x5A00]
      : [0x00BE, 40127, 36924, 23317, 23282, 33464, 28312, 0x5A00]
    words[7] |= Self.remainder(words)
    self.words = words
  }

  /// CRC-4 of polynomial 0x13 by long division, bit for bit, over the words as they are sent up to the high byte of
  /// the last, with four zeros behind them.
  private static func remainder(_ words: InlineArray<8, UInt16>) -> UInt16 {
    var remainder = 0
    for bit in 0..<124 {
      let word = Int(words[bit / 16])
      let next = bit < 120 ? word >> (15 - bit % 16) & 1 : 0
      remainder = remainder << 1 | next
      if remainder & 0x10 != 0 { remainder ^= 0x13 }
    }
    return UInt16(truncatingIfNeeded: remainder)
  }

  private func c(_ index: Int) -> Double { Double(words[index]) }

  /// Temperature of first order in 0.01 °C, and what second order takes off, from dT.
  private func temperature(_ dT: Double) -> (first: Double, second: Double) {
    let first = 2000 + dT * c(6) / 8_388_608
    return (first, first < 2000 ? dT * dT / 2_147_483_648 : 0)
  }

  /// The raw temperature whose compensation gives `celsius`, by bisection: the compensation rises all the way.
  func rawTemperature(_ celsius: Double) -> Double {
    var low = -c(5) * 256
    var high = 16_777_215 - c(5) * 256
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let value = temperature(middle)
      if value.first - value.second < celsius * 100 { low = middle } else { high = middle }
    }
    return (low + high) / 2 + c(5) * 256
  }

  /// The raw pressure whose compensation, at that raw temperature, gives `pascal`.
  func rawPressure(_ pascal: Double, rawTemperature: Double) -> Double {
    let dT = rawTemperature - c(5) * 256
    let first = temperature(dT).first
    var offset: Double
    var sensitivity: Double
    if is5607 {
      offset = c(2) * 131_072 + c(4) * dT / 64
      sensitivity = c(1) * 65_536 + c(3) * dT / 128
    } else {
      offset = c(2) * 65_536 + c(4) * dT / 128
      sensitivity = c(1) * 32_768 + c(3) * dT / 256
    }
    if first < 2000 {
      let square = (first - 2000) * (first - 2000)
      offset -= is5607 ? 61 * square / 16 : 5 * square / 2
      sensitivity -= is5607 ? 2 * square : 5 * square / 4
    }
    if first < -1500 {
      let square = (first + 1500) * (first + 1500)
      offset -= (is5607 ? 15 : 7) * square
      sensitivity -= is5607 ? 8 * square : 11 * square / 2
    }
    return (pascal * 32_768 + offset) * 2_097_152 / sensitivity
  }
}
