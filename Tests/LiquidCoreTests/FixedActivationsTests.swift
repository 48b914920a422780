import Foundation
import Testing

@testable import LiquidCore

/// Errors in units of the last place of Q0.15, over whole ranges of arguments, against the C library's Float64.
///
/// The printed lines are the source of the table in docs/fixed-point.md.
@Suite("Integer activations")
struct FixedActivationsTests {
  /// Q0.30 and Q0.31 rounded to Q0.15, as a state is.
  static func units(_ x: Int32, _ bits: Int64) -> Double {
    Double(FixedPoint.rounded(Int64(x), bits - 15))
  }

  static let functions: [(name: String, bits: Int64, limit: Double)] = [
    ("tanh", 30, 1.5), ("sigmoid", 31, 1.5), ("normal", 31, 1.5),
  ]

  static func value(_ name: String, _ x: Int32, _ fraction: Int32) -> Int32 {
    switch name {
    case "tanh": FixedActivations.tanh(x, fraction)
    case "sigmoid": FixedActivations.sigmoid(x, fraction)
    default: FixedActivations.normal(x, fraction)
    }
  }

  static func exact(_ name: String, _ x: Double) -> Double {
    switch name {
    case "tanh": tanh(x)
    case "sigmoid": 1 / (1 + exp(-x))
    default: 0.5 * (1 + erf(x / 2.0.squareRoot()))
    }
  }

  @Test("all 65,536 arguments in Q3.12, and every 61st in Q11.20, are within 1.5 units", arguments: 0..<3)
  func accuracy(_ index: Int) {
    let (name, bits, limit) = Self.functions[index]
    for (fraction, step) in [(Int32(12), 1), (20, 61)] {
      var worst = (error: 0.0, at: 0.0)
      let end = fraction == 12 ? 32768 : 20 << 20
      for x in stride(from: -end, to: end, by: step) {
        let real = Double(x) / Double(1 << fraction)
        let found = Self.units(Self.value(name, Int32(x), fraction), bits)
        let error = abs(found - Self.exact(name, real) * 32768)
        if error > worst.error { worst = (error, real) }
      }
      print("activation | \(name) | \(fraction) | \(worst.error) | \(worst.at)")
      #expect(worst.error <= limit)
    }
  }

  @Test("no argument overflows, the odd stay odd, and none reaches 1", arguments: [Int32(0), 7, 12, 20])
  func extremes(_ fraction: Int32) {
    for x in [Int32.min, -Int32.max, -(8 << fraction), -1, 0, 1, 8 << fraction, Int32.max] {
      let y = FixedActivations.tanh(x, fraction)
      #expect(abs(Self.units(y, 30)) <= 32767)
      if x != .min { #expect(FixedActivations.tanh(-x, fraction) == -y) }
      let s = FixedActivations.sigmoid(x, fraction)
      #expect(s > 0 && FixedActivations.normal(x, fraction) > 0)
    }
    #expect(FixedActivations.tanh(0, fraction) == 0)
  }

  @Test("tanh never falls as its argument grows")
  func monotonic() {
    var last = Int32.min
    for x in stride(from: Int32(-9 << 20), to: 9 << 20, by: 37) {
      let y = FixedActivations.tanh(x, 20)
      #expect(y >= last)
      last = y
    }
  }

  @Test("exp(−x) is within 1e-6 of Float64, and 0 at the end of its range")
  func decay() {
    var worst = 0.0
    for x in stride(from: Int64(0), through: 1 << 25, by: 997) {
      let found = Double(FixedActivations.decay(x)) * 0x1p-30
      worst = max(worst, abs(found - exp(-Double(x) * 0x1p-20)))
    }
    print("activation | exp(−x), absolute | 20 | \(worst) |")
    #expect(worst <= 1e-6)
    #expect(FixedActivations.decay(0) == 1 << 30)
    #expect(FixedActivations.decay(1 << 25) == 0)
  }
}
