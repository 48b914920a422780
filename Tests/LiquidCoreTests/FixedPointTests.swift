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

  @Test("saturation is symmetric")
  func saturation() {
    #expect(FixedPoint.saturated16(40_000) == 32767)
    #expect(FixedPoint.saturated16(-40_000) == -32767)
    #expect(FixedPoint.saturated16(-32768) == -32767)
    #expect(FixedPoint.saturated16(123) == 123)
    #expect(FixedPoint.saturated32(1 << 40) == Int32.max)
    #expect(FixedPoint.saturated32(-(1 << 40)) == -Int32.max)
  }

  @Test("an input is rounded to the nearest and limited, whatever its scale")
  func inputs() {
    #expect(FixedPoint.quantised(0.26, scale: 10, limit: 100) == 3)
    #expect(FixedPoint.quantised(-0.26, scale: 10, limit: 100) == -3)
    #expect(FixedPoint.quantised(3e38, scale: 3e38, limit: 100) == 100)
    #expect(FixedPoint.quantised(-3e38, scale: 3e38, limit: 100) == -100)
    #expect(FixedPoint.quantised(0, scale: .infinity, limit: 100) == 100)
  }
}
