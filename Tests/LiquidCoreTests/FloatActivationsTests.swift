import Foundation
import Testing

@testable import LiquidCore

@Suite("Single-precision activations")
struct FloatActivationsTests {
  typealias Function = @Sendable (SIMD8<Float>) -> SIMD8<Float>

  static let functions:
    [(name: String, single: Function, limit: Double, exact: @Sendable (Double) -> Double)] = [
      ("tanh", { FloatActivations.tanh($0) }, 1.5e-7, { tanh($0) }),
      ("sigmoid", { FloatActivations.sigmoid($0) }, 1.5e-7, { 1 / (1 + exp(-$0)) }),
      ("normal", { FloatActivations.normal($0) }, 2e-7, { 0.5 * (1 + erf($0 / 2.0.squareRoot())) }),
      ("exp(−x)", { FloatActivations.decay(FloatActivations.magnitude($0)) }, 1.5e-7, { exp(-abs($0)) }),
    ]

  @Test("each is within its limit of Float64 from −20 to 20", arguments: 0..<functions.count)
  func accuracy(_ index: Int) {
    let function = Self.functions[index]
    var worst = 0.0
    for k in -20_000...20_000 {
      let x = Float(k) * 0.001 + Float(k) * 1e-8
      let found = Double(function.single(SIMD8(repeating: x))[k & 7])
      worst = max(worst, abs(found - function.exact(Double(x))))
    }
    print("activation | \(function.name), single precision | | \(worst) |")
    #expect(worst <= function.limit)
  }

  @Test("far arguments give the limits, not infinities or NaN")
  func farArguments() {
    for x in [Float(1e4), 1e30, .greatestFiniteMagnitude] {
      let vector = SIMD8<Float>(repeating: x)
      #expect(FloatActivations.tanh(vector)[0] == 1)
      #expect(FloatActivations.tanh(-vector)[0] == -1)
      #expect(FloatActivations.sigmoid(-vector)[0] < 1e-6)
      #expect(FloatActivations.normal(vector)[0] == 1)
      #expect(FloatActivations.decay(vector)[0] < 1e-6)
    }
  }

  @Test("every finite half-precision number is widened exactly")
  func halves() {
    for bits in UInt16.min...UInt16.max {
      let half = Float16(bitPattern: bits)
      guard half.isFinite else { continue }
      let widened = Float16Arithmetic.widened(SIMD8(repeating: bits))
      #expect(widened[3].bitPattern == Float(half).bitPattern)
    }
  }
}
