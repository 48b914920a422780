/// Registers of the VL53L0X by the names of ST's API (vl53l0x_device.h), all on page 0. Those that ST gives no name have
/// a comment instead.
enum VL53L0XRegister {
  /// Bit 0 starts or stops, bit 1 measures back to back, bit 2 by the period; on page 1 it opens what is hidden.
  static let rangeStart: UInt8 = 0x00
  static let sequenceConfiguration: UInt8 = 0x01
  /// 32 bits, in counts of the slow oscillator.
  static let period: UInt8 = 0x04
  static let interruptConfiguration: UInt8 = 0x0A
  static let interruptClear: UInt8 = 0x0B
  /// Bits 2 to 0 are 4 when a result waits; bits 4 and 3 tell of an error.
  static let interruptStatus: UInt8 = 0x13
  /// Range status, then 11 bytes of results.
  static let rangeStatus: UInt8 = 0x14
  /// 16 bits, 9.7 fixed point.
  static let finalSignalRateLimit: UInt8 = 0x44
  static let stepTimeout: UInt8 = 0x46
  static let preRangeLaserPeriod: UInt8 = 0x50
  static let preRangeTimeout: UInt8 = 0x51
  static let finalLaserPeriod: UInt8 = 0x70
  static let finalTimeout: UInt8 = 0x71
  static let powerForce: UInt8 = 0x80
  /// Opens the factory's memory; of page 7.
  static let memoryEnable: UInt8 = 0x81
  /// Of page 6 a bit that lets the memory be read; elsewhere 0 begins to read a word, and another value says that it
  /// is there.
  static let memoryStrobe: UInt8 = 0x83
  static let interruptPolarity: UInt8 = 0x84
  /// Set to 0 by ST's API for the bus's standard mode.
  static let busMode: UInt8 = 0x88
  static let padExternalSupply: UInt8 = 0x89
  /// A word of the factory's memory, 32 bits.
  static let memoryData: UInt8 = 0x90
  /// What must stand in this register of page 1 when ranging starts.
  static let stopVariable: UInt8 = 0x91
  static let memoryAddress: UInt8 = 0x94
  /// Six bytes, one bit for each reference photodiode.
  static let referenceMap: UInt8 = 0xB0
  static let referenceStart: UInt8 = 0xB6
  static let softReset: UInt8 = 0xBF
  static let modelIdentity: UInt8 = 0xC0
  /// Counts of the slow oscillator per ms, 16 bits.
  static let oscillatorCalibration: UInt8 = 0xF8
  static let page: UInt8 = 0xFF
}

extension VL53L0X {
  /// Rows of the register table.
  static let rows = 15

  /// The register table: what is set and read back. It holds no register that ST's API does not read itself.
  ///
  /// Rows 4 to 8 repeat what the tuning sets, because the timing is worked out from it. The first two tell a chip that
  /// was reset.
  func setting(at row: Int) -> RegisterSetting {
    let counts = UInt32(truncatingIfNeeded: options.period) &* UInt32(factory.slowOscillator)
    let timeout = Self.finalTimeout(budget: options.boundedBudget)
    let limit = Self.signalRateLimit(options.signalRateLimit)
    return switch row {
    // A new sample is the interrupt's cause.
    case 0: setting(VL53L0XRegister.interruptConfiguration, 0x04, mask: 0x07)
    case 1: setting(VL53L0XRegister.sequenceConfiguration, Self.sequence)
    case 2, 3: setting(VL53L0XRegister.finalSignalRateLimit, UInt32(limit), byte: row - 2, of: 2)
    case 4: setting(VL53L0XRegister.stepTimeout, Timing.stepTimeout)
    case 5: setting(VL53L0XRegister.preRangeLaserPeriod, Timing.preRangeLaserPeriod)
    case 6, 7: setting(VL53L0XRegister.preRangeTimeout, UInt32(Timing.preRangeTimeout), byte: row - 6, of: 2)
    case 8: setting(VL53L0XRegister.finalLaserPeriod, Timing.finalLaserPeriod)
    case 9, 10: setting(VL53L0XRegister.finalTimeout, UInt32(timeout), byte: row - 9, of: 2)
    default: setting(VL53L0XRegister.period, counts, byte: row - 11, of: 4)
    }
  }

  private func setting(_ register: UInt8, _ value: UInt8, mask: UInt8 = 0xFF) -> RegisterSetting {
    RegisterSetting(UInt16(register), value, mask: mask)
  }

  /// The `index`-th byte of a register of `count` bytes, high byte first.
  private func setting(_ register: UInt8, _ value: UInt32, byte index: Int, of count: Int) -> RegisterSetting
  {
    RegisterSetting(
      UInt16(register) + UInt16(truncatingIfNeeded: index),
      UInt8(truncatingIfNeeded: value >> UInt32(truncatingIfNeeded: 8 * (count - 1 - index))))
  }
}
