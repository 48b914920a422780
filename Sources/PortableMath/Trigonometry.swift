// Sine, cosine and their inverses from additions, multiplications, divisions and square roots alone. IEEE 754
// fixes the result of each of these, and Swift never contracts a product and a sum into one rounding, so every
// machine gets the same bits. A C library's functions differ between systems and versions in the last bit.

/// Largest magnitude, in rad, that `sine` and `cosine` accept.
///
/// Up to here the number of quarter turns has at most 20 bits, so its products with the 33-bit parts of π/2
/// are exact and reduction loses nothing.
public let largestAngle: Double = 0x1p20

/// sin `angle`, angle in rad; within 4·10⁻¹⁶ of the true value for |angle| ≤ `largestAngle`, NaN beyond.
public func sine(_ angle: Double) -> Double { sineAndCosine(angle).sine }

/// cos `angle`, angle in rad; within 4·10⁻¹⁶ of the true value for |angle| ≤ `largestAngle`, NaN beyond.
public func cosine(_ angle: Double) -> Double { sineAndCosine(angle).cosine }

/// Both sin `angle` and cos `angle`, at the price of little more than one; see `sine` and `cosine`.
public func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
  guard angle.magnitude <= largestAngle else { return (.nan, .nan) }
  // angle = quarters · π/2 + r + tail, |r| ≤ π/4: π/2 in three parts (Cody and Waite, 1980, chapter 8).
  let scaled = angle * 0x1.45f306dc9c883p-1
  let quarters = Int(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
  let n = Double(quarters)
  let first = angle - n * 0x1.921fb544p+0
  let product = n * 0x1.0b4611a6p-34
  let second = first - product
  // What the subtraction rounded away, and the third part.
  let tail = ((first - second) - product) - n * 0x1.3198a2e037073p-69
  let r = second + tail
  let rest = (second - r) + tail

  let s = sineSeries(r) + rest
  let c = cosineSeries(r) - rest * r
  switch quarters & 3 {
  case 0: return (s, c)
  case 1: return (c, -s)
  case 2: return (-s, -c)
  default: return (-c, s)
  }
}

/// arctan `x` in rad, in [−π/2, π/2]; within 4·10⁻¹⁶ of the true value.
public func arctangent(_ x: Double) -> Double { arctangent2(x, 1) }

/// The angle in rad, in [−π, π], from the x axis to the point (`x`, `y`); within 8·10⁻¹⁶ of the true value.
///
/// Signed zeros and infinities follow IEEE 754's `atan2`, except that two infinite arguments give NaN: a
/// direction that no measurement can have.
public func arctangent2(_ y: Double, _ x: Double) -> Double {
  let (ax, ay) = (x.magnitude, y.magnitude)
  guard ax + ay >= 0, !(ax.isInfinite && ay.isInfinite) else { return .nan }
  let steep = ay > ax
  let (small, large) = steep ? (ax, ay) : (ay, ax)
  let halfTurn = 0x1.921fb54442d18p+1
  var angle = large == 0 ? 0 : arctangentOfFraction(small / large)
  if steep { angle = halfTurn * 0.5 - angle }
  // The sign bit, not the comparison: −0 lies on the negative side.
  if x.sign == .minus { angle = halfTurn - angle }
  return y.sign == .minus ? -angle : angle
}

/// arcsin `x` in rad; within 8·10⁻¹⁶ of the true value; NaN for |x| > 1.
public func arcsine(_ x: Double) -> Double {
  // (1 − x)(1 + x) keeps its digits near ±1, where 1 − x² would lose them.
  arctangent2(x, ((1 - x) * (1 + x)).squareRoot())
}

/// arccos `x` in rad; within 8·10⁻¹⁶ of the true value; NaN for |x| > 1.
public func arccosine(_ x: Double) -> Double {
  arctangent2(((1 - x) * (1 + x)).squareRoot(), x)
}

/// sin r for |r| ≤ π/4 by its Taylor series; the first term left out is below 5·10⁻¹⁷.
@inlinable
func sineSeries(_ r: Double) -> Double {
  let q = r * r
  var sum = -1.0 / 1_307_674_368_000
  sum = sum * q + 1.0 / 6_227_020_800
  sum = sum * q - 1.0 / 39_916_800
  sum = sum * q + 1.0 / 362_880
  sum = sum * q - 1.0 / 5_040
  sum = sum * q + 1.0 / 120
  sum = sum * q - 1.0 / 6
  return r + r * (q * sum)
}

/// cos r for |r| ≤ π/4 by its Taylor series; the first term left out is below 3·10⁻¹⁸.
@inlinable
func cosineSeries(_ r: Double) -> Double {
  let q = r * r
  var sum = 1.0 / 20_922_789_888_000
  sum = sum * q - 1.0 / 87_178_291_200
  sum = sum * q + 1.0 / 479_001_600
  sum = sum * q - 1.0 / 3_628_800
  sum = sum * q + 1.0 / 40_320
  sum = sum * q - 1.0 / 720
  sum = sum * q + 1.0 / 24
  sum = sum * q - 0.5
  return 1 + q * sum
}

/// arctan t for 0 ≤ t ≤ 1: arctan t = arctan c + arctan ((t − c) / (1 + t c)) with c the nearest eighth.
private func arctangentOfFraction(_ t: Double) -> Double {
  let eighths = Int(t * 8 + 0.5)
  let c = Double(eighths) * 0.125
  let r = (t - c) / (1 + t * c)
  let q = r * r
  // |r| ≤ 1/16: the first term left out of the series is below 6·10⁻²⁰.
  var sum = 1.0 / 13
  sum = sum * q - 1.0 / 11
  sum = sum * q + 1.0 / 9
  sum = sum * q - 1.0 / 7
  sum = sum * q + 1.0 / 5
  sum = sum * q - 1.0 / 3
  return arctangentOfEighths(eighths) + (r + r * (q * sum))
}

/// arctan (n / 8) for 0 ≤ n ≤ 8, correctly rounded (computed with 400 bits).
private func arctangentOfEighths(_ n: Int) -> Double {
  switch n {
  case 0: 0
  case 1: 0x1.fd5ba9aac2f6ep-4
  case 2: 0x1.f5b75f92c80ddp-3
  case 3: 0x1.6f61941e4def1p-2
  case 4: 0x1.dac670561bb4fp-2
  case 5: 0x1.1e00babdefeb4p-1
  case 6: 0x1.4978fa3269ee1p-1
  case 7: 0x1.700a7c5784634p-1
  default: 0x1.921fb54442d18p-1
  }
}
