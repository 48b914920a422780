import CAllocationCounter
import CGanglion
import Foundation
import GanglionC
import LiquidCore
import LiquidModel
import Testing

@Suite("C interface: running")
struct SteppingTests {
  @Test("the description is what the model file says", arguments: Model.allCases)
  func description(_ model: Model) throws {
    let file = try model.file()
    let runtime = try NetworkRuntime(file)
    let network = try Opened(model)
    let found = try network.description
    #expect(found.input_count == file.inputs.count && found.output_count == file.outputs.count)
    #expect(found.neuron_count == file.architecture.neurons)
    #expect(found.state_size == runtime.stateByteCount)
    #expect(found.parameter_size == runtime.imageByteCount)
    #expect(found.workspace_size == runtime.workspaceByteCount)
    #expect(String(cString: found.arithmetic) == file.arithmetic.rawValue)
    #expect(String(cString: found.flavour) == file.flavour)
    #expect(String(cString: found.kernel) == "\(Kernel.best.name)")
    #expect((found.time_unit, found.minimum_ts) == (file.timeUnit, file.minimumTs))
    #expect(found.maximum_ts == file.maximumTs)
    for (index, port) in file.inputs.enumerated() {
      #expect(String(cString: found.inputs[index].name) == port.name)
      #expect(String(cString: found.inputs[index].unit) == port.unit)
      #expect(found.inputs[index].minimum == port.minimum && found.inputs[index].maximum == port.maximum)
    }
    for (index, port) in file.outputs.enumerated() {
      #expect(String(cString: found.outputs[index].name) == port.name)
    }
    let isFixed = file.arithmetic == .int16 || file.arithmetic == .int8
    #expect((found.input_scales != nil) == isFixed && (found.output_scales != nil) == isFixed)
    #expect((found.elapsed_limit > 0) == isFixed && (found.elapsed_scale > 0) == isFixed)
  }

  @Test("a program that knows fewer or more members of the description gets what both know")
  func descriptionSizes() throws {
    let network = try Opened(.int8)
    let whole = MemoryLayout<ganglion_description>.size
    var bytes = [UInt8](repeating: 0xAA, count: whole + 64)
    bytes.withUnsafeMutableBytes { raw in
      let description = raw.baseAddress?.assumingMemoryBound(to: ganglion_description.self)
      #expect(ganglion_describe(network.handle, description, 16) == Int32(GANGLION_OK))
    }
    #expect(bytes[0] == 12 && bytes[8] == 4)
    #expect(bytes[16...].allSatisfy { $0 == 0xAA })
    bytes.withUnsafeMutableBytes { raw in
      let description = raw.baseAddress?.assumingMemoryBound(to: ganglion_description.self)
      #expect(ganglion_describe(network.handle, description, whole + 32) == Int32(GANGLION_OK))
    }
    #expect(bytes[whole..<whole + 32].allSatisfy { $0 == 0 })
    #expect(bytes[(whole + 32)...].allSatisfy { $0 == 0xAA })
  }

  @Test("steps, rows and the runtime give the same bits", arguments: Model.allCases)
  func sameBits(_ model: Model) throws {
    var runtime = try NetworkRuntime(try model.file())
    let (single, many) = (try Opened(model), try Opened(model))
    let steps = steps(200, inputs: runtime.inputCount)
    var expected: [Float] = []
    for step in steps {
      var outputs = [Float](repeating: 0, count: runtime.outputCount)
      var span = outputs.mutableSpan
      try runtime.step(inputs: step.inputs.span, ts: step.ts, outputs: &span)
      expected += outputs
      #expect(try single.step(step.inputs, step.ts).map(\.bitPattern) == outputs.map(\.bitPattern))
    }
    var found = [Float](repeating: .nan, count: expected.count)
    let inputs = steps.flatMap(\.inputs)
    let status = ganglion_run(
      many.handle, steps.count, inputs, inputs.count, steps.map(\.ts), &found, found.count)
    #expect(status == Int32(GANGLION_OK))
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(try single.digest == runtime.stateDigest())
    #expect(try many.digest == runtime.stateDigest())
  }

  @Test("every kernel of this machine gives the same bits", arguments: Model.allCases)
  func kernels(_ model: Model) throws {
    let best = try Opened(model)
    let steps = steps(100, inputs: try best.description.input_count)
    let expected = try steps.map { try best.step($0.inputs, $0.ts) }
    for kernel in Kernel.allCases where kernel.isAvailable {
      let network = try Opened(model, kernel: "\(kernel.name)")
      #expect(String(cString: try network.description.kernel) == "\(kernel.name)")
      #expect(try steps.map { try network.step($0.inputs, $0.ts) } == expected)
      #expect(try network.digest == best.digest)
    }
  }

