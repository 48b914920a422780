import HardwareInterfaces

extension MS5611 {
  /// The check value of the trim's eight words: CRC-4 of polynomial 0x3 over all but the value itself, which stands
  /// in the lowest bits of the last word (application note AN520).
  public static func checksum(_ words: InlineArray<8, UInt16>) -> UInt8 {
    var remainder: UInt16 = 0
    for index in 0..<16 {
      let word = index < 14 ? words[index / 2] : words[7] & 0xFF00
      remainder ^= index % 2 == 0 ? word >> 8 : word & 0x00FF
      for _ in 0..<8 {
        remainder = remainder & 0x8000 != 0 ? remainder << 1 ^ 0x3000 : remainder << 1
      }
    }
    return UInt8(truncatingIfNeeded: remainder >> 12)
  }

  /// Pressure in Pa and temperature in °C of a raw measurement, with the compensation of second order below 20 °C
  /// (MS5611-01BA03, pages 7 and 8; MS5607-02BA03, pages 7 and 8). Only + − ·, in double precision, without the
  /// datasheets' rounding to whole steps.
  public static func compensate(
    rawPressure: UInt32, rawTemperature: UInt32, words: InlineArray<8, UInt16>, variant: Variant = .ms5611
  ) -> (pressure: Double, temperature: Double) {
    func c(_ index: Int) -> Double { Double(words[index]) }
    let is5607 = variant == .ms5607
    let difference = Double(rawTemperature) - c(5) * 0x1p8
    var temperature = 2_000 + difference * c(6) * 0x1p-23
    var offset = (c(2) * 0x1p16 + c(4) * difference * 0x1p-7) * (is5607 ? 2 : 1)
    var sensitivity = (c(1) * 0x1p15 + c(3) * difference * 0x1p-8) * (is5607 ? 2 : 1)
    if temperature < 2_000 {
      let below20 = (temperature - 2_000) * (temperature - 2_000)
      var offset2 = below20 * (is5607 ? 61.0 / 16 : 2.5)
      var sensitivity2 = below20 * (is5607 ? 2 : 1.25)
      if temperature < -1_500 {
        let belowMinus15 = (temperature + 1_500) * (temperature + 1_500)
        offset2 += belowMinus15 * (is5607 ? 15 : 7)
        sensitivity2 += belowMinus15 * (is5607 ? 8 : 5.5)
      }
      temperature -= difference * difference * 0x1p-31
      offset -= offset2
      sensitivity -= sensitivity2
    }
    let pressure = (Double(rawPressure) * sensitivity * 0x1p-21 - offset) * 0x1p-15
    return (pressure, temperature / 100)
  }
}

extension MS5611: ConfiguredSensor {
  /// See `ConfiguredSensor`: the MS5611's.
  public static var facts: ChipFacts {
    // Two conversions started, and both results.
    ChipFacts(
      name: "ms5611", addresses: [0x76, 0x77], maximumRate: Int(Options().maximumRate),
      bitsPerSample: 2 * (TransferBits.write(1) + TransferBits.readRegisters(3)), identity: nil)
  }

  /// What is known of the MS5607.
  public static var facts5607: ChipFacts {
    var facts = facts
    facts.name = "ms5607"
    return facts
  }

  /// See `ConfiguredSensor`.
  public init(_ use: SensorUse) { self.init(use, variant: .ms5611) }

  init(_ use: SensorUse, variant: Variant) {
    var options = Options()
    options.address = use.address
    options.rate = use.rate
    if use.playsBack { options.frozenAfter = nil }
    options.variant = variant
    self.init(options: options)
  }
}
