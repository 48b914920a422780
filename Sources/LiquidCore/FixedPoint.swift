/// The rules of the integer arithmetic, stated once.
///
/// - A number in format Qm.n is an integer that stands for its 2⁻ⁿ-fold.
/// - **Rounding** is to the nearest, and of two nearest to the larger one: ⌊x / 2ˢ + ½⌋. There is no other
///   rounding, and one operation rounds once; only the sums of column blocks are shifted without rounding
///   (`blockShift`), far below the last bit of the result.
/// - **Saturation** of a `Value` is symmetric, to ±32767, and happens where a network input or a vector without
///   bound (linear heads, mode pure, relu, silu, gelu, the LSTM's c) is written, nowhere else.
/// - **Sums never overflow.** The loader has proven from the integers that
///   Σ|weight|·32768 + |bias| < 2³¹ for each row, and that its product with the multiplier, shifted, fits
///   Int32 too. So requantisation needs no saturation, and the wrapping operators below never wrap.
///
/// Formats: tanh, states and gates of bounded activations Q0.15 as `Value`; inside an activation Q0.23
/// (σ: Q0.24); c of the LSTM Q11.20; each affine map's rows have a format of their own with at most 20 bits
/// behind the point where a table follows.
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

  /// `x` limited to ±32767.
  @inline(__always)
  static func saturated16(_ x: Int64) -> Int16 { Int16(truncatingIfNeeded: max(-32767, min(32767, x))) }

  /// `x` limited to ±(2³¹ − 1).
  @inline(__always)
  static func saturated32(_ x: Int64) -> Int32 {
    Int32(truncatingIfNeeded: max(-0x7FFF_FFFF, min(0x7FFF_FFFF, x)))
  }

  /// A finite number times a power of two or another finite scale, rounded to the nearest, limited to ±`limit`.
  @inline(__always)
  static func quantised(_ x: Float, scale: Float, limit: Float) -> Int32 {
    // Infinite after scaling is limited too; the product of finite numbers is a number.
    let scaled = max(-limit, min(limit, x * scale))
    return Int32(scaled + (scaled < 0 ? -0.5 : 0.5))
  }
}
