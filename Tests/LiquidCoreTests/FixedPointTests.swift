import Testing

@testable import LiquidCore

@Suite("Rules of the integer arithmetic")
struct FixedPointTests {
  @Test("rounding is to the nearest, ties up, for every small number and shift")
  func rounding() {
    for x in Int64(-300)...300 {
      for shift in Int64(0)...9 {
        let expected = Int64(((Double(x) / Double(1 << shift)) + 0.5).rounded(.down))
        #expect(FixedPoint.rounded(x, shift) == expected, "\(x) by \(shift)")
      }
    }
  }

  @Test("the high word of a product is its floor over 2³²")
  func highWords() {
    for a in [Int32.min, -65537, -1, 0, 1, 65537, 1 << 30, .max] {
      for b in [Int32.min, -3, 0, 1, 1 << 29, .max] {
        #expect(FixedPoint.high(a, b) == Int32((Int64(a) * Int64(b)) >> 32))
      }
    }
  }

  /// Totals of all 65,536 sizes, with the half in the bias that the quantiser puts there.
  @Test(
    "requantisation is off by half a unit of the result, and at most as much more as the half was rounded",
    arguments: [4096, 40_503, 1_048_576, 46_340_950, 536_870_912, 1_073_741_823] as [Int32])
  func requantisation(_ multiplier: Int32) {
    let half = Int32((0x1p31 / Double(multiplier)).rounded())
    for shift in [Int32(0), 7, 14] {
      var worst = 0.0
      for x in Int32(Int16.min)...Int32(Int16.max) {
        let total = x << shift
        let exact = Double(total) * Double(multiplier) * 0x1p-32
        worst = max(worst, abs(Double(FixedPoint.high(total &+ half, multiplier)) - exact))
      }
      #expect(worst <= 0.5 + Double(multiplier) * 0x1p-33, "totals times 2^\(shift)")
    }
  }

  @Test("saturation is symmetric")
  func saturation() {
    #expect(FixedPoint.saturated16(Int64(40_000)) == 32767)
    #expect(FixedPoint.saturated16(Int64(-40_000)) == -32767)
    #expect(FixedPoint.saturated16(Int64(-32768)) == -32767)
    #expect(FixedPoint.saturated16(Int64(123)) == 123)
    #expect(FixedPoint.saturated16(Int32.max) == 32767)
    #expect(FixedPoint.saturated16(Int32.min) == -32767)
    #expect(FixedPoint.saturated32(1 << 40) == Int32.max)
    #expect(FixedPoint.saturated32(-(1 << 40)) == -Int32.max)
  }

  @Test("an input is rounded to the nearest even and limited, whatever its scale")
  func inputs() {
    for (x, scale, expected) in [
      (Float(0.26), Float(10), Int16(3)), (-0.26, 10, -3), (0.25, 10, 2), (0.35, 10, 4), (-0.25, 10, -2),
      (3e38, 3e38, 32767), (-3e38, 3e38, -32767), (1, 32766.5, 32766), (32767.4, 1, 32767), (1e-38, 1, 0),
    ] {
      var beyond = SIMD8<UInt32>.zero
      let found = FixedPoint.values(SIMD8(repeating: x), SIMD8(repeating: scale), .init(bits: 16), &beyond)
      #expect(found[7] == expected, "\(x)·\(scale)")
    }
  }

  @Test("an input is beyond its range when its integer would be, and not before")
  func beyond() {
    for (x, expected) in [
      (Float(32767), UInt32(0)), (32767.49, 0), (32767.5, 1), (-32767.49, 0), (-32767.5, 1), (3e38, 1),
      (0, 0),
      (-0.0, 0), (.infinity, 1), (.leastNonzeroMagnitude, 0),
    ] {
      var beyond = SIMD8<UInt32>(repeating: 5)
      _ = FixedPoint.values(SIMD8(repeating: x), SIMD8(repeating: 1), .init(bits: 16), &beyond)
      #expect(beyond == SIMD8(repeating: 5 + expected), "\(x)")
    }
  }

  @Test("an input of fewer bits is limited and counted at their end", arguments: ImageLayout.inputBits)
  func fewerBits(_ bits: Int32) {
    let limit = InputLimit(bits: bits)
    let largest = Float((1 << (bits - 1)) - 1)
    for (x, expected, isBeyond) in [
      (largest, largest, false), (largest + 0.49, largest, false), (largest + 0.5, largest, true),
      (-largest - 0.25, -largest, false), (-largest - 0.5, -largest, true), (3e38, largest, true),
      (.infinity, largest, true), (-0.0, 0, false), (1.5, 2, false),
    ] {
      var beyond = SIMD8<UInt32>(repeating: 5)
      let found = FixedPoint.values(SIMD8(repeating: x), SIMD8(repeating: 1), limit, &beyond)
      #expect(Float(found[3]) == expected, "\(x)")
      #expect(beyond == SIMD8(repeating: isBeyond ? 6 : 5), "\(x)")
    }
  }

  @Test("states at the ends of their range are counted, whatever their number")
  func atEnds() {
    for count in [1, 7, 8, 9, 19, 302] {
      for (value, isEnd) in [
        (Int16(32767), true), (-32767, true), (.min, true), (32766, false), (-32766, false), (0, false),
      ] {
        for place in [0, count / 2, count - 1] {
          var values = [Int16](repeating: 0, count: count)
          values[place] = value
          #expect(
            FixedPointArithmetic.saturated(values, count: count) == (isEnd ? 1 : 0), "\(value) of \(count)")
        }
      }
      #expect(
        FixedPointArithmetic.saturated([Int16](repeating: -32767, count: count), count: count)
          == UInt32(count))
      var c = [Int32](repeating: .max - 1, count: count)
      #expect(FixedPointArithmetic.saturated(c: c, count: count) == 0)
      c[count - 1] = -.max
      #expect(FixedPointArithmetic.saturated(c: c, count: count) == 1)
    }
  }

  @Test("elapsed time is rounded and limited, whatever its scale")
  func elapsed() {
    #expect(FixedPoint.quantised(0.26, scale: 10, limit: 100) == 3)
    #expect(FixedPoint.quantised(-0.26, scale: 10, limit: 100) == -3)
    #expect(FixedPoint.quantised(3e38, scale: 3e38, limit: 100) == 100)
    #expect(FixedPoint.quantised(-3e38, scale: 3e38, limit: 100) == -100)
    #expect(FixedPoint.quantised(0, scale: .infinity, limit: 100) == 100)
  }
}
