import PortableMath
import Testing

@Suite("Random generator")
struct RandomGeneratorTests {
  @Test("xoshiro256** started by SplitMix64 from 0 gives the published sequence")
  func knownSequence() {
    var random = RandomGenerator(seed: 0)
    // From a separate transcription in Python of splitmix64.c (x = 0), filling the state of xoshiro256starstar.c
    // (prng.di.unimi.it).
    let wanted: [UInt64] = [
      11_091_344_671_253_066_420, 13_793_997_310_169_335_082, 1_900_383_378_846_508_768,
      7_684_712_102_626_143_532, 13_521_403_990_117_723_737,
    ]
    for value in wanted { #expect(random.nextBits() == value) }
  }

  @Test("uniform numbers fill [0, 1) evenly")
  func uniform() {
    var random = RandomGenerator(seed: 5)
    var bins = [Int](repeating: 0, count: 16)
    var sum = 0.0
    let count = 160_000
    for _ in 0..<count {
      let u = random.nextUniform()
      #expect(u >= 0 && u < 1)
      bins[Int(u * 16)] += 1
      sum += u
    }
    // Chi-square with 15 degrees of freedom: above 45 once in ten thousand seeds.
    let chiSquare = bins.reduce(0.0) { $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000 }
    #expect(chiSquare < 45)
    #expect(abs(sum / Double(count) - 0.5) < 0.003)
  }

  @Test("Gaussian numbers have mean 0, variance 1, no skew and the tails of twelve uniforms")
  func gaussian() {
    var random = RandomGenerator(seed: 6)
    let count = 400_000
    var (m1, m2, m3, m4) = (0.0, 0.0, 0.0, 0.0)
    for _ in 0..<count {
      let g = random.nextGaussian()
      #expect(abs(g) <= 6)
      m1 += g
      m2 += g * g
      m3 += g * g * g
      m4 += g * g * g * g
    }
    let n = Double(count)
    #expect(abs(m1 / n) < 0.006)
    #expect(abs(m2 / n - 1) < 0.01)
    #expect(abs(m3 / n) < 0.02)
    // Excess kurtosis of a sum of twelve uniforms is -1.2 / 12.
    #expect(abs(m4 / n - 2.9) < 0.06)
  }

  @Test("streams of one seed differ and do not correlate")
  func streams() {
    var a = RandomGenerator(seed: 7, stream: 0)
    var b = RandomGenerator(seed: 7, stream: 1)
    var sum = 0.0
    for _ in 0..<100_000 { sum += a.nextGaussian() * b.nextGaussian() }
    #expect(abs(sum / 100_000) < 0.015)
  }

  @Test("the same seed gives the same numbers, another seed others")
  func repeatable() {
    var (a, b, c) = (RandomGenerator(seed: 8), RandomGenerator(seed: 8), RandomGenerator(seed: 9))
    var equal = 0
    for _ in 0..<1000 {
      let value = a.nextBits()
      #expect(value == b.nextBits())
      if value == c.nextBits() { equal += 1 }
    }
    #expect(equal == 0)
  }
}
