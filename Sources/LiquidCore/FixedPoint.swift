/// The rules of the integer arithmetic, stated once.
///
/// - A number in format Qm.n is an integer that stands for its 2⁻ⁿ-fold.
/// - **Products** of two 32-bit numbers are taken in 64 bits, and where 32 bits go on, they are the high ones:
///   ⌊a·b / 2³²⌋, `high`. This is one instruction on a Cortex-M4 and one for each lane of a vector, and every
///   format is chosen so that it fits.
/// - **Rounding** is to the nearest, and of two nearest to the larger one: ⌊x / 2ˢ + ½⌋. It happens once for each
///   value that is stored. Requantisation takes high words, so its half is part of the row's bias; the sums of
///   column blocks (`blockShift`), the argument of a table and half of a head are shifted without rounding, far
///   below the last bit of the result.
/// - **An input** is multiplied by its scale in single precision and rounded to the nearest integer, of two nearest to
///   the even one, as IEEE 754 adds. Elapsed time is rounded half away from zero.
/// - **Saturation** of a `Value` is symmetric, to ±32767, and happens where a network input or a vector without
///   bound (linear heads, mode pure, relu, silu, gelu, the LSTM's c) is written, nowhere else.
/// - **Sums never overflow.** The loader has proven from the integers that
///   Σ|weight|·32768 + |bias| < 2³¹ for each row, and that the high word of its product with the multiplier fits
///   what reads it. So requantisation needs no saturation, and the wrapping operators below never wrap.
///
/// Formats: tanh, states and gates of bounded activations Q0.15 as `Value`; inside a step tanh is Q0.30 and σ
/// Q0.31; c of the LSTM Q11.20; each affine map's rows have a format of their own with at most 20 bits behind
/// the point where a table follows.
enum FixedPoint {
  /// `x` in 64 bits.
  ///
  /// On 32-bit processors by its two words: the generic conversion would make the compiler of Embedded Swift
  /// see an allocation (of a number's array of words, never made) and refuse it under `-no-allocations`.
  @inline(__always)
  static func wide(_ x: Int32) -> Int64 {
    #if _pointerBitWidth(_32)
      unsafeBitCast(SIMD2(x, x &>> 31), to: Int64.self)
    #else
      Int64(x)
    #endif
  }

  /// a·b in 64 bits.
  @inline(__always)
  static func product(_ a: Int32, _ b: Int32) -> Int64 {
    #if _pointerBitWidth(_32)
      let full = a.multipliedFullWidth(by: b)
      return unsafeBitCast(SIMD2(Int32(bitPattern: full.low), full.high), to: Int64.self)
    #else
      return Int64(a) &* Int64(b)
    #endif
  }

  /// ⌊a·b / 2³²⌋.
  @inline(__always)
  static func high(_ a: Int32, _ b: Int32) -> Int32 {
    #if _pointerBitWidth(_32)
      a.multipliedFullWidth(by: b).high
    #else
      Int32(truncatingIfNeeded: (Int64(a) &* Int64(b)) &>> 32)
    #endif
  }

  /// The single-precision number nearest to `x`.
  ///
  /// On 32-bit processors from two halves, both exact, for the reason given at `wide`.
  @inline(__always)
  static func single(_ x: Int32) -> Float {
    #if _pointerBitWidth(_32)
      let low = Float(bitPattern: 0x4B00_0000 | UInt32(bitPattern: x & 0xFFFF)) - 0x1p23
      let high = Float(bitPattern: UInt32(bitPattern: 0x4B40_0000 &+ (x &>> 16))) - 0x1.8p23
      return high * 0x1p16 + low
    #else
      Float(x)
    #endif
  }

  /// ⌊x / 2^shift + ½⌋ for 0 ≤ shift ≤ 62 and |x| < 2⁶².
  @inline(__always)
  static func rounded(_ x: Int64, _ shift: Int64) -> Int64 { (x &+ ((1 &<< shift) &>> 1)) &>> shift }

