import LiquidCore
import Testing

@testable import LiquidModel

@Suite("Inputs that leave bits to the weights")
struct InputBitsTests {
  static let names = [
    "wired-34-linear", "dense-34-relu", "dense-19", "mixed-19", "mixed-19-keras", "cfc-12-ltc-6",
  ]

  /// A network whose inputs have `bits` bits.
  static func fixed(_ name: String, _ bits: Int32) throws -> (model: NetworkModel, fixed: FixedModel) {
    let model = try RuntimeTests.fixture(name).model()
    let steps = SaturationTests.walk(seed: 1, inputs: model.inputs.count, steps: 200)
    let quantised = try Quantiser.quantised(model, .int16, Calibration(model, steps: steps), inputBits: bits)
    return (model, quantised.fixed)
  }

  @Test(
    "what inputs of fewer bits leave to the weights is proven for these inputs, and refused for others",
    arguments: names)
  func proof(_ name: String) throws {
    var (model, fixed) = try Self.fixed(name, 13)
    try fixed.prove()
    #expect(try FixedModel(fixed.file(describing: model)) == fixed)
    // Only the integers say how much a sum may be: the same with inputs of 16 bits may overflow.
    fixed.inputBits = 16
    let isRead = FixedModel.maps(of: fixed.architecture).contains { $0.inputs > 0 }
    #expect((RuntimeProofTests.refusal(fixed) != nil) == isRead)
    for bits in [11, 17, -1, .max] as [Int32] {
      fixed.inputBits = bits
      #expect(RuntimeProofTests.refusal(fixed)?.place == "tensor input.format")
    }
  }

  @Test("the worst inputs reach a row's bound and do not pass it", arguments: names)
  func bound(_ name: String) throws {
    let fixed = try Self.fixed(name, 13).fixed
    for (map, shape) in zip(fixed.maps, FixedModel.maps(of: fixed.architecture)) {
      for row in 0..<map.rows {
        let bound = map.bound(ofRow: row, .init(inputs: shape.inputs, inputBits: fixed.inputBits))
        var total = Int64(map.bias[row].magnitude)
        for start in stride(from: 0, to: map.columns, by: ImageLayout.blockColumns) {
          var block: Int64 = 0
          for column in start..<min(start + ImageLayout.blockColumns, map.columns) {
            let weight = Int64(map.weights[row * map.columns + column].magnitude)
            block += weight * (column < shape.inputs ? 4096 : 32768)
          }
          #expect(block <= bound.block && bound.block <= Int64(Int32.max))
          total += block >> Int64(map.blockShift) + 1
        }
        #expect(total == bound.total && bound.total <= Int64(Int32.max))
      }
    }
  }

  @Test("no kernel reads an input beyond its bits, as a number or as an integer", arguments: names)
  func limits(_ name: String) throws {
    let (model, fixed) = try Self.fixed(name, 13)
    let count = model.inputs.count
    for kernel in Kernel.allCases where kernel.isAvailable {
      var floats = try NetworkRuntime(fixed, kernel: kernel)
      var integers = try NetworkRuntime(fixed, kernel: kernel)
      var outputs = [Float](repeating: 0, count: floats.outputCount)
      var found = [Int32](repeating: 0, count: floats.outputCount)
      for (value, integer) in [(Float(5), Int16.max), (-5, .min), (1, 4095), (-1, -4095)] {
        var span = outputs.mutableSpan
        try floats.step(inputs: [Float](repeating: value, count: count).span, ts: 1, outputs: &span)
        #expect(floats.saturation.lastInputs == (abs(value) > 1 ? UInt32(count) : 0))
        #expect(floats.integer(of: value, input: 0) == (value > 0 ? 4095 : -4095))
        // Of integers −4096 is one that they hold.
        let given = [Int16](repeating: integer == .min ? -4095 : integer, count: count)
        var integerSpan = found.mutableSpan
        _ = try integers.step(
          integers: given.span, elapsed: floats.integer(ofElapsed: 1) ?? 0, outputs: &integerSpan)
        #expect(integers.stateDigest() == floats.stateDigest())
      }
      #expect(floats.inputLimit == 4095)
    }
  }

  @Test("a recording that wanders shows few courses, and one of random input many")
  func courses() throws {
    #expect(Calibration.showsFewCourses(SaturationTests.walk(seed: 1, inputs: 64, steps: 400)))
    var stream = FixtureStream(seed: 3)
    let random = (0..<400).map { _ in Calibration.Step(inputs: stream.symmetric(64), ts: 1) }
    #expect(!Calibration.showsFewCourses(random))
    #expect(!Calibration.showsFewCourses([Calibration.Step](repeating: random[0], count: 400)))
    #expect(!Calibration.showsFewCourses([]))
  }

  @Test("inputs that are alike take each other's courses, and no other")
  func exchange() throws {
    var model = try RuntimeTests.fixture("wired-34-linear").model()
    let count = model.inputs.count
    model.inputs[0].unit = "rad"
    let steps = (0..<50).map { step in
      // The sizes of the last two are far apart from those of the others.
      Calibration.Step(
        inputs: (0..<count).map {
          Float($0 + 1) * ($0 >= count - 2 ? 1e-4 : 1e-2) * (step % 2 == 0 ? 1 : 0.5)
        }, ts: 1)
    }
    var recordings = RecordingAnew(model, steps)
    var taken = Set<Int>()
    for _ in 0..<40 {
      let anew = recordings.next(steps, shifted: false, exchanged: true)
      for input in 0..<count {
        guard let origin = (0..<count).first(where: { abs(anew[0].inputs[input]) == steps[0].inputs[$0] })
        else {
          Issue.record("input \(input) has a course of its own")
          continue
        }
        if origin != input { taken.formUnion([origin, input]) }
        #expect((origin == 0) == (input == 0) && (origin >= count - 2) == (input >= count - 2))
      }
    }
    #expect(taken.count > count / 2)
  }
}
