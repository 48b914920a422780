extension VL53L0X {
  /// What the tuning sets of the timing, and the overheads that ST's API adds to the steps of a measurement.
  enum Timing {
    /// Register of the timeout of the steps before ranging, in macro periods less one.
    static let stepTimeout: UInt8 = 0x25
    static let preRangeLaserPeriod: UInt8 = 0x06
    static let preRangeTimeout: UInt16 = 0x0096
    static let finalLaserPeriod: UInt8 = 0x04
    /// µs. The API counts 1320 at the start when it sets a budget and 1910 when it tells one; the longer one is the one
    /// with which a measurement ends in its budget.
    static let startOverhead: UInt32 = 1_910
    static let endOverhead: UInt32 = 960
    static let photodiodeOverhead: UInt32 = 690
    static let preRangeOverhead: UInt32 = 660
    static let finalRangeOverhead: UInt32 = 550
  }

  /// The steps of a measurement: final range, pre-range, and the choice of photodiodes. Of the checks that ST's API
  /// leaves out by default none.
  static let sequence: UInt8 = 0xE8

  /// Duration of a macro period in ns: 2304 periods of the laser, which are 2 · (setting + 1) cycles of 1655 ps.
  static func macroPeriod(laserPeriod: UInt8) -> UInt32 {
    let cycles = (UInt32(laserPeriod) + 1) << 1
    return (2304 * cycles * 1655 + 500) / 1000
  }

  /// Macro periods of that many ns, rounded, that last `microseconds`.
  static func macroPeriods(microseconds: UInt32, macroPeriod: UInt32) -> UInt32 {
    let period = UInt64(max(1, macroPeriod))
    return UInt32(clamping: (UInt64(microseconds) * 1_000 + period / 2) / period)
  }

  /// How long that many macro periods last, in µs, as ST's API rounds it.
  static func microseconds(macroPeriods: UInt32, macroPeriod: UInt32) -> UInt32 {
    UInt32(clamping: (UInt64(macroPeriods) * UInt64(macroPeriod) + UInt64(macroPeriod) / 2) / 1_000)
  }

  /// The timeout of the final range, in its register's form, for a budget in µs: what the other steps and the overheads
  /// leave, with the pre-range's macro periods, which count into it.
  static func finalTimeout(budget: Int) -> UInt16 {
    let early = macroPeriod(laserPeriod: Timing.preRangeLaserPeriod)
    let step = microseconds(macroPeriods: UInt32(Timing.stepTimeout) + 1, macroPeriod: early)
    let preRange = VL53Timeout.decode(Timing.preRangeTimeout)
    let used =
      Timing.startOverhead + Timing.endOverhead + 2 * (step + Timing.photodiodeOverhead)
      + microseconds(macroPeriods: preRange, macroPeriod: early) + Timing.preRangeOverhead
      + Timing.finalRangeOverhead
    let left = UInt32(clamping: max(0, budget - Int(used)))
    let late = macroPeriod(laserPeriod: Timing.finalLaserPeriod)
    return VL53Timeout.encode(macroPeriods(microseconds: left, macroPeriod: late) + preRange)
  }

  /// A rate in millions of counts per second in 9.7 fixed point, cut off, at the ends of its range where it is beyond.
  static func signalRateLimit(_ rate: Double) -> UInt16 {
    guard rate > 0 else { return 0 }
    return rate < 511.9921875 ? UInt16(rate * 128) : 0xFFFF
  }

  /// Number and kind of the reference photodiodes, and which of the array are good, as the factory found them.
  struct FactoryValues: Sendable, BitwiseCopyable, Equatable {
    /// How many of them are to be used.
    var count: UInt8 = 0
    /// Whether those behind an aperture are to be used.
    var isAperture = false
    /// One bit for each good one.
    var good = InlineArray<6, UInt8>(repeating: 0)
    /// Counts of the slow oscillator per ms; 0 when the chip does not say.
    var slowOscillator: UInt16 = 0

    static func == (left: Self, right: Self) -> Bool {
      left.count == right.count && left.isAperture == right.isAperture
        && left.slowOscillator == right.slowOscillator
        && left.good.indices.allSatisfy { left.good[$0] == right.good[$0] }
    }

    /// Takes in number and kind, from their byte of the factory's memory.
    mutating func take(reference byte: UInt8) {
      count = byte & 0x7F
      isAperture = byte & 0x80 != 0
    }

    /// The map of those to be used: the first good ones of their kind. `nil` when the factory's values cannot be, which
    /// ST's API takes for a chip that must be measured anew.
    var map: InlineArray<6, UInt8>? {
      // 12 photodiodes without an aperture come first in the array of 44.
      let first = isAperture ? 12 : 0
      guard count > 0, count <= (isAperture ? 32 : 12) else { return nil }
      var map = InlineArray<6, UInt8>(repeating: 0)
      var left = count
      var index = first
      while left > 0, index < 44 {
        let bit: UInt8 = 1 << UInt8(truncatingIfNeeded: index & 7)
        if good[index >> 3] & bit != 0 {
          map[index >> 3] |= bit
          left -= 1
        }
        index += 1
      }
      return left == 0 ? map : nil
    }
  }

  /// Judges bits 6 to 3 of a range status: 11 is a range; 1 and 2 are failures of the laser's tests, 3 a missing calibration of the
  /// voltage; the others say why there is no range (4 signal, 5 signal to noise, 6 phase, 7 sigma, 8 target check,
  /// 9 phases that contradict each other, 10 clipped at the near end, 12 and 13 arithmetic, 14 threshold).
  static func verdict(status: UInt8) -> RangeVerdict {
    switch status >> 3 & 0x0F {
    case 11: .valid
    case 4...10, 12...14: .invalid
    case 1, 2, 3: .broken
    default: .unknown
    }
  }

  /// Distance in m of a result in mm; `nil` for what no measurement gives. 8190 and 8191 say that nothing was seen.
  static func distance(raw: UInt16) -> Float? { raw <= 8_191 ? Float(raw) / 1_000 : nil }

  /// Whether a result stands for a target.
  static func isTarget(raw: UInt16) -> Bool { raw < 8_190 }
}
