extension PCA9685 {
  /// The prescaler for an output rate in Hz: round(oscillator / (4096 · rate)) − 1, from 3 to 255
  /// (datasheet PCA9685 rev. 4, section 7.3.5). A rate that is not a positive number gives the slowest.
  public static func prescale(rate: Double, oscillator: Double) -> UInt8 {
    let ideal = oscillator / (4096 * rate) + 0.5
    guard ideal >= 4 else { return rate > 0 && ideal > 0 ? 3 : 255 }
    return ideal < 257 ? UInt8(truncatingIfNeeded: Int(ideal) - 1) : 255
  }

  /// The rate in Hz that a prescaler really gives: oscillator / (4096 · (prescale + 1)).
  ///
  /// It can be far from the one asked for, 406.9 Hz instead of 400, so pulses are always computed from it.
  public static func rate(prescale: UInt8, oscillator: Double) -> Double {
    oscillator / (4096 * (Double(prescale) + 1))
  }

  /// The counts, 1 to 4095, that a pulse of `microseconds` takes: its share of the real period in 4096ths.
  /// `nil`, for no pulse at all, when it rounds to nothing or is not a number; a pulse longer than the
  /// period takes 4095.
  public static func counts(microseconds: Float, prescale: UInt8, oscillator: Double) -> UInt16? {
    let exact = Double(microseconds) * (oscillator / 1e6) / (Double(prescale) + 1)
    guard exact >= 0.5 else { return nil }
    return exact < 4095 ? UInt16(exact + 0.5) : 4095
  }
}

extension PCA9685 {
  /// The write that turns every output off.
  public static let allOff: [UInt8] = [0xFD, 0x10]

  /// The write that gives one output pulses of `microseconds`, or turns it off when that rounds to nothing: what
  /// somebody without a driver, such as a guard, sends to a chip that runs.
  public static func pulse(
    channel: Int, microseconds: Float, prescale: UInt8, oscillator: Double
  ) -> [UInt8] {
    let first = 0x06 + 4 * UInt8(truncatingIfNeeded: min(max(channel, 0), channels - 1))
    guard let counts = counts(microseconds: microseconds, prescale: prescale, oscillator: oscillator) else {
      return [first, 0, 0, 0, 0x10]
    }
    return [first, 0, 0, UInt8(truncatingIfNeeded: counts), UInt8(truncatingIfNeeded: counts >> 8)]
  }
}
