import Foundation
import PortableMath
import Testing

@Suite("Exponential, logarithm, power")
struct ExponentialTests {
  @Test("exponential has a relative error below 5e-16 over the whole range of normal results")
  func exponentialAgrees() {
    var worst = 0.0
    for i in 0...400_000 {
      let x = -708 + Double(i) * (1417.7 / 400_000)
      let reference = Foundation.exp(x)
      worst = max(worst, abs(exponential(x) / reference - 1))
    }
    for i in -100_000...100_000 {
      let x = Double(i) * 1e-5
      worst = max(worst, abs(exponential(x) / Foundation.exp(x) - 1))
    }
    #expect(worst <= 5e-16)
  }

  @Test("exponential saturates at both ends and passes NaN on")
  func exponentialEnds() {
    #expect(exponential(0) == 1)
    #expect(exponential(710) == .infinity && exponential(.infinity) == .infinity)
    #expect(exponential(-746) == 0 && exponential(-.infinity) == 0)
    #expect(exponential(.nan).isNaN)
    let subnormal = exponential(-740)
    #expect(abs(subnormal - Foundation.exp(-740)) <= 2 * Double.leastNonzeroMagnitude)
  }

  @Test("logarithm has an error below 3e-16 (1 + |result|)")
  func logarithmAgrees() {
    var worst = 0.0
    var random = RandomGenerator(seed: 3)
    for i in 0..<400_000 {
      let x =
        i % 2 == 0
        ? random.nextUniform(0.4, 2.5) : Foundation.exp(random.nextUniform(-740, 709))
      let reference = Foundation.log(x)
      worst = max(worst, abs(logarithm(x) - reference) / (1 + abs(reference)))
    }
    #expect(worst <= 3e-16)
  }

  @Test("logarithm keeps its relative precision beside 1")
  func logarithmBesideOne() {
    for i in 1...1000 {
      let x = 1 + Double(i) * 1e-9
      #expect(abs(logarithm(x) / Foundation.log(x) - 1) < 1e-15)
    }
    #expect(logarithm(1) == 0)
  }

  @Test("logarithm of zero, of negative numbers, of infinity and of subnormal numbers")
  func logarithmEnds() {
    #expect(logarithm(0) == -.infinity && logarithm(-1).isNaN && logarithm(.nan).isNaN)
    #expect(logarithm(.infinity) == .infinity)
    #expect(
      abs(logarithm(.leastNonzeroMagnitude) - Foundation.log(Double.leastNonzeroMagnitude)) < 1e-12)
  }

  @Test("power has a relative error below 1e-15 (1 + |exponent ln base|)")
  func powerAgrees() {
    var random = RandomGenerator(seed: 4)
    for _ in 0..<100_000 {
      let (base, exponent) = (random.nextUniform(0.01, 50), random.nextUniform(-6, 6))
      let reference = Foundation.pow(base, exponent)
      let allowed = 1e-15 * (1 + abs(exponent * Foundation.log(base)))
      #expect(abs(power(base, exponent) / reference - 1) <= allowed)
    }
    #expect(power(0, 2) == 0 && power(0, 0) == 1 && power(7, 0) == 1 && power(-1, 2).isNaN)
  }
}
