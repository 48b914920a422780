/// Activations of integers by tables and linear interpolation.
///
/// Arguments have `fraction` bits behind the point, 7 to 20; any Int32 is an argument. Largest error over all
/// arguments, rounded to Q0.15: see docs/fixed-point.md, made from the exhaustive tests.
enum FixedActivations {
  /// Intervals of a table per unit of its argument: 2⁷.
  private static var intervalBits: Int32 { 7 }

  /// An odd function with `table` on [0, 8), constant beyond; argument x / 2^`fraction`, result Q0.23.
  @inline(__always)
  private static func interpolated(
    _ table: borrowing InlineArray<1025, Int32>, _ x: Int32, _ fraction: Int32
  ) -> Int32 {
    let end: Int32 = (8 &<< fraction) &- 1
    let limited = max(0 &- end, min(end, x))
    let magnitude = limited < 0 ? 0 &- limited : limited
    let shift = fraction &- intervalBits
    let index = Int(magnitude &>> shift)
    let rest = magnitude & ((1 &<< shift) &- 1)
    let node = table[unchecked: index]
    let slope = table[unchecked: index &+ 1] &- node
    // |slope| ≤ 2¹⁶ and rest < 2¹⁴.
    let y = node &+ ((slope &* rest &+ ((1 &<< shift) &>> 1)) &>> shift)
    return limited < 0 ? 0 &- y : y
  }

  /// tanh(x / 2^`fraction`) in Q0.23, at most 32767.5 units of Q0.15.
  @inline(__always)
  static func tanh(_ x: Int32, _ fraction: Int32) -> Int32 { interpolated(tanhTable, x, fraction) }

  /// σ(x / 2^`fraction`) = (1 + tanh(x / 2^(`fraction` + 1))) / 2 in Q0.24.
  @inline(__always)
  static func sigmoid(_ x: Int32, _ fraction: Int32) -> Int32 {
    0x80_0000 &+ interpolated(tanhTable, x, fraction &+ 1)
  }

  /// The normal distribution Φ(x / 2^`fraction`) in Q0.24.
  @inline(__always)
  static func normal(_ x: Int32, _ fraction: Int32) -> Int32 {
    0x80_0000 &+ interpolated(normalTable, x, fraction)
  }

  /// e^(−x / 2²⁰) for 0 ≤ x ≤ 2²⁵ in Q0.30.
  ///
  /// 2^(−n)·2^(−f) with n + f = x·log₂e.
  @inline(__always)
  static func decay(_ x: Int64) -> Int64 {
    let exponent = x &* 1_549_082_005  // log₂e in Q1.30
    let octave = exponent &>> 50
    let rest = exponent & ((1 &<< 50) &- 1)
    let index = Int(truncatingIfNeeded: rest &>> 42)
    let node = FixedPoint.wide(powerTable[unchecked: index])
    let slope = FixedPoint.wide(powerTable[unchecked: index &+ 1]) &- node
    // 20 of the remaining 42 bits.
    let power = node &+ FixedPoint.rounded(slope &* ((rest &>> 22) & 0xF_FFFF), 20)
    return FixedPoint.rounded(power, octave)
  }
}
