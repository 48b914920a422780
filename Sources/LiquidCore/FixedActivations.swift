/// Activations of integers by tables and linear interpolation.
///
/// Arguments have `fraction` bits behind the point, 0 to 20; any Int32 is an argument. Largest error over all
/// arguments, rounded to Q0.15: see docs/fixed-point.md, made from the exhaustive tests.
enum FixedActivations {
  /// A function of the magnitude of its argument, from a table of 16-bit nodes (y − ½)·2¹⁶, in Q0.30.
  ///
  /// - Parameters:
  ///   - place: The argument, `restBits` of it between two nodes.
  ///   - node: The nodes. By a function, because a table handed over as an argument is copied, all of it.
  @inline(__always)
  private static func interpolated(_ place: Int32, restBits: Int32, _ node: (Int) -> Int16) -> Int32 {
    let index = Int(place &>> restBits)
    let rest = place & ((1 &<< restBits) &- 1)
    // Weights of 2¹⁴ in all, so that a pair of 16-bit products is the sum.
    let scale = 14 &- restBits
    let (far, near) = (rest &<< scale, ((1 &<< restBits) &- rest) &<< scale)
    return Int32(node(index)) &* near &+ Int32(node(index &+ 1)) &* far &+ (1 &<< 29)
  }

  /// min(|x|, `end`) brought from `fraction` to 17 bits behind the point, and halved `halvings` times.
  @inline(__always)
  private static func place(_ x: Int32, _ fraction: Int32, end: UInt32, halvings: Int32) -> Int32 {
    // The minimum without a comparison, which the compiler may make a jump: the difference lies within 32 bits.
    let magnitude = x.magnitude
    let excess = Int32(bitPattern: (end &<< UInt32(bitPattern: fraction)) &- magnitude)
    let limited = Int32(bitPattern: magnitude) &+ (excess & (excess &>> 31))
    return (limited &<< max(17 &- fraction, 0)) &>> (max(fraction &- 17, 0) &+ halvings)
  }

  @inline(__always)
  private static func signed(_ magnitude: Int32, as x: Int32) -> Int32 {
    let sign = x &>> 31
    return (magnitude ^ sign) &- sign
  }

  /// tanh(x / 2^`fraction`) in Q0.30, at most 32767 units of Q0.15; constant from 6 on.
  @inline(__always)
  static func tanh(_ x: Int32, _ fraction: Int32) -> Int32 {
    let place = place(x, fraction, end: 6, halvings: 0)
    return signed(interpolated(place, restBits: 10) { tanhTable[unchecked: $0] }, as: x)
  }

  /// σ(x / 2^`fraction`) = (1 + tanh(x / 2^(`fraction` + 1))) / 2 in Q0.31, between 0 and 1 and never either.
  @inline(__always)
  static func sigmoid(_ x: Int32, _ fraction: Int32) -> Int32 {
    let place = place(x, fraction, end: 12, halvings: 1)
    return 0x4000_0000 &+ signed(interpolated(place, restBits: 10) { tanhTable[unchecked: $0] }, as: x)
  }

  /// The normal distribution Φ(x / 2^`fraction`) in Q0.31, between 0 and 1 and never either.
  @inline(__always)
  static func normal(_ x: Int32, _ fraction: Int32) -> Int32 {
    // 4.5 as 9 halves.
    let place = place(x, fraction, end: 9, halvings: 0)
    let excess = (9 &<< 16) &- place
    let limited = place &+ (excess & (excess &>> 31))
    return 0x4000_0000 &+ signed(interpolated(limited, restBits: 11) { normalTable[unchecked: $0] }, as: x)
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
