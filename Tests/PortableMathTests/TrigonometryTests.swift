import Foundation
import PortableMath
import Testing

/// The C library's functions are the independent reference; theirs are within one unit in the last place.
@Suite("Trigonometry")
struct TrigonometryTests {
  @Test("sine and cosine are within 4e-16 of the C library's over -100000 ... 100000")
  func sineCosineAgree() {
    var worst = 0.0
    var random = RandomGenerator(seed: 1)
    for i in 0..<400_000 {
      let x =
        switch i % 4 {
        case 0: random.nextUniform(-1e5, 1e5)
        case 1: random.nextUniform(-10, 10)
        // Just beside multiples of π/2, where reduction loses digits if it can.
        case 2: Double(random.nextBits() % 60_000) * (Double.pi / 2) + random.nextUniform(-1e-9, 1e-9)
        default: Double(i) * 0.25 - 5e4
        }
      let (s, c) = sineAndCosine(x)
      worst = max(worst, abs(s - Foundation.sin(x)), abs(c - Foundation.cos(x)))
    }
    #expect(worst <= 4e-16)
  }

  @Test("sine keeps its relative precision beside zero and beside multiples of pi")
  func sineRelative() {
    for k in 0..<60_000 {
      let x = Double(k) * Double.pi
      let reference = Foundation.sin(x)
      #expect(abs(sine(x) - reference) <= 1e-12 * abs(reference))
    }
    #expect(sine(1e-300) == 1e-300)
  }

  @Test("sine and cosine refuse angles that they cannot reduce")
  func sineOutOfRange() {
    #expect(sine(largestAngle).isFinite)
    for x in [largestAngle.nextUp, -2e6, 1e300, .infinity, -.infinity, .nan] {
      #expect(sine(x).isNaN && cosine(x).isNaN)
    }
  }

  @Test("arctangent2 is within 8e-16 of the C library's in every octant")
  func arctangentAgrees() {
    var worst = 0.0
    var random = RandomGenerator(seed: 2)
    for i in 0..<400_000 {
      let angle = Double(i) / 400_000 * 2 * .pi - .pi
      let radius = exponential(random.nextUniform(-30, 30))
      let (y, x) = (radius * Foundation.sin(angle), radius * Foundation.cos(angle))
      worst = max(worst, abs(arctangent2(y, x) - Foundation.atan2(y, x)))
    }
    #expect(worst <= 8e-16)
  }

  @Test("arctangent2 treats signed zeros and infinities as IEEE 754 does")
  func arctangentSpecial() {
    for (y, x) in [
      (0.0, 1.0), (-0.0, 1.0), (0.0, -1.0), (-0.0, -1.0), (0.0, 0.0), (-0.0, 0.0), (0.0, -0.0), (-0.0, -0.0),
      (1.0, 0.0), (-1.0, 0.0), (.infinity, 1.0), (-.infinity, 1.0), (1.0, .infinity), (1.0, -.infinity),
    ] {
      let (got, wanted) = (arctangent2(y, x), Foundation.atan2(y, x))
      #expect(got == wanted && got.sign == wanted.sign, "at y = \(y), x = \(x)")
    }
    #expect(
      arctangent2(.nan, 1).isNaN && arctangent2(1, .nan).isNaN && arctangent2(.infinity, .infinity).isNaN)
  }

  @Test("arctangent is within 4e-16 of the C library's")
  func arctangentOneArgument() {
    var worst = 0.0
    for i in -200_000...200_000 {
      let x = Double(i) * 1e-4
      worst = max(worst, abs(arctangent(x) - Foundation.atan(x)))
    }
    #expect(worst <= 4e-16)
  }

  @Test("arcsine and arccosine are within 8e-16 of the C library's over -1 ... 1 and NaN outside")
  func arcsineAgrees() {
    var worst = 0.0
    for i in -200_000...200_000 {
      let x = Double(i) / 200_000
      worst = max(
        worst, abs(arcsine(x) - Foundation.asin(x)), abs(arccosine(x) - Foundation.acos(x)))
    }
    #expect(worst <= 8e-16)
    #expect(arcsine(1.0.nextUp).isNaN && arccosine(-1.0.nextUp.nextUp).isNaN && arcsine(.nan).isNaN)
  }
}