  /// ⌊x / 2^shift + ½⌋ for 0 ≤ shift ≤ 30 and |x| + 2^(shift − 1) < 2³¹.
  @inline(__always)
  static func rounded(_ x: Int32, _ shift: Int32) -> Int32 { (x &+ ((1 &<< shift) &>> 1)) &>> shift }

  /// `x` limited to ±32767.
  @inline(__always)
  static func saturated16(_ x: Int64) -> Int16 { Int16(truncatingIfNeeded: max(-32767, min(32767, x))) }

  /// `x` limited to ±32767.
  @inline(__always)
  static func saturated16(_ x: Int32) -> Int16 { Int16(truncatingIfNeeded: max(-32767, min(32767, x))) }

  /// `x` limited to ±(2³¹ − 1).
  @inline(__always)
  static func saturated32(_ x: Int64) -> Int32 {
    Int32(truncatingIfNeeded: max(-0x7FFF_FFFF, min(0x7FFF_FFFF, x)))
  }

  /// Finite numbers times their scales, limited to ±`limit` and rounded to the nearest, of two nearest to the even.
  ///
  /// - Parameters:
  ///   - limit: `InputLimit.largest`.
  ///   - beyond: Grows by one where the integer would be beyond ±`limit`.
  @inline(__always)
  static func values(
    _ x: SIMD8<Float>, _ scale: SIMD8<Float>, _ limit: InputLimit, _ beyond: inout SIMD8<UInt32>
  ) -> SIMD8<Int16> {
    let top = limit.toSign
    let limit = SIMD8<Float>(repeating: limit.largest)
    var scaled = x * scale
    let magnitude = unsafeBitCast(scaled, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF
    beyond = beyond &+ ((magnitude &+ top) &>> 31)
    // Infinite after scaling is limited too; the product of finite numbers is a number.
    scaled.replace(with: limit, where: scaled .> limit)
    scaled.replace(with: -limit, where: scaled .< -limit)
    // Adding 1.5·2²³ leaves the nearest integer in the low bits of the sum.
    let shifted = scaled + SIMD8(repeating: 12_582_912)
    return SIMD8<Int16>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<Int32>.self))
  }

  /// The same of one number, for processors without instructions for eight at once.
  @inline(__always)
  static func value(_ x: Float, _ scale: Float, _ limit: InputLimit, _ beyond: inout UInt32) -> Int16 {
    let scaled = x * scale
    beyond = beyond &+ (((scaled.bitPattern & 0x7FFF_FFFF) &+ limit.toSign) &>> 31)
    let limited = max(-limit.largest, min(limit.largest, scaled))
    return Int16(truncatingIfNeeded: Int32(bitPattern: (limited + 12_582_912).bitPattern))
  }

  /// A finite number times a power of two or another finite scale, rounded to the nearest, limited to ±`limit`.
  @inline(__always)
  static func quantised(_ x: Float, scale: Float, limit: Float) -> Int32 {
    // Infinite after scaling is limited too; the product of finite numbers is a number.
    let scaled = max(-limit, min(limit, x * scale))
    return Int32(scaled + (scaled < 0 ? -0.5 : 0.5))
  }
}

/// The end of the range of inputs of so many bits.
///
/// Inputs of fewer bits than 16 leave more for the weights that read them: what both have together is bounded by the
/// proof that no sum overflows.
struct InputLimit {
  /// The largest integer, 2^(bits − 1) − 1.
  let largest: Float
  /// What the bits of a magnitude that is not below `largest` + ½ reach the highest bit with: the order of magnitudes is that
  /// of their bits, and from there on the nearest integer is the next one.
  let toSign: UInt32

  /// The limit of inputs of 2 to 16 bits.
  @inline(__always)
  init(bits: Int32) {
    largest = FixedPoint.single((1 &<< (bits &- 1)) &- 1)
    toSign = 0x8000_0000 &- (largest + 0.5).bitPattern
  }
}
