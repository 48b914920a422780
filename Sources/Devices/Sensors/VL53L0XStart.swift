extension VL53L0X {
  /// One thing that is done on the bus at the start, in one call of the driver.
  enum Step: Equatable, Sendable {
    /// A register is written.
    case write(UInt8, UInt8)
    /// Bits of a register are set, and the others kept.
    case set(UInt8, UInt8)
    /// Bits of a register are cleared, and the others kept.
    case clear(UInt8, UInt8)
    /// The chip is left alone for that many µs.
    case pause(Int64)
    /// The stop variable is read.
    case readStopVariable
    /// The chip has been asked for a word of the factory's memory; whether it is there yet.
    case awaitMemory
    /// A word of the factory's memory is read: 0 for number and kind of reference photodiodes, 1 and 2 for their map.
    case readMemory(Int)
    /// The slow oscillator's calibration is read.
    case readOscillator
    /// The map of reference photodiodes is written.
    case writeMap
    /// A calibration runs; whether it is over.
    case awaitCalibration
    /// The stop variable goes back to where it was read.
    case writeStopVariable
  }

  // What follows is the order of ST's API (VL53L0X_DataInit, VL53L0X_StaticInit, VL53L0X_PerformRefCalibration and
  // VL53L0X_StartMeasurement), without what a later write makes undone.

  /// The steps that read what the factory has written; `nil` after the last.
  func trimStep(_ row: Int) -> Step? {
    switch row {
    case 0: options.is2V8 ? .set(VL53L0XRegister.padExternalSupply, 0x01) : .pause(0)
    case 1: .write(VL53L0XRegister.busMode, 0x00)
    case 2...4: Self.open(row - 2)
    case 5: .readStopVariable
    case 6...8: Self.close(row - 6)
    case 9...11: Self.open(row - 9)
    case 12: .write(VL53L0XRegister.page, 0x06)
    case 13: .set(VL53L0XRegister.memoryStrobe, 0x04)
    case 14: .write(VL53L0XRegister.page, 0x07)
    case 15: .write(VL53L0XRegister.memoryEnable, 0x01)
    case 16: .pause(1_000)
    case 17: .write(VL53L0XRegister.powerForce, 0x01)
    case 18...32: Self.memoryStep((row - 18) % 5, word: (row - 18) / 5)
    case 33: .write(VL53L0XRegister.memoryEnable, 0x00)
    case 34: .write(VL53L0XRegister.page, 0x06)
    case 35: .clear(VL53L0XRegister.memoryStrobe, 0x04)
    case 36: .write(VL53L0XRegister.page, 0x01)
    case 37...39: Self.close(row - 37)
    case 40: .readOscillator
    default: nil
    }
  }

  /// The steps that configure and calibrate; `nil` after the last.
  func configureStep(_ row: Int) -> Step? {
    switch row {
    case 0: return .write(VL53L0XRegister.page, 0x01)
    // DYNAMIC_SPAD_REF_EN_START_OFFSET and DYNAMIC_SPAD_NUM_REQUESTED_REF_SPAD, of page 1: the array of 44.
    case 1: return .write(0x4F, 0x00)
    case 2: return .write(0x4E, 0x2C)
    case 3: return .write(VL53L0XRegister.page, 0x00)
    case 4: return .write(VL53L0XRegister.referenceStart, 0xB4)
    case 5: return .writeMap
    default: break
    }
    var index = row - 6
    if index < VL53L0XTuning.count {
      let (register, value) = VL53L0XTuning.write(index)
      return .write(register, value)
    }
    index -= VL53L0XTuning.count
    if index < Self.rows {
      let setting = setting(at: index)
      return .write(UInt8(truncatingIfNeeded: setting.register), setting.value)
    }
    return switch index - Self.rows {
    // The interrupt's pin is low when a result waits.
    case 0: .clear(VL53L0XRegister.interruptPolarity, 0x10)
    case 1: .write(VL53L0XRegister.interruptClear, 0x01)
    // The voltage of the photodiodes, then the phase of the laser.
    case 2: .write(VL53L0XRegister.sequenceConfiguration, 0x01)
    case 3: .write(VL53L0XRegister.rangeStart, 0x41)
    case 7: .write(VL53L0XRegister.sequenceConfiguration, 0x02)
    case 8: .write(VL53L0XRegister.rangeStart, 0x01)
    case 4, 9: .awaitCalibration
    case 5, 10: .write(VL53L0XRegister.interruptClear, 0x01)
    case 6, 11: .write(VL53L0XRegister.rangeStart, 0x00)
    case 12: .write(VL53L0XRegister.sequenceConfiguration, Self.sequence)
    default: nil
    }
  }

  /// The steps that start ranging; `nil` after the last.
  func startStep(_ row: Int) -> Step? {
    switch row {
    case 0...2: Self.open(row)
    case 3: .writeStopVariable
    case 4...6: Self.close(row - 4)
    case 7:
      .write(VL53L0XRegister.rangeStart, options.isBackToBack || factory.slowOscillator == 0 ? 0x02 : 0x04)
    default: nil
    }
  }

  /// Three writes that open what is hidden on page 1.
  private static func open(_ row: Int) -> Step {
    switch row {
    case 0: .write(VL53L0XRegister.powerForce, 0x01)
    case 1: .write(VL53L0XRegister.page, 0x01)
    default: .write(VL53L0XRegister.rangeStart, 0x00)
    }
  }

  /// Three writes that close it, and leave page 0 open.
  private static func close(_ row: Int) -> Step {
    switch row {
    case 0: .write(VL53L0XRegister.rangeStart, 0x01)
    case 1: .write(VL53L0XRegister.page, 0x00)
    default: .write(VL53L0XRegister.powerForce, 0x00)
    }
  }

  /// Five steps that read a word of the factory's memory.
  private static func memoryStep(_ row: Int, word: Int) -> Step {
    switch row {
    case 0: .write(VL53L0XRegister.memoryAddress, word == 0 ? 0x6B : word == 1 ? 0x24 : 0x25)
    case 1: .write(VL53L0XRegister.memoryStrobe, 0x00)
    case 2: .awaitMemory
    case 3: .write(VL53L0XRegister.memoryStrobe, 0x01)
    default: .readMemory(word)
    }
  }
}
