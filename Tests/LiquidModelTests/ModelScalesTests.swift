import LiquidCore
import Testing

@testable import LiquidModel

/// No product of a model's scales is infinite or no number.
@Suite struct ModelScalesTests {
  static let names = ["dense-19-backbone-1", "wired-19-projection", "ltc-19", "dense-1"]

  private static func fixed(_ name: String, _ arithmetic: ModelFile.Arithmetic = .int16) throws -> (
    fixed: FixedModel, model: NetworkModel
  ) {
    let fixture = try RuntimeTests.fixture(name)
    let model = try fixture.model()
    return (try RuntimeTests.fixed(model, fixture, arithmetic), model)
  }

  private static func failure(_ fixed: FixedModel, _ model: NetworkModel) -> ModelError? {
    ModelFileTests.failure {
      let file = fixed.file(describing: model)
      _ = try NetworkRuntime(ModelFile.read(file.encoded()))
    }
  }

  @Test(
    arguments: names,
    [
      Float.greatestFiniteMagnitude, .infinity, .nan, 0, -1, -0.0, .leastNonzeroMagnitude,
      .leastNormalMagnitude / 2, 1.1e34,
    ])
  func `a scale that cannot be multiplied with is refused by its place`(name: String, scale: Float) throws {
    let good = try Self.fixed(name)
    #expect(Self.failure(good.fixed, good.model) == nil)
    var output = good.fixed
    output.outputScales[output.outputScales.count - 1] = scale
    let refused = try #require(Self.failure(output, good.model))
    #expect(refused.place == "tensor output_scale, element \(output.outputScales.count - 1)")
    #expect(refused.remedy.contains("quantize the model again"))
    var input = good.fixed
    input.inputScales[0] = scale
    #expect(Self.failure(input, good.model)?.place == "tensor input_scale, element 0")
  }

  @Test(arguments: names)
  func `with the largest scale that is taken every output is finite`(name: String) throws {
    let (good, model) = try Self.fixed(name)
    var fixed = good
    let largest: Float = model.projection == nil ? 32768 : 0x1p30
    fixed.outputScales = fixed.outputScales.map { _ in Float.greatestFiniteMagnitude / largest }
    #expect(Self.failure(fixed, model) == nil)
    var beyond = fixed
    beyond.outputScales[0] = (Float.greatestFiniteMagnitude / largest).nextUp
    #expect(Self.failure(beyond, model)?.place == "tensor output_scale, element 0")
    var network = try NetworkRuntime(fixed)
    var outputs = [Float](repeating: 0, count: network.outputCount)
    for step in 0..<50 {
      let inputs = (0..<network.inputCount).map { ($0 + step / 5) % 2 == 0 ? Float(3e38) : -3e38 }
      var span = outputs.mutableSpan
      try network.step(inputs: inputs.span, ts: step % 3 == 0 ? 3e38 : 0, outputs: &span)
      #expect(outputs.allSatisfy { $0.isFinite })
    }
  }

  @Test func `an input scale times the end of its range is a number`() throws {
    var (fixed, model) = try Self.fixed("dense-1")
    model.inputs[0].maximum = 3e38
    fixed.inputScales[0] = 2
    let error = try #require(Self.failure(fixed, model))
    #expect(error.place == "tensor input_scale, element 0")
    #expect(error.cause.contains("more than a number holds"))
    fixed.inputScales[0] = 1
    #expect(Self.failure(fixed, model) == nil)
    // 32767 / 1e-35 is none.
    fixed.inputScales[0] = 1e-35
    #expect(Self.failure(fixed, model)?.place == "tensor input_scale, element 0")
  }

  @Test(arguments: [(-1, 8), (31, 8), (4, -1), (4, (1 << 30) + 1)] as [(Int32, Int32)])
  func `a factor of time beyond its range is refused`(fraction: Int32, limit: Int32) throws {
    var (fixed, model) = try Self.fixed("dense-1")
    (fixed.elapsedFraction, fixed.elapsedLimit) = (fraction, limit)
    #expect(Self.failure(fixed, model)?.place == "time.format")
  }

  @Test func `the largest ts of the integers and of the file are the same`() throws {
    var (fixed, model) = try Self.fixed("dense-1")
    model.maximumTs *= 2
    #expect(Self.failure(fixed, model)?.place == "tensor time.format")
    model.maximumTs /= 2
    fixed.elapsedLimit /= 2
    #expect(Self.failure(fixed, model)?.place == "tensor time.format")
  }

  @Test(
    arguments: [
      (1, 0, Double.leastNonzeroMagnitude, "range of ts"), (1, 0, 1e39, "range of ts"),
      (1, 0, 1e-42, "range of ts"),
      (1, .nan, 1, "range of ts"), (1, 0, .nan, "range of ts"), (1e4, 0, 3e38, "range of ts"),
      (0, 0, 1, "time unit"), (-1, 0, 1, "time unit"), (1e-10, 0, 1, "time unit"), (1e6, 0, 1, "time unit"),
      (.nan, 0, 1, "time unit"), (.infinity, 0, 1, "time unit"), (.leastNonzeroMagnitude, 0, 1, "time unit"),
    ] as [(Double, Double, Double, String)])
  func `times that are none are refused`(unit: Double, minimum: Double, maximum: Double, place: String) throws
  {
    var model = try RuntimeTests.fixture("dense-1").model()
    (model.timeUnit, model.minimumTs, model.maximumTs) = (unit, minimum, maximum)
    #expect(ModelFileTests.failure { try model.validate() }?.place == place)
  }

  @Test func `without time only an LTC network is refused`() throws {
    var model = try RuntimeTests.fixture("ltc-1").model()
    (model.minimumTs, model.maximumTs) = (0, 0)
    let error = ModelFileTests.failure { try model.validate() }
    #expect(error?.cause == "0.0 to 0.0, without which the state of an LTC cell never changes")
    var (fixed, closed) = try Self.fixed("dense-1")
    (closed.minimumTs, closed.maximumTs, fixed.elapsedLimit) = (0, 0, 0)
    #expect(Self.failure(fixed, closed) == nil)
  }

  @Test(
    arguments: [
      (1, 1 + 1e-12), (-3e38, 3e38), (0, 1e39), (.nan, 1), (0, .nan), (-.infinity, 0),
    ] as [(Double, Double)])
  func `ranges that are none as the network's numbers are refused`(minimum: Double, maximum: Double) throws {
    var model = try RuntimeTests.fixture("dense-1").model()
    (model.outputs[0].minimum, model.outputs[0].maximum) = (minimum, maximum)
    #expect(ModelFileTests.failure { try model.validate() }?.cause.contains("not a range") == true)
  }

  @Test func `a half that is infinite is refused`() throws {
    var file = try ModelFile(RuntimeTests.fixture("dense-1").model(), arithmetic: .float16)
    let index = try #require(file.tensors.firstIndex { $0.elementType == .f16 })
    file.tensors[index].bytes.replaceSubrange(0..<2, with: [0x00, 0x7C])
    let bytes = try file.encoded()
    #expect(
      ModelFileTests.failure { _ = try NetworkRuntime(ModelFile.read(bytes)) }?.cause == "element 0 is inf")
  }
}
