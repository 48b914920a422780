import LiquidCore
import Testing

@testable import LiquidModel

@Suite("Network runtime")
struct RuntimeTests {
  /// Small networks that between them have every part: chain, backbone, memory of both roles, projection, pure, LTC.
  static let names = [
    "wired-19-default", "dense-19-backbone-1", "dense-19-pure", "mixed-19", "mixed-19-keras",
    "wired-19-projection", "ltc-19", "ltc-12-cfc-6",
  ]

  static func fixture(_ name: String) throws -> FixtureCase {
    try #require(FixtureCase.all.first { $0.name == name })
  }

  static func runtime(_ name: String, _ arithmetic: ModelFile.Arithmetic) throws -> NetworkRuntime {
    let fixture = try fixture(name)
    let model = try fixture.model()
    if arithmetic == .float32 || arithmetic == .float16 {
      return try NetworkRuntime(model, arithmetic: arithmetic)
    }
    return try NetworkRuntime(fixed(model, fixture, arithmetic))
  }

  static func fixed(_ model: NetworkModel, _ fixture: FixtureCase, _ arithmetic: ModelFile.Arithmetic) throws
    -> FixedModel
  {
    let steps = FixtureStream.inputSteps(seed: 99, inputs: fixture.inputs, steps: 60)
    return try FixedModel(
      quantising: model, to: arithmetic,
      Calibration(model, steps: steps.map { .init(inputs: $0.inputs, ts: $0.ts) }))
  }

  /// The bits of the outputs over some steps.
  static func run(_ runtime: inout NetworkRuntime, _ steps: ArraySlice<(inputs: [Float], ts: Float)>) throws
    -> [UInt32]
  {
    var bits: [UInt32] = []
    var outputs = [Float](repeating: 0, count: runtime.outputCount)
    for step in steps {
      var span = outputs.mutableSpan
      try runtime.step(inputs: step.inputs.span, ts: step.ts, outputs: &span)
      bits += outputs.map(\.bitPattern)
    }
    return bits
  }

  @Test("after reset it repeats every bit", arguments: names, ModelFile.Arithmetic.allCases)
  func reset(_ name: String, _ arithmetic: ModelFile.Arithmetic) throws {
    var runtime = try Self.runtime(name, arithmetic)
    let steps = try Self.fixture(name).inputSteps()
    let rest = runtime.stateDigest()
    let first = try Self.run(&runtime, steps[..<20])
    #expect(runtime.stateDigest() != rest)
    runtime.reset()
    #expect(runtime.stateDigest() == rest)
    #expect(try Self.run(&runtime, steps[..<20]) == first)
  }

  @Test("a restored state continues with every bit", arguments: names, ModelFile.Arithmetic.allCases)
  func restore(_ name: String, _ arithmetic: ModelFile.Arithmetic) throws {
    var runtime = try Self.runtime(name, arithmetic)
    let steps = try Self.fixture(name).inputSteps()
    _ = try Self.run(&runtime, steps[..<10])
    let (state, digest) = (runtime.copyState(), runtime.stateDigest())
    #expect(state.count == runtime.stateByteCount)
    let continued = try Self.run(&runtime, steps[10..<20])
    var other = try Self.runtime(name, arithmetic)
    try other.restoreState(state.span)
    #expect(other.stateDigest() == digest)
    #expect(try Self.run(&other, steps[10..<20]) == continued)
  }

  @Test("each bit of the state changes the digest", arguments: names)
  func digest(_ name: String) throws {
    var runtime = try Self.runtime(name, .int16)
    _ = try Self.run(&runtime, try Self.fixture(name).inputSteps()[..<3])
    let state = runtime.copyState()
    var seen: Set<UInt64> = [runtime.stateDigest()]
    for bit in 0..<8 * state.count {
      var changed = state
      changed[bit / 8] ^= 1 << (bit % 8)
      try runtime.restoreState(changed.span)
      #expect(seen.insert(runtime.stateDigest()).inserted, "bit \(bit)")
    }
  }

