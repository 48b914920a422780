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
