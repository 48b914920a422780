import Testing

@testable import LiquidCore

/// The integer semi-implicit Euler step of an LTC neuron.
@Suite struct UnfoldingTests {
  /// SplitMix64.
  struct Stream {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }

    /// A number of `range`, each bit length about equally likely.
    mutating func number(_ range: ClosedRange<Int32>) -> Int32 {
      let bits = Int32(truncatingIfNeeded: next() & 0x7FFF_FFFF) >> Int32(next() % 31)
      return min(max(bits, range.lowerBound), range.upperBound)
    }
  }

  @Test func `a reciprocal is right to 26 bits, whatever the upper sixteen bits`() {
    var stream = Stream(state: 1)
    var largest = 0.0
    for upper in Int32(0x4000)...0x7FFF {
      for lower in [0, 0xFFFF, Int32(stream.next() & 0xFFFF), Int32(stream.next() & 0xFFFF)] {
        let x = upper << 16 | lower
        let y = Reciprocal.of(x)
        #expect(y > 0)
        largest = max(largest, abs(Double(x) * Double(y) * 0x1p-60 - 1))
      }
    }
    #expect(largest < 0x1p-26)
  }

  @Test func `an elapsed time keeps its value as mantissa and exponent`() {
    for elapsed in [1, 2, 3, 0x1234, 0x3FFF_FFFF, 0x4000_0000] as [Int32] {
      let time = UnfoldedTime(elapsed)
      #expect(time.mantissa >= 1 << 30)
      #expect(time.mantissa >> time.exponent == elapsed)
    }
    #expect(UnfoldedTime(0).mantissa == 0)
  }

  /// v + E·(A − G·v) / (C + E·G) of the same integers.
  private func exact(
    _ elapsed: Int32, _ v: Int32, _ conductance: Int32, _ current: Int32, _ capacitance: Int32, _ shift: Int32
  ) -> Double {
    let (g, e) = (Double(conductance) * 0x1p-30, Double(elapsed))
    let force = Double(current) - g * Double(v)
    let unit = Double(sign: .plus, exponent: Int(shift), significand: 1) * 0x1p-30
    return Double(v) + e * force / (Double(capacitance) * unit + e * g)
  }

  /// The least shift that keeps the denominator within 31 bits, as the quantiser chooses it.
  private func shift(_ elapsedLimit: Int32, _ capacitance: Int32) -> Int32 {
    (29...60).first {
      Int64(capacitance) + (Int64(elapsedLimit) << 30) >> Int64($0) <= Int64(Int32.max)
    } ?? 60
  }

  @Test func `a potential changes by as much as in exact arithmetic`() {
    var stream = Stream(state: 2)
    for _ in 0..<200_000 {
      let elapsed = stream.number(0...(1 << 30))
      let conductance = stream.number(1...(1 << 30))
      // A current is at most the conductance times the largest potential.
      let current = Int32(
        truncatingIfNeeded: Int64(conductance) * (Int64(stream.next() >> 33) - (1 << 30)) >> 30)
      let v = Int32(truncatingIfNeeded: Int64(stream.next() >> 33) - (1 << 30))
      // 16 bits at least, so that rounding the denominator is not the error that is looked for.
      let capacitance = stream.number((1 << 16)...(1 << 30))
      let shift = shift(1 << 30, capacitance)
      let found = UnfoldedTime(elapsed).potential(
        v, conductance: conductance, current: current, capacitance: capacitance, shift: shift)
      let wanted = exact(elapsed, v, conductance, current, capacitance, shift)
      let change = abs(wanted - Double(v))
      // Half a unit of 2⁻²⁹ of the force, divided by at least its own conductance, and the denominator's last bit.
      let rounding = Double(sign: .plus, exponent: 30, significand: 1) / Double(conductance) + 2
      #expect(
        abs(Double(found) - wanted) <= change * 0x1p-15 + rounding,
        "\(elapsed) \(v) \(conductance) \(current)")
    }
  }

  @Test func `no time changes no potential`() {
    for v in [-0x4000_0000, -1, 0, 12345, 0x4000_0000] as [Int32] {
      #expect(
        UnfoldedTime(0).potential(v, conductance: 1 << 30, current: -(1 << 30), capacitance: 16, shift: 29)
          == v)
    }
  }

  @Test func `a neuron without a capacitance to speak of comes to rest at once`() {
    let found = UnfoldedTime(1 << 30).potential(
      -(1 << 30), conductance: 1 << 29, current: 1 << 28, capacitance: 16, shift: 30)
    #expect(abs(Int64(found) - (1 << 29)) < 64)
  }

  @Test func `the worst numbers stay within the range of potentials`() {
    let ends: [Int32] = [.min, .min + 1, -(1 << 30), -1, 0, 1, 1 << 30, .max]
    for v in ends {
      for conductance in [0, 1, 1 << 15, 1 << 30] as [Int32] {
        for current in [-(1 << 30), -1, 0, 1 << 30] as [Int32] {
          for (capacitance, shift) in [(16, 29), (16, 30), (1 << 30, 30), (1 << 30, 60)] as [(Int32, Int32)] {
            for elapsed in [0, 1, 1 << 15, (1 << 30) - 1, 1 << 30] as [Int32]
            where shift > 29 || elapsed < 1 << 30 {
              let found = UnfoldedTime(elapsed).potential(
                v, conductance: conductance, current: current, capacitance: capacitance, shift: shift)
              #expect(found.magnitude <= 1 << 30)
            }
          }
        }
      }
    }
  }
}
