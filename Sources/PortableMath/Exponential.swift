// Exponential, logarithm and power from exact operations only; see Trigonometry.swift for why.

/// e to the power `x`; relative error below 5·10⁻¹⁶ while the result is a normal number, infinite above the
/// range of Double, 0 below it.
public func exponential(_ x: Double) -> Double {
  guard x <= 709.79 else { return x.isNaN ? .nan : .infinity }
  guard x >= -745.2 else { return 0 }
  // x = n ln 2 + r, |r| ≤ ln 2 / 2. n has at most 11 bits, so its product with the 32-bit first part of ln 2 is exact.
  let scaled = x * 0x1.71547652b82fep+0
  let n = Int(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
  let high = x - Double(n) * 0x1.62e42feep-1
  let low = Double(n) * 0x1.a39ef35793c76p-33
  let r = high - low
  let rest = (high - r) - low
  // Taylor series; the first term left out is below 5·10⁻¹⁸.
  var sum = 1.0 / 6_227_020_800
  sum = sum * r + 1.0 / 479_001_600
  sum = sum * r + 1.0 / 39_916_800
  sum = sum * r + 1.0 / 3_628_800
  sum = sum * r + 1.0 / 362_880
  sum = sum * r + 1.0 / 40_320
  sum = sum * r + 1.0 / 5_040
  sum = sum * r + 1.0 / 720
  sum = sum * r + 1.0 / 120
  sum = sum * r + 1.0 / 24
  sum = sum * r + 1.0 / 6
  sum = sum * r + 0.5
  let value = 1 + (r + (r * r * sum + rest * (1 + r)))
  // In two factors, because 2ⁿ itself leaves the range of normal numbers at both ends.
  let half = n / 2
  return value * powerOfTwo(half) * powerOfTwo(n - half)
}

/// The natural logarithm of `x`; error below 3·10⁻¹⁶ + 3·10⁻¹⁶ |result|; −∞ at 0, NaN below.
public func logarithm(_ x: Double) -> Double {
  guard x > 0 else { return x == 0 ? -.infinity : .nan }
  guard x < .infinity else { return x }
  // Subnormal numbers first become normal ones.
  let isSubnormal = x < 0x1p-1022
  let bits = (isSubnormal ? x * 0x1p54 : x).bitPattern
  var exponent = Int(bits >> 52) - 1023 - (isSubnormal ? 54 : 0)
  var mantissa = Double(bitPattern: (bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000)
  if mantissa > 0x1.6a09e667f3bcdp+0 {
    mantissa *= 0.5
    exponent += 1
  }
  // ln m = 2 artanh s with s = (m − 1) / (m + 1), |s| ≤ 0.172; the first term left out is below 2·10⁻¹⁷ s.
  let f = mantissa - 1
  let s = f / (mantissa + 1)
  let q = s * s
  var sum = 2.0 / 19
  sum = sum * q + 2.0 / 17
  sum = sum * q + 2.0 / 15
  sum = sum * q + 2.0 / 13
  sum = sum * q + 2.0 / 11
  sum = sum * q + 2.0 / 9
  sum = sum * q + 2.0 / 7
  sum = sum * q + 2.0 / 5
  sum = sum * q + 2.0 / 3
  // 2 s = f − s f: f is exact, and the correction small.
  let n = Double(exponent)
  return n * 0x1.62e42feep-1 + (f - (s * (f - q * sum) - n * 0x1.a39ef35793c76p-33))
}

/// `base` to the power `exponent`, for a base ≥ 0, as exp(exponent · ln base): relative error below
/// 10⁻¹⁵ (1 + |exponent · ln base|). A negative base gives NaN, whatever the exponent.
public func power(_ base: Double, _ exponent: Double) -> Double {
  guard exponent != 0 else { return base >= 0 ? 1 : .nan }
  return exponential(exponent * logarithm(base))
}

/// 2 to the power `n`, for −1022 ≤ n ≤ 1023.
private func powerOfTwo(_ n: Int) -> Double {
  Double(bitPattern: UInt64(bitPattern: Int64(n + 1023)) << 52)
}