  @Test(
    "wrong counts, numbers and times are refused and change nothing", arguments: ModelFile.Arithmetic.allCases
  )
  func refusals(_ arithmetic: ModelFile.Arithmetic) throws {
    var runtime = try Self.runtime("wired-19-default", arithmetic)
    _ = try Self.run(&runtime, try Self.fixture("wired-19-default").inputSteps()[..<3])
    let digest = runtime.stateDigest()
    let good = [Float](repeating: 0.1, count: 10)
    var bad = good
    bad[7] = .nan
    let cases: [(inputs: [Float], ts: Float, outputs: Int, error: NetworkError)] = [
      (Array(good.dropLast()), 1, 1, .inputCount(9, expected: 10)),
      (good, 1, 2, .outputCount(2, expected: 1)),
      (bad, 1, 1, .nonFiniteInput(7)),
      (good, -0.5, 1, .elapsedTime(-0.5)),
      (good, .infinity, 1, .elapsedTime(.infinity)),
    ]
    for case_ in cases {
      var outputs = [Float](repeating: 5, count: case_.outputs)
      var found: NetworkError?
      var span = outputs.mutableSpan
      do throws(NetworkError) {
        try runtime.step(inputs: case_.inputs.span, ts: case_.ts, outputs: &span)
      } catch {
        found = error
      }
      #expect(found == case_.error)
      #expect(outputs.allSatisfy { $0 == 5 })
      #expect(runtime.stateDigest() == digest)
    }
    let short: [UInt8] = [1, 2, 3]
    #expect(throws: NetworkError.stateByteCount(3, expected: runtime.stateByteCount)) {
      try runtime.restoreState(short.span)
    }
    #expect(runtime.stateDigest() == digest)
  }

  @Test(
    "in fixed point, inputs and ts beyond their ranges count as the ends",
    arguments: ["wired-19-default", "dense-19-pure", "ltc-19"])
  func saturation(_ name: String) throws {
    var within = try Self.runtime(name, .int16)
    var beyond = try Self.runtime(name, .int16)
    let maximum = Float(try Self.fixture(name).maximum_ts)
    let count = within.inputCount
    // The fixtures' inputs have the range −1 to 1.
    let end: [(inputs: [Float], ts: Float)] = [([Float](repeating: 1, count: count), maximum)]
    let far: [(inputs: [Float], ts: Float)] = [([Float](repeating: 3e38, count: count), 3e38)]
    #expect(try Self.run(&within, end[...]) == Self.run(&beyond, far[...]))
    #expect(within.stateDigest() == beyond.stateDigest())
  }

  @Test("a quantised file holds the very network", arguments: names, [ModelFile.Arithmetic.int16, .int8])
  func files(_ name: String, _ arithmetic: ModelFile.Arithmetic) throws {
    let fixture = try Self.fixture(name)
    let model = try fixture.model()
    let fixed = try Self.fixed(model, fixture, arithmetic)
    let read = try ModelFile.read(fixed.file(describing: model).encoded())
    #expect(try FixedModel(read) == fixed)
    var first = try NetworkRuntime(fixed)
    var second = try NetworkRuntime(read)
    #expect(
      try Self.run(&first, fixture.inputSteps()[..<10]) == Self.run(&second, fixture.inputSteps()[..<10]))
  }

  @Test("a float16 file holds the very network that the model makes")
  func halfFiles() throws {
    let fixture = try Self.fixture("dense-19-pure")
    let model = try fixture.model()
    let read = try ModelFile.read(ModelFile(model, arithmetic: .float16).encoded())
    var first = try NetworkRuntime(model, arithmetic: .float16)
    var second = try NetworkRuntime(read)
    #expect(
      try Self.run(&first, fixture.inputSteps()[..<10]) == Self.run(&second, fixture.inputSteps()[..<10]))
  }

  @Test("sizes that inspect shows are those of the network")
  func sizes() throws {
    let runtime = try Self.runtime("wired-19-four-motors", .int8)
    // 9, 6 and 4 neurons on 10 inputs, four rows each.
    #expect(runtime.multiplyCount == 4 * (9 * 19 + 6 * 15 + 4 * 10))
    #expect(runtime.stateByteCount == 19 * 2)
    #expect(runtime.workspaceByteCount < 2048)
    #expect(runtime.imageByteCount < 4096)
  }

  @Test("an LTC cell computes the synapses that there are, those of neurons in each unfold")
  func synapses() throws {
    let cell = try #require(try Self.fixture("ltc-19").model().cells[0].ltc)
    let sensory = cell.weights.indices.count { $0 % 29 < 10 && cell.weights[$0] != 0 }
    let runtime = try Self.runtime("ltc-19", .int16)
    #expect(runtime.synapseCount == sensory + 6 * (cell.synapseCount - sensory))
    #expect(runtime.multiplyCount == 3 * runtime.synapseCount)
    // Potentials have 32 bits.
    #expect(runtime.stateByteCount == 19 * 4)
    #expect(try Self.runtime("cfc-12-ltc-6", .int16).stateByteCount == 12 * 2 + 6 * 4)
  }
}
