/// Activations of integers by tables and linear interpolation.
///
/// Arguments have `fraction` bits behind the point, 7 to 20; any Int32 is an argument. Largest error over all
/// arguments, rounded to Q0.15: see docs/fixed-point.md, made from the exhaustive tests.
enum FixedActivations {
  /// Intervals of a table per unit of its argument: 2⁷.
  private static var intervalBits: Int32 { 7 }

  /// An odd function with nodes `node` on [0, 8), constant beyond; argument x / 2^`fraction`, result Q0.23.
  ///
  /// The nodes come by a function because a table handed over as an argument is copied, all 4 KiB of it.
  @inline(__always)
  private static func interpolated(_ x: Int32, _ fraction: Int32, _ node: (Int) -> Int32) -> Int32 {
    let end: Int32 = (8 &<< fraction) &- 1
    let limited = max(0 &- end, min(end, x))
    let magnitude = limited < 0 ? 0 &- limited : limited
    let shift = fraction &- intervalBits
    let index = Int(magnitude &>> shift)
    let rest = magnitude & ((1 &<< shift) &- 1)
    let start = node(index)
    let slope = node(index &+ 1) &- start
    // |slope| ≤ 2¹⁶ and rest < 2¹⁴.
    let y = start &+ ((slope &* rest &+ ((1 &<< shift) &>> 1)) &>> shift)
    return limited < 0 ? 0 &- y : y
  }

  /// tanh(x / 2^`fraction`) in Q0.23, at most 32767.5 units of Q0.15.
  @inline(__always)
  static func tanh(_ x: Int32, _ fraction: Int32) -> Int32 {
    interpolated(x, fraction) { tanhTable[unchecked: $0] }
  }

  /// σ(x / 2^`fraction`) = (1 + tanh(x / 2^(`fraction` + 1))) / 2 in Q0.24.
  @inline(__always)
  static func sigmoid(_ x: Int32, _ fraction: Int32) -> Int32 {
    0x80_0000 &+ interpolated(x, fraction &+ 1) { tanhTable[unchecked: $0] }
  }

  /// The normal distribution Φ(x / 2^`fraction`) in Q0.24.
  @inline(__always)
  static func normal(_ x: Int32, _ fraction: Int32) -> Int32 {
    0x80_0000 &+ interpolated(x, fraction) { normalTable[unchecked: $0] }
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
