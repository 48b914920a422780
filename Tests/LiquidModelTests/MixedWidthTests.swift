import LiquidCore
import Testing

@testable import LiquidModel

@Suite("Maps with weights of both widths")
struct MixedWidthTests {
  /// A network whose 8-bit weights are not exact enough for `tolerance`.
  static func mixed(tolerance: Double = 2e-3) throws -> (model: NetworkModel, fixed: FixedModel, Calibration)
  {
    let fixture = try RuntimeTests.fixture("wired-34-default")
    let model = try fixture.model()
    let steps = FixtureStream.inputSteps(seed: 99, inputs: fixture.inputs, steps: 400)
    let calibration = try Calibration(model, steps: steps.map { .init(inputs: $0.inputs, ts: $0.ts) })
    return (
      model, try FixedModel(quantising: model, to: .int8, calibration, tolerance: tolerance), calibration
    )
  }

  @Test("only so many panels get 16 bits as the tolerance asks for")
  func tolerance() throws {
    let (model, fixed, calibration) = try Self.mixed()
    #expect(fixed.wideShare > 0 && fixed.wideShare < 1)
    #expect(calibration.judge.error(of: fixed).largest <= 2e-3)
    let narrow = try FixedModel(quantising: model, to: .int8, calibration, tolerance: 1)
    #expect(narrow.wideShare == 0)
    #expect(calibration.judge.error(of: narrow).largest > 2e-3)
    let exact = try FixedModel(quantising: model, to: .int8, calibration, tolerance: 0)
    #expect(exact.wideShare == 1)
    #expect(exact.wideShare > fixed.wideShare)
  }

  @Test("the work of a step counts every panel at its own width")
  func work() throws {
    let (_, fixed, _) = try Self.mixed()
    let work = StepWork(fixed)
    var (narrow, wide) = (0, 0)
    for map in fixed.maps {
      for bits in map.widths {
        let columns = (map.columns + 3) / 4 * 4
        if bits == 8 { narrow += columns } else { wide += columns }
      }
    }
    #expect(narrow > 0 && wide > 0)
    #expect(work.groups8 == narrow / 4 && work.pairs16 == wide / 2)
    #expect(work.panels == fixed.maps.reduce(0) { $0 + $1.widths.count })
    #expect(work.runs > fixed.maps.count && work.blocks16 >= wide / 32)
  }

  @Test("a file gives back the same network")
  func roundTrip() throws {
    let (model, fixed, _) = try Self.mixed()
    let bytes = try fixed.file(describing: model).encoded()
    #expect(try FixedModel(ModelFile.read(bytes)) == fixed)
  }

  @Test("every kernel gives the bits of the portable one")
  func kernels() throws {
    let (model, fixed, _) = try Self.mixed()
    let fixture = try RuntimeTests.fixture("wired-34-default")
    let file = fixed.file(describing: model)
    var portable = try NetworkRuntime(file, kernel: .portable)
    let expected = try RuntimeTests.run(&portable, fixture.inputSteps()[...])
    for kernel in Kernel.allCases where kernel.isAvailable {
      var runtime = try NetworkRuntime(file, kernel: kernel)
      #expect(try RuntimeTests.run(&runtime, fixture.inputSteps()[...]) == expected, "\(kernel.name)")
    }
  }

  @Test("widths that are not 8 and 16, or do not fit the rows, are refused by name")
  func refusals() throws {
    let (model, fixed, _) = try Self.mixed()
    let file = fixed.file(describing: model)
    let index = try #require(file.tensors.firstIndex { $0.name.hasSuffix(".width") })
    let name = file.tensors[index].name
    let count = file.tensors[index].shape[0]
    // One panel more with 16 bits than there are weights for.
    var wider = try file.tensors[index].int32s()
    wider[try #require(wider.firstIndex(of: 8))] = 16
    let changes: [Tensor] = [
      Tensor(name: name, shape: [count], int32: [Int32](repeating: 16, count: count)),
      Tensor(name: name, shape: [count], int32: [8, 12] + [Int32](repeating: 16, count: count - 2)),
      Tensor(name: name, shape: [count + 1], int32: [8] + [Int32](repeating: 16, count: count)),
      Tensor(name: name, shape: [count], int32: wider),
    ]
    for (number, tensor) in changes.enumerated() {
      var damaged = file
      damaged.tensors[index] = tensor
      #expect(throws: ModelError.self, "change \(number)") { try FixedModel(damaged) }
    }
  }

  @Test("rounding to half precision on a calibration is more exact than to the nearest")
  func halves() throws {
    let fixture = try RuntimeTests.fixture("dense-64-backbone-2")
    let model = try fixture.model()
    let steps = FixtureStream.inputSteps(seed: 7, inputs: fixture.inputs, steps: 2000)
    let calibration = try Calibration(model, steps: steps.map { .init(inputs: $0.inputs, ts: $0.ts) })
    let rounded = try model.roundedToHalf(calibration)
    func error(_ model: NetworkModel) throws -> Double {
      var runtime = try NetworkRuntime(model, arithmetic: .float16)
      var reference = ReferenceNetwork(try fixture.model())
      var outputs = [Float](repeating: 0, count: runtime.outputCount)
      var squares = 0.0
      for step in fixture.inputSteps() {
        var span = outputs.mutableSpan
        try runtime.step(inputs: step.inputs.span, ts: step.ts, outputs: &span)
        for (found, wanted) in zip(outputs, reference.step(step.inputs, ts: step.ts)) {
          squares += (Double(found) - wanted) * (Double(found) - wanted)
        }
      }
      return squares.squareRoot()
    }
    #expect(try error(rounded) < 0.8 * error(model))
    // What half precision cannot hold is left for the file to refuse.
    var large = model
    large.cells[0].cfc?.ff1.weights[0] = 1e6
    #expect(throws: ModelError.self) { try ModelFile(large.roundedToHalf(calibration), arithmetic: .float16) }
  }
}
