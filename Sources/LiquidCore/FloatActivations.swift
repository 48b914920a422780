/// Single-precision activations of eight numbers at a time.
///
/// Sums and products are written out and never fused, so every machine rounds alike. Absolute error, as
/// tested over the range against Float64: tanh, σ and exp(−x) at most 1.1e-7, Φ at most 1.7e-7.
enum FloatActivations {
  typealias Vector = SIMD8<Float>

  /// e^(−x) for x ≥ 0.
  ///
  /// 2^(−x·log₂e) = 2^n·2^f with n an integer and f in [−½, ½]; below 2^−100 it is 2^−100.
  @inline(__always)
  static func decay(_ x: Vector) -> Vector {
    let exponent = larger(x * -1.44269504, -100)
    // Adding 1.5·2²³ leaves the nearest integer in the low bits of the sum.
    let magic = Vector(repeating: 12_582_912)
    let shifted = exponent + magic
    let f = exponent - (shifted - magic)
    let integer =
      unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- unsafeBitCast(magic, to: SIMD8<Int32>.self)
    var power = Vector(repeating: FloatCoefficients.power[5])
    power = power * f + FloatCoefficients.power[4]
    power = power * f + FloatCoefficients.power[3]
    power = power * f + FloatCoefficients.power[2]
    power = power * f + FloatCoefficients.power[1]
    power = power * f + FloatCoefficients.power[0]
    power = power * f + 1
    return unsafeBitCast(unsafeBitCast(power, to: SIMD8<Int32>.self) &+ (integer &<< 23), to: Vector.self)
  }

  /// The larger of each element and `limit`; pointwiseMax is not compiled to one instruction.
  @inline(__always)
  private static func larger(_ x: Vector, _ limit: Float) -> Vector {
    x.replacing(with: Vector(repeating: limit), where: x .< limit)
  }

  /// The smaller of each element and `limit`.
  @inline(__always)
  private static func smaller(_ x: Vector, _ limit: Float) -> Vector {
    x.replacing(with: Vector(repeating: limit), where: x .> limit)
  }

  /// |x|.
  @inline(__always)
  static func magnitude(_ x: Vector) -> Vector {
    unsafeBitCast(unsafeBitCast(x, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: Vector.self)
  }

  /// `magnitude` ≥ 0 with the sign of `x`.
  @inline(__always)
  static func signed(_ magnitude: Vector, as x: Vector) -> Vector {
    let sign = unsafeBitCast(x, to: SIMD8<UInt32>.self) & 0x8000_0000
    return unsafeBitCast(unsafeBitCast(magnitude, to: SIMD8<UInt32>.self) | sign, to: Vector.self)
  }

  /// The hyperbolic tangent.
  @inline(__always)
  static func tanh(_ x: Vector) -> Vector {
    let m = magnitude(x)
    let e = decay(m + m)
    return signed((1 - e) / (1 + e), as: x)
  }

  /// The logistic function 1 / (1 + e^(−x)).
  @inline(__always)
  static func sigmoid(_ x: Vector) -> Vector {
    let e = decay(magnitude(x))
    // (1 + tanh(x/2)) / 2 with the sign outside keeps both tails.
    return signed((1 - e) / (1 + e), as: x) * 0.5 + 0.5
  }

  /// 1.7159·tanh(0.666·x).
  @inline(__always)
  static func lecunTanh(_ x: Vector) -> Vector { tanh(x * 0.666) * 1.7159 }

  /// The normal distribution Φ(x).
  @inline(__always)
  static func normal(_ x: Vector) -> Vector {
    let m = smaller(magnitude(x), 6)
    let t = 1 / (1 + m * FloatCoefficients.normalScale)
    var sum = Vector(repeating: FloatCoefficients.normal[7])
    sum = sum * t + FloatCoefficients.normal[6]
    sum = sum * t + FloatCoefficients.normal[5]
    sum = sum * t + FloatCoefficients.normal[4]
    sum = sum * t + FloatCoefficients.normal[3]
    sum = sum * t + FloatCoefficients.normal[2]
    sum = sum * t + FloatCoefficients.normal[1]
    sum = sum * t + FloatCoefficients.normal[0]
    return signed(1 - decay(m * m * 0.5) * (sum * t), as: x) * 0.5 + 0.5
  }

  /// The activation of a backbone layer or a head.
  @inline(__always)
  static func apply(_ activation: Activation, _ x: Vector) -> Vector {
    switch activation {
    case .linear: x
    case .tanh: tanh(x)
    case .lecunTanh: lecunTanh(x)
    case .relu: larger(x, 0)
    case .silu: x * sigmoid(x)
    case .gelu: x * normal(x)
    }
  }
}
