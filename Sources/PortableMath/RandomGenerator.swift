/// A seeded source of random numbers: xoshiro256** (Blackman and Vigna, 2018), started from SplitMix64.
///
/// Integer arithmetic and exact floating-point scaling only, so a seed gives the same numbers on every
/// machine.
public struct RandomGenerator: Sendable {
  @usableFromInline var s0, s1, s2, s3: UInt64

  /// A generator whose whole sequence follows from `seed`.
  public init(seed: UInt64) {
    var mixer = seed
    func next() -> UInt64 {
      mixer &+= 0x9E37_79B9_7F4A_7C15
      var z = mixer
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    (s0, s1, s2, s3) = (next(), next(), next(), next())
  }

  /// A generator for one purpose among many of the same seed: sequences of different `stream`s are unrelated.
  public init(seed: UInt64, stream: UInt64) {
    self.init(seed: seed ^ (stream &+ 1) &* 0xD1B5_4A32_D192_ED03)
  }

  /// 64 uniformly distributed bits.
  @inlinable
  public mutating func nextBits() -> UInt64 {
    let product = s1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// A number uniformly distributed in [0, 1), a multiple of 2⁻⁵³.
  @inlinable
  public mutating func nextUniform() -> Double {
    Double(nextBits() >> 11) * 0x1p-53
  }

  /// A number uniformly distributed in [`low`, `high`).
  @inlinable
  public mutating func nextUniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * nextUniform()
  }

  /// A number of mean 0 and standard deviation 1: the sum of twelve uniform ones (Irwin-Hall), hence
  /// bounded by ±6, and free of any transcendental function.
  @inlinable
  public mutating func nextGaussian() -> Double {
    // Three 64-bit draws give twelve 16-bit uniforms; their sum has variance 12/12 = 1.
    var sum: UInt64 = 0
    for _ in 0..<3 {
      let bits = nextBits()
      sum &+= (bits & 0xFFFF) &+ ((bits >> 16) & 0xFFFF) &+ ((bits >> 32) & 0xFFFF) &+ (bits >> 48)
    }
    return (Double(sum) + 6.0) * 0x1p-16 - 6.0
  }
}
