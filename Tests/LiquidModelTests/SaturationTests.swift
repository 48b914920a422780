import LiquidCore
import Testing

@testable import LiquidModel

@Suite("Saturation in fixed point")
struct SaturationTests {
  /// A walk of inputs within ±1, like a recording of many sensors that wander.
  static func walk(seed: UInt64, inputs: Int, steps: Int, step: Float = 0.05) -> [Calibration.Step] {
    var stream = FixtureStream(seed: seed)
    var x = [Float](repeating: 0, count: inputs)
    return (0..<steps).map { _ in
      for index in x.indices { x[index] = max(-1, min(1, x[index] + step * stream.symmetric())) }
      return Calibration.Step(inputs: x, ts: 1)
    }
  }

  static func error(_ fixed: FixedModel, _ model: NetworkModel, _ steps: [Calibration.Step]) throws -> (
    largest: Double, saturation: Saturation
  ) {
    var runtime = try NetworkRuntime(fixed)
    var reference = ReferenceNetwork(model)
    var outputs = [Float](repeating: 0, count: runtime.outputCount)
    var (largest, low, high) = (0.0, Double.infinity, -Double.infinity)
    for step in steps {
      var span = outputs.mutableSpan
      try runtime.step(inputs: step.inputs.span, ts: step.ts, outputs: &span)
      for (found, wanted) in zip(outputs, reference.step(step.inputs, ts: step.ts)) {
        largest = max(largest, abs(Double(found) - wanted))
        (low, high) = (min(low, wanted), max(high, wanted))
      }
    }
    return (largest / (high - low), runtime.saturation)
  }

  @Test(
    "states without bound have room for another walk of the same kind",
    arguments: [
      "wired-34-linear", "dense-34-linear", "wired-34-linear-projection", "dense-34-relu",
      "ltc-34-projection",
    ],
    [ModelFile.Arithmetic.int16, .int8])
  func room(_ name: String, _ arithmetic: ModelFile.Arithmetic) throws {
    let model = try RuntimeTests.fixture(name).model()
    let inputs = model.inputs.count
    let fixed = try FixedModel(
      quantising: model, to: arithmetic,
      Calibration(model, steps: Self.walk(seed: 1, inputs: inputs, steps: 200)))
    for seed in 2..<6 as Range<UInt64> {
      let (largest, saturation) = try Self.error(
        fixed, model, Self.walk(seed: seed, inputs: inputs, steps: 200))
      #expect(largest <= (arithmetic == .int16 ? 2e-3 : 1.5e-2), "seed \(seed)")
      #expect(saturation.states == 0 && saturation.inputs == 0 && saturation.elapsed == 0)
    }
  }

  @Test("inputs that the ports' ranges do not hold get room, and those said to be alike too")
  func inputRanges() throws {
    let model = try RuntimeTests.fixture("wired-19-default").model()
    var steps = Self.walk(seed: 1, inputs: model.inputs.count, steps: 60)
    let within = try FixedModel(quantising: model, to: .int16, Calibration(model, steps: steps))
    #expect(within.inputScales.allSatisfy { $0 == within.largestInput })
    steps[30].inputs[2] = -3
    let beyond = try FixedModel(quantising: model, to: .int16, Calibration(model, steps: steps))
    #expect(beyond.inputScales.allSatisfy { abs($0 - beyond.largestInput / 6) < 0.01 })
  }

