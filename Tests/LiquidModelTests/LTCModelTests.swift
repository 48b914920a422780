import LiquidModel
import Testing

/// LTC cells in the model description and its files.
@Suite struct LTCModelTests {
  static let damages: [ModelValidationTests.Damage] = [
    .init("a capacitance of zero", "above 0", { $0.cells[0].ltc?.capacitances[3] = 0 }),
    .init("a negative capacitance", "element 2 is -0.5", { $0.cells[0].ltc?.capacitances[2] = -0.5 }),
    .init("a negative conductance", "0 or more", { $0.cells[0].ltc?.weights[3] = -1 }),
    .init("a negative leak", "leak: element 1", { $0.cells[0].ltc?.leaks[1] = -0.1 }),
    .init("a slope that is not a number", "element 4 is nan", { $0.cells[0].ltc?.slopes[4] = .nan }),
    .init("a reversal potential that is infinite", "inf", { $0.cells[0].ltc?.reversals[0] = .infinity }),
    .init("an offset too few", "values", { $0.cells[0].ltc?.offsets.removeLast() }),
    .init("a leak reversal too many", "values", { $0.cells[0].ltc?.leakReversals.append(0) }),
    .init("zero unfolds", "0 unfolds", { $0.cells[0].ltc?.unfolds = 0 }),
    .init("too many unfolds", "65 unfolds", { $0.cells[0].ltc?.unfolds = 65 }),
    .init("zero neurons", "0 neurons", { $0.cells[0].units = 0 }),
    .init("a hundred thousand neurons", "100000 neurons", { $0.cells[0].units = 100_000 }),
    .init("synapses from other sources", "sources", { $0.cells[0].ltc?.columns = 28 }),
    .init("an input less", "sources", { $0.inputs.removeLast() }),
    .init(
      "mixed memory", "beside a liquid time-constant cell",
      {
        $0.memory = .init(
          role: .replacesState, units: 19, gates: .init(rows: 76, columns: 29, weights: [], bias: []))
      }),
  ]

  @Test(arguments: damages) func `refuses what cannot be run`(damage: ModelValidationTests.Damage) throws {
    let error = try #require(try ModelValidationTests.failure("ltc-19", damage.change))
    #expect("\(error)".contains(damage.text), "\(error)")
  }

  @Test func `a neuron that nothing reaches and that does not leak is accepted and stays at rest`() throws {
    var model = try ModelValidationTests.fixture("ltc-1")
    model.cells[0].ltc?.weights = [0, 0]
    model.cells[0].ltc?.leaks = [0]
    for arithmetic in [ModelFile.Arithmetic.float32, .float16] {
      var network = try NetworkRuntime(model, arithmetic: arithmetic)
      #expect(try RuntimeTests.run(&network, [([0.5], 1), ([1], 0), ([1], 3)]) == [0, 0, 0])
    }
    let steps = [Calibration.Step(inputs: [0.5], ts: 1)]
    var network = try NetworkRuntime(
      FixedModel(quantising: model, to: .int16, Calibration(model, steps: steps)))
    #expect(try RuntimeTests.run(&network, [([0.5], 1), ([1], 0), ([1], 3)]) == [0, 0, 0])
  }

  @Test(arguments: ModelFile.Arithmetic.allCases)
  func `a step that takes no time changes nothing`(arithmetic: ModelFile.Arithmetic) throws {
    var network = try RuntimeTests.runtime("ltc-19", arithmetic)
    let steps = try RuntimeTests.fixture("ltc-19").inputSteps()
    let before = try RuntimeTests.run(&network, steps[..<5]).suffix(network.outputCount)
    let digest = network.stateDigest()
    #expect(try RuntimeTests.run(&network, [(steps[6].inputs, 0)]) == Array(before))
    #expect(network.stateDigest() == digest)
  }

  @Test(arguments: ModelFile.Arithmetic.allCases)
  func `enormous inputs and times leave finite numbers`(arithmetic: ModelFile.Arithmetic) throws {
    var network = try RuntimeTests.runtime("ltc-19", arithmetic)
    let inputs = (0..<10).map { $0 % 2 == 0 ? Float(3e38) : -3e38 }
    for ts in [1, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 0, .leastNormalMagnitude] as [Float] {
      let found = try RuntimeTests.run(&network, [(inputs, ts)])
      // Reversal potentials are within ±1.5.
      #expect(found.allSatisfy { abs(Float(bitPattern: $0)) <= 1.5 })
    }
  }

  @Test(arguments: ["ltc-19", "ltc-12-cfc-6", "cfc-12-ltc-6", "ltc-34-projection"])
  func `a file holds the very model`(name: String) throws {
    let model = try ModelValidationTests.fixture(name)
    let bytes = try ModelFile(model, arithmetic: .float32).encoded()
    #expect(try ModelFile.read(bytes).model() == model)
    #expect(try ModelFile.read(bytes).encoded() == bytes)
  }

  /// Why an old file of `format` is refused.
  private func failure(_ name: String, oldFormat: String) throws -> ModelError? {
    let bytes = try ModelFile(ModelValidationTests.fixture(name), arithmetic: .float32).encoded()
    var file = try ModelDigestTests.unsealed(bytes)
    file.metadata["ganglion.format"] = oldFormat
    return ModelFileTests.failure { _ = try ModelFile.read(file.encoded()) }
  }

  @Test func `an old format says whether there are LTC cells, and a file that says otherwise is refused`()
    throws
  {
    #expect(try failure("ltc-1", oldFormat: "2") == nil)
    #expect(try failure("dense-1", oldFormat: "1") == nil)
    #expect(try failure("ltc-1", oldFormat: "1")?.place == "metadata ganglion.format")
    #expect(try failure("dense-1", oldFormat: "2")?.place == "metadata ganglion.format")
    #expect(try failure("ltc-1", oldFormat: "4")?.place == "metadata ganglion.format")
  }

  @Test func `a float16 file rounds synapses and keeps neurons`() throws {
    let model = try ModelValidationTests.fixture("ltc-19")
    let read = try ModelFile.read(ModelFile(model, arithmetic: .float16).encoded()).model()
    let (before, after) = (try #require(model.cells[0].ltc), try #require(read.cells[0].ltc))
    #expect(after.slopes == before.slopes.map { Float(Float16($0)) })
    #expect(after.capacitances == before.capacitances)
  }
}
