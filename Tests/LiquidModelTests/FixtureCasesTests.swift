import Files
import LiquidModel
import Testing

@Suite struct FixtureCasesTests {
  @Test func `the manifest names at least forty cases and their files are whole`() throws {
    #expect(FixtureCase.all.count >= 40)
    for fixture in FixtureCase.all {
      let expected = try fixture.expectedOutputs()
      #expect(expected.count == fixture.steps, "\(fixture.name)")
      #expect(expected.allSatisfy { $0.count == fixture.expected_outputs && $0.allSatisfy(\.isFinite) })
    }
  }

  @Test(arguments: FixtureCase.all)
  func `every case is a valid network`(fixture: FixtureCase) throws {
    try fixture.model().validate()
  }

  /// The digests in the manifest are those of what generator.py made.
  @Test func `weights and inputs are those that the reference was given`() throws {
    for fixture in FixtureCase.all {
      let file = try ModelFile(fixture.model(), arithmetic: .float32)
      // The largest networks would take most of this test's time and add nothing.
      if file.tensors.reduce(0, { $0 + $1.bytes.count }) < 400_000 {
        #expect(file.tensorDigest == fixture.weights_sha256, "\(fixture.name)")
      }
      let steps = fixture.inputSteps().map { $0.inputs + [$0.ts] }
      let inputs = Tensor(
        name: "steps", shape: [fixture.steps, fixture.inputs + 1], float32: steps.flatMap(\.self))
      #expect(SHA256.hexDigest(of: inputs.bytes) == fixture.inputs_sha256, "\(fixture.name)")
    }
  }
}