  @Test(
    "inputs, states and times beyond their range are counted, alike by every kernel",
    arguments: [
      "wired-34-linear", "dense-34-silu", "dense-34-relu", "wired-19-default", "mixed-19", "ltc-19",
      "wired-19-pure",
    ])
  func counts(_ name: String) throws {
    let model = try RuntimeTests.fixture(name).model()
    let inputs = model.inputs.count
    // Calibrated on next to nothing, so that its states saturate.
    let quiet = Self.walk(seed: 1, inputs: inputs, steps: 40, step: 0.001)
    let fixed = try FixedModel(quantising: model, to: .int16, Calibration(model, steps: quiet))
    var found: [Saturation] = []
    for kernel in Kernel.allCases where kernel.isAvailable {
      var network = try NetworkRuntime(fixed, kernel: kernel)
      var outputs = [Float](repeating: 0, count: network.outputCount)
      var (wantedInputs, wantedTimes): (UInt64, UInt64) = (0, 0)
      var stream = FixtureStream(seed: 7)
      for step in 0..<60 {
        let values = stream.symmetric(inputs).map { step % 3 == 0 ? $0 : 2 * $0 }
        let ts = Float(step % 4) * 1.25
        var span = outputs.mutableSpan
        try network.step(inputs: values.span, ts: ts, outputs: &span)
        // The fixtures' inputs have the range −1 to 1, and ts that of 0 to 3.
        let beyond = values.count { abs($0) * fixed.largestInput >= fixed.largestInput + 0.5 }
        wantedInputs += UInt64(beyond)
        wantedTimes += ts > 3 ? 1 : 0
        #expect(network.saturation.lastInputs == UInt32(beyond))
        #expect(network.saturation.lastElapsed == (ts > 3 ? 1 : 0))
      }
      #expect(network.saturation.inputs == wantedInputs)
      #expect(network.saturation.elapsed == wantedTimes)
      network.reset()
      #expect(network.saturation.inputs == wantedInputs)
      found.append(network.saturation)
    }
    #expect(found.allSatisfy { $0 == found[0] })
    let isBounded = name == "wired-19-default"
    #expect(
      (found[0].states == 0) == isBounded || name == "mixed-19" || name == "ltc-19" || name == "wired-19-pure"
    )
  }

  @Test("a report judges by the last fifth, and says what speaks against it")
  func report() throws {
    let model = try RuntimeTests.fixture("wired-34-linear").model()
    #expect(throws: ModelError.self) { try CalibrationSplit([Self.walk(seed: 1, inputs: 10, steps: 19)]) }
    // Recordings of which nothing could be kept aside would be judged by nothing.
    #expect(throws: ModelError.self) {
      try CalibrationSplit((0..<10).map { Self.walk(seed: UInt64($0), inputs: 10, steps: 4) })
    }
    let short = try CalibrationSplit([
      Self.walk(seed: 1, inputs: model.inputs.count, steps: 30, step: 0.01),
      Self.walk(seed: 2, inputs: model.inputs.count, steps: 23, step: 0.01),
    ])
    #expect(short.calibrated.count == 24 + 19 && short.asideCount == 6 + 4)
    let fixed = try FixedModel(quantising: model, to: .int16, Calibration(model, steps: short.calibrated))
    let file = fixed.file(describing: model)
    let report = try QuantisationReport(file, of: model, short)
    #expect(report.calibratedCount == 43 && report.asideCount == 10)
    #expect(report.outputs.map(\.name) == model.outputs.map(\.name))
    #expect(report.outputs.map(\.errors.largest).max() == report.aside.largest)
    #expect(report.aside.largest > 0 && report.aside.rootMeanSquare <= report.aside.largest)
    #expect(report.warnings.contains { $0.hasPrefix("the recording is short: 43 steps") })
    let count = model.inputs.count
    let words = "less than half of the range of \(count) of \(count) inputs"
    #expect(report.warnings.contains { $0.contains(words) })
    let long = try CalibrationSplit([Self.walk(seed: 1, inputs: model.inputs.count, steps: 600, step: 0.3)])
    let calibration = try Calibration(model, steps: long.calibrated)
    let good = try FixedModel(quantising: model, to: .int16, calibration).file(describing: model)
    #expect(try QuantisationReport(good, of: model, long).warnings.isEmpty)
    #expect(try QuantisationReport(good, of: model, long).calibratedCount == 480)
    // Of a recording too long to be calibrated on as a whole, it is said how much was left out.
    let partly = try QuantisationReport(good, of: model, long, most: 450)
    #expect(partly.calibratedCount == 450 && partly.unusedCount == 30 && partly.asideCount == 120)
    #expect(partly.warnings.contains { $0.contains("30 more were left out") })
  }
}

extension FixedModel {
  /// The integer that the end of an input's range becomes.
  fileprivate var largestInput: Float { Float((1 << (inputBits - 1)) - 1) }
}
