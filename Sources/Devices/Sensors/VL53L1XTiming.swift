extension VL53L1X {
  /// The oscillators as the factory measured them, and the factory's range offset.
  struct FactoryValues: Sendable, BitwiseCopyable, Equatable {
    /// The fast oscillator in MHz, 4.12 fixed point (register 0x0006).
    var fastOscillator: UInt16
    /// Counts of the slow oscillator per ms (register 0x00DE, ten bits).
    var slowOscillator: UInt16
    /// Outer offset in mm (register 0x0022).
    var outerOffset: UInt16

    /// Whether a factory could have measured it.
    var isPlausible: Bool {
      fastOscillator != 0 && fastOscillator != 0xFFFF && slowOscillator != 0
    }
  }

  /// Registers that follow from the timing budget.
  struct Timing: Equatable, Sendable, BitwiseCopyable {
    var phaseCalibration: UInt8
    var modeA, modeB: UInt16
    var rangeA, rangeB: UInt16
  }

  /// Duration of a macro period in µs, 12 fractional bits: 2304 periods of the laser, which are
  /// 2 · (setting + 1) cycles of a clock that runs 64 times as fast as the fast oscillator.
  static func macroPeriod(fastOscillator: UInt16, laserPeriod: UInt8) -> UInt32 {
    guard fastOscillator > 0 else { return 1 }
    let clock = (1 << 30) / UInt64(fastOscillator)
    let cycles = (UInt64(laserPeriod) + 1) << 1
    return UInt32(truncatingIfNeeded: max(1, (((2304 * clock) >> 6) * cycles) >> 6))
  }

  /// Macro periods, rounded, that last `microseconds`.
  static func macroPeriods(microseconds: UInt32, macroPeriod: UInt32) -> UInt32 {
    UInt32(
      truncatingIfNeeded: (UInt64(microseconds) << 12 + UInt64(macroPeriod) / 2) / UInt64(max(1, macroPeriod))
    )
  }

  /// The registers for a timing budget in µs: half of what is left of it after 4528 µs of overhead, for each of
  /// the two ranging steps.
  static func timing(budget: Int, fastOscillator: UInt16, mode: DistanceMode) -> Timing {
    let step = UInt32(truncatingIfNeeded: max(0, budget - 4_528) / 2)
    let a = macroPeriod(fastOscillator: fastOscillator, laserPeriod: mode.laserPeriodA)
    let b = macroPeriod(fastOscillator: fastOscillator, laserPeriod: mode.laserPeriodB)
    return Timing(
      phaseCalibration: UInt8(clamping: macroPeriods(microseconds: 1_000, macroPeriod: a)),
      modeA: VL53Timeout.encode(macroPeriods(microseconds: 1, macroPeriod: a)),
      modeB: VL53Timeout.encode(macroPeriods(microseconds: 1, macroPeriod: b)),
      rangeA: VL53Timeout.encode(macroPeriods(microseconds: step, macroPeriod: a)),
      rangeB: VL53Timeout.encode(macroPeriods(microseconds: step, macroPeriod: b)))
  }

  /// Distance in m of a raw result in mm: the result times 2011/2048, rounded to mm.
  public static func distance(raw: UInt16) -> Float {
    Float((UInt32(raw) * 2011 + 1024) / 2048) / 1000
  }

  /// Judges the low five bits of a range status: 9 is a range, 8 one clipped at the near end; 1, 2, 3 and 17 are failures of the
  /// hardware; the others say why there is no range (4 no target, 5 phase, 6 sigma, 7 wrapped, 12 cross-talk,
  /// 13 too near, 18 not synchronised). 0, for no update, is none of a finished measurement.
  static func verdict(status: UInt8) -> RangeVerdict {
    switch status & 0x1F {
    case 8, 9: .valid
    case 4, 5, 6, 7, 12, 13, 18: .invalid
    case 1, 2, 3, 17: .broken
    default: .unknown
    }
  }
}

extension VL53L1X.DistanceMode {
  /// Settings of the laser's period for the two ranging steps.
  var laserPeriodA: UInt8 {
    switch self {
    case .short: 0x07
    case .medium: 0x0B
    case .long: 0x0F
    }
  }

  var laserPeriodB: UInt8 { laserPeriodA - 2 }

  /// Latest phase that counts as a target.
  var validPhaseHigh: UInt8 {
    switch self {
    case .short: 0x38
    case .medium: 0x78
    case .long: 0xB8
    }
  }

  /// Phase at which the search begins.
  var initialPhase: UInt8 { laserPeriodA - 1 }
}
