import LiquidModel
import Testing

/// Networks as the exporter wrote them, against what their origin answers.
@Suite struct ExportedParityTests {
  @Test(arguments: ExportedCase.all)
  func `an exported network answers as its origin does`(exported: ExportedCase) throws {
    let model = try ModelFile.read(path: exported.path).model()
    let expected = try exported.expectedOutputs()
    let steps = exported.inputSteps()
    let calibration = try Calibration(
      model,
      steps: FixtureStream.inputSteps(seed: 4000, inputs: model.inputs.count, steps: 1000).map {
        .init(inputs: $0.inputs, ts: $0.ts)
      })
    // The origin's weights are those of the file but for a rounding of some.
    let runs: [(NetworkRuntime.Maker, Double)] = [
      ({ () throws(ModelError) in try NetworkRuntime(model) }, 1e-5),
      (
        { () throws(ModelError) in
          try NetworkRuntime(FixedModel(quantising: model, to: .int16, calibration))
        }, 2e-3
      ),
    ]
    let values = expected.joined()
    let range = Double((values.max() ?? 0) - (values.min() ?? 0))
    for (make, limit) in runs {
      var network = try make()
      let found = try RuntimeTests.run(&network, steps[...]).map { Double(Float(bitPattern: $0)) }
      let largest = zip(found, values).reduce(0) { max($0, abs($1.0 - Double($1.1))) }
      #expect(largest <= limit * range, "\(network.arithmetic.rawValue) is off by \(largest / range)")
      print("exported | \(exported.testDescription) | \(network.arithmetic.rawValue) | \(largest / range)")
    }
  }
}

extension NetworkRuntime {
  fileprivate typealias Maker = () throws(ModelError) -> NetworkRuntime
}
