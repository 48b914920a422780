/// Registers of the VL53L1X by the names of ST's published register map (vl53l1_register_map.h).
enum VL53L1XRegister {
  static let softReset: UInt16 = 0x0000
  static let fastOscillatorFrequency: UInt16 = 0x0006
  static let vhvLoopBound: UInt16 = 0x0008
  static let vhvInit: UInt16 = 0x000B
  static let partToPartRangeOffset: UInt16 = 0x001E
  static let outerOffset: UInt16 = 0x0022
  static let padExternalSupply: UInt16 = 0x002E
  /// Bit 0 is the level of the interrupt pin, which is 0 when a result waits.
  static let gpioStatus: UInt16 = 0x0031
  static let calibrationLaserStart: UInt16 = 0x0047
  static let phaseCalibrationOverride: UInt16 = 0x004D
  static let manualEffectiveSpads: UInt16 = 0x0054
  static let interruptClear: UInt16 = 0x0086
  static let modeStart: UInt16 = 0x0087
  /// Range status, then 16 bytes of results.
  static let rangeStatus: UInt16 = 0x0089
  static let phaseCalibrationLaserStart: UInt16 = 0x00D8
  static let slowOscillatorCalibration: UInt16 = 0x00DE
  static let firmwareStatus: UInt16 = 0x00E5
  static let modelIdentity: UInt16 = 0x010F
}

extension VL53L1X {
  /// Rows of the register table.
  static let rows = 46

  /// The register table: what ST's API writes for timed ranging in its low-power mode, by the public names and
  /// tuning defaults (STSW-IMG007, UM2356; the same choice as Pololu's library).
  ///
  /// Left as they are after a reset: cross-talk compensation, region of interest (the whole array),
  /// thresholds of the window interrupt, the interrupt's polarity (active low) and cause (new sample), and
  /// every register that ST marks as not for the user. The row of the far phase limit comes first because it
  /// tells a reset chip in every mode.
  func setting(at row: Int, factory: FactoryValues, timing: Timing) -> RegisterSetting {
    let mode = options.distanceMode
    let periodCounts = UInt32(truncatingIfNeeded: options.period) &* UInt32(factory.slowOscillator)
    let offset = factory.outerOffset &* 4
    return switch row {
    // RANGE_CONFIG and SD_CONFIG, by distance mode.
    case 0: RegisterSetting(0x0069, mode.validPhaseHigh)
    case 1: RegisterSetting(0x0060, mode.laserPeriodA)
    case 2: RegisterSetting(0x0063, mode.laserPeriodB)
    case 3: RegisterSetting(0x0078, mode.laserPeriodA)
    case 4: RegisterSetting(0x0079, mode.laserPeriodB)
    case 5: RegisterSetting(0x007A, mode.initialPhase)
    case 6: RegisterSetting(0x007B, mode.initialPhase)
    // SYSTEM__INTERMEASUREMENT_PERIOD, 32 bits.
    case 7...10: RegisterSetting(0x006C + UInt16(row - 7), byte(periodCounts, 10 - row))
    // Timeouts of phase calibration, mode A and B, range A and B.
    case 11: RegisterSetting(0x004B, timing.phaseCalibration)
    case 12, 13: RegisterSetting(0x005A + UInt16(row - 12), byte(UInt32(timing.modeA), 13 - row))
    case 14, 15: RegisterSetting(0x005C + UInt16(row - 14), byte(UInt32(timing.modeB), 15 - row))
    case 16, 17: RegisterSetting(0x005E + UInt16(row - 16), byte(UInt32(timing.rangeA), 17 - row))
    case 18, 19: RegisterSetting(0x0061 + UInt16(row - 18), byte(UInt32(timing.rangeB), 19 - row))
    // DSS_CONFIG: target rate 20 Mcps (9.7 fixed point), aperture, requested number of photodiodes.
    case 20: RegisterSetting(0x0024, 0x0A)
    case 21: RegisterSetting(0x0025, 0x00)
    case 22: RegisterSetting(0x0057, 0x38)
    case 23: RegisterSetting(0x004F, 0x02)
    // Renewed after each measurement, so it does not read back.
    case 24: RegisterSetting(0x0054, 200, mask: 0)
    case 25: RegisterSetting(0x0055, 0, mask: 0)
    // GPIO__TIO_HV_STATUS, partly a status.
    case 26: RegisterSetting(0x0031, 0x02, mask: 0)
    // SIGMA_ESTIMATOR: effective pulse and ambient width.
    case 27: RegisterSetting(0x0036, 8)
    case 28: RegisterSetting(0x0037, 16)
    // ALGO: cross-talk and range-ignore heights, clip, tolerance of the consistency check.
    case 29: RegisterSetting(0x0039, 0x01)
    case 30: RegisterSetting(0x003E, 0xFF)
    case 31: RegisterSetting(0x003F, 0)
    case 32: RegisterSetting(0x0040, 2)
    // SYSTEM__THRESH_RATE_HIGH and LOW.
    case 33...36: RegisterSetting(0x0050 + UInt16(row - 33), 0)
    // RANGE_CONFIG: sigma at most 90 mm (14.2 fixed point), return rate at least 1.5 Mcps (9.7).
    case 37: RegisterSetting(0x0064, 0x01)
    case 38: RegisterSetting(0x0065, 0x68)
    case 39: RegisterSetting(0x0066, 0x00)
    case 40: RegisterSetting(0x0067, 0xC0)
    // ALGO__PART_TO_PART_RANGE_OFFSET_MM, 11.2 fixed point: the factory's outer offset.
    case 41: RegisterSetting(0x001E, byte(UInt32(offset), 1))
    case 42: RegisterSetting(0x001F, byte(UInt32(offset), 0))
    // SD_CONFIG__QUANTIFIER and SYSTEM__SEED_CONFIG.
    case 43: RegisterSetting(0x007E, 2)
    case 44: RegisterSetting(0x0077, 1)
    // SYSTEM__SEQUENCE_CONFIG: VHV, phase calibration, DSS1, range.
    default: RegisterSetting(0x0081, 0x8B)
    }
  }

  private func byte(_ value: UInt32, _ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: value >> (8 * UInt32(truncatingIfNeeded: max(0, index))))
  }
}
