import Foundation
import LiquidModel
import Testing

/// Every arithmetic against the Float64 golden vectors of Tests/Fixtures/parity, which scripts/fixtures made
/// with NumPy.
///
/// Unoptimised code is some hundred times slower, so a debug build looks at fewer steps of the smaller networks;
/// `scripts/parity-report` runs everything in an optimised build and writes docs/parity.md from the output.
@Suite("Parity with Float64")
struct ParityTests {
  #if DEBUG
    static let steps = 100
    static let calibrationSteps = 100
    static let cases = FixtureCase.all.filter { case_ in
      (try? case_.model()).map { Architecture(of: $0).multiplyCount < 12_000 } ?? true
    }
  #else
    static let steps = 1000
    static let calibrationSteps = 1000
    static let cases = FixtureCase.all
  #endif

  /// Largest error allowed, in units of the output's range.
  static let limits: [(arithmetic: ModelFile.Arithmetic, largest: Double)] = [
    (.float32, 2e-6), (.float16, 2e-3), (.int16, 2e-3), (.int8, 1e-2),
  ]

  @Test("each arithmetic is within its limit", arguments: cases)
  func parity(_ fixture: FixtureCase) throws {
    let model = try fixture.model()
    let expected = try fixture.expectedOutputs()
    var row = "parity | \(fixture.name)"
    for (arithmetic, limit) in Self.limits {
      var runtime = try Self.runtime(model, fixture, arithmetic)
      let (largest, rms) = try Self.error(of: &runtime, fixture, expected)
      #expect(largest <= limit, "\(arithmetic.rawValue)")
      row += String(format: " | %.1e | %.1e", largest, rms)
    }
    print(row)
  }

  /// The network in an arithmetic; fixed point is calibrated on other input than it is judged on.
  static func runtime(_ model: NetworkModel, _ fixture: FixtureCase, _ arithmetic: ModelFile.Arithmetic)
    throws
    -> NetworkRuntime
  {
    switch arithmetic {
    case .float32, .float16: return try NetworkRuntime(model, arithmetic: arithmetic)
    case .int16, .int8:
      let steps = FixtureStream.inputSteps(
        seed: fixture.seed &+ 1_000_000, inputs: fixture.inputs, steps: calibrationSteps)
      let calibration = try Calibration(model, steps: steps.map { .init(inputs: $0.inputs, ts: $0.ts) })
      return try NetworkRuntime(FixedModel(quantising: model, to: arithmetic, calibration))
    }
  }

  /// The largest error of all outputs and the largest root-mean-square error of one, in units of the range that the
  /// network's outputs have over the whole case.
  static func error(of runtime: inout NetworkRuntime, _ fixture: FixtureCase, _ expected: [[Float]]) throws
    -> (largest: Double, rms: Double)
  {
    let judged = fixture.expected_outputs
    var outputs = [Float](repeating: 0, count: runtime.outputCount)
    var largest = [Double](repeating: 0, count: judged)
    var squares = largest
    for (step, wanted) in zip(fixture.inputSteps().prefix(steps), expected) {
      var span = outputs.mutableSpan
      try runtime.step(inputs: step.inputs.span, ts: step.ts, outputs: &span)
      for k in 0..<judged {
        let error = abs(Double(outputs[k]) - Double(wanted[k]))
        largest[k] = max(largest[k], error)
        squares[k] += error * error
      }
    }
    let values = expected.joined().map { Double($0) }
    let range = (values.max() ?? 0) - (values.min() ?? 0)
    return (
      (largest.max() ?? 0) / range, ((squares.max() ?? 0) / Double(steps)).squareRoot() / range
    )
  }
}