  @Test("no rows are no error, and change nothing")
  func noRows() throws {
    let network = try Opened(.int8)
    let digest = try network.digest
    #expect(ganglion_run(network.handle, 0, nil, 0, nil, nil, 0) == Int32(GANGLION_OK))
    #expect(try network.digest == digest)
  }

  @Test("reset and a restored state repeat every bit", arguments: Model.allCases)
  func state(_ model: Model) throws {
    let network = try Opened(model)
    let steps = steps(30, inputs: try network.description.input_count)
    let rest = try network.digest
    for step in steps[..<10] { _ = try network.step(step.inputs, step.ts) }
    var bytes = [UInt8](repeating: 0, count: try network.description.state_size)
    #expect(ganglion_get_state(network.handle, &bytes, bytes.count) == Int32(GANGLION_OK))
    let digest = try network.digest
    let continued = try steps[10...].map { try network.step($0.inputs, $0.ts) }
    #expect(ganglion_reset(network.handle) == Int32(GANGLION_OK))
    #expect(try network.digest == rest)
    #expect(digest != rest)
    #expect(ganglion_set_state(network.handle, bytes, bytes.count) == Int32(GANGLION_OK))
    #expect(try network.digest == digest)
    #expect(try steps[10...].map { try network.step($0.inputs, $0.ts) } == continued)
  }

  @Test("a step is its integers, a step in integers, and a product", arguments: [Model.int16, .int8])
  func integers(_ model: Model) throws {
    let (floats, integers) = (try Opened(model), try Opened(model))
    let description = try floats.description
    for step in steps(200, inputs: description.input_count) {
      // Beyond the ranges too.
      let given = step.inputs.map { 4 * $0 }
      var quantised = [Int16](repeating: 0, count: given.count)
      var elapsed: Int32 = -1
      let status = ganglion_input_integers(
        floats.handle, given, given.count, step.ts, &quantised, quantised.count, &elapsed)
      #expect(status == Int32(GANGLION_OK))
      for (index, value) in given.enumerated() {
        let scaled = value * description.input_scales[index]
        #expect(Float(quantised[index]) == max(-32767, min(32767, scaled.rounded(.toNearestOrEven))))
      }
      let ts = Double((step.ts * Float(description.elapsed_scale)).rounded())
      #expect(Double(elapsed) == min(ts, Double(description.elapsed_limit)))
      var outputs = [Int32](repeating: 0, count: description.output_count)
      #expect(
        ganglion_step_integers(
          integers.handle, quantised, quantised.count, elapsed, &outputs, outputs.count)
          == Int32(GANGLION_OK))
      let expected = try floats.step(given, step.ts)
      for (index, value) in outputs.enumerated() {
        #expect(Float(value) * description.output_scales[index] == expected[index])
      }
    }
    #expect(try floats.digest == integers.digest)
  }

  @Test("two threads with a network each do not disturb each other")
  func threads() throws {
    let alone = try Opened(.int16)
    let steps = steps(2000, inputs: 12)
    let expected = try steps.map { try alone.step($0.inputs, $0.ts) }
    let results = Results()
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      do {
        let network = try Opened(.int16)
        var same = true
        for (step, wanted) in zip(steps, expected) {
          // Refusals in between: their texts and statuses are this network's own.
          var one: Float = 0
          same = same && ganglion_step(network.handle, nil, 12, 1, &one, 4) == Int32(GANGLION_NULL)
          let found = try network.step(step.inputs, step.ts)
          same = same && found == wanted
        }
        results.add(same && network.text == "inputs is null")
      } catch {
        results.add(false)
      }
    }
    #expect(results.all == [true, true, true, true])
  }

  @Test("a step takes no heap block", arguments: Model.allCases)
  func allocations(_ model: Model) throws {
    let network = try Opened(model)
    let description = try network.description
    let steps = steps(50, inputs: description.input_count)
    var outputs = [Float](repeating: 0, count: description.output_count)
    var sum: Int32 = 0
    // The first calls set up the runtime's type metadata.
    for step in steps {
      sum += ganglion_step(network.handle, step.inputs, step.inputs.count, 1, &outputs, outputs.count)
    }
    let before = allocation_count()
    for step in steps {
      sum += ganglion_step(network.handle, step.inputs, step.inputs.count, 1, &outputs, outputs.count)
    }
    #expect(allocation_count() == before)
    #expect(sum == 0)
  }
}

/// Collects the verdicts of several threads.
private final class Results: @unchecked Sendable {
  private let lock = NSLock()
  private var verdicts: [Bool] = []

  func add(_ verdict: Bool) { lock.withLock { verdicts.append(verdict) } }
  var all: [Bool] { lock.withLock { verdicts } }
}
