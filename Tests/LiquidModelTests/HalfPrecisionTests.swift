import Testing

@testable import LiquidModel

@Suite("Half precision")
struct HalfPrecisionTests {
  @Test("all 65,536 halves are widened exactly")
  func widening() {
    for bits in UInt16.min...UInt16.max {
      let expected = Float(Float16(bitPattern: bits))
      let found = Float(half: bits)
      #expect(found.bitPattern == expected.bitPattern || found.isNaN && expected.isNaN, "\(bits)")
    }
  }

  @Test("singles are rounded to the nearest half, at every boundary between two")
  func narrowing() {
    for bits in UInt16.min...UInt16.max {
      let half = Float16(bitPattern: bits)
      guard half.isFinite else { continue }
      let middle = (Float(half) + Float(half.nextUp.isFinite ? half.nextUp : half)) / 2
      for x in [Float(half), middle, middle.nextUp, middle.nextDown] {
        #expect(x.half == Float16(x).bitPattern, "\(x)")
      }
    }
    for x: Float in [65519, 65520, 65536, 1e30, .infinity, -.infinity, 0x1p-25, 1e-30, -0.0] {
      #expect(x.half == Float16(x).bitPattern, "\(x)")
    }
    #expect(Float16(bitPattern: Float.nan.half).isNaN)
  }
}
