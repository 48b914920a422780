import CGanglion
import GanglionC
import LiquidModel
import Testing

@Suite("C interface: numbers beyond their range")
struct RangeTests {
  @Test(
    "a step that would not stay finite is refused, and the next ones go on as if it had not been asked for")
  func overflow() throws {
    // The most that inputs and ts can be: its state is a product of both.
    let (network, twin) = (try Opened(.mixedMemory), try Opened(.mixedMemory))
    let about = try network.description
    let (n, m) = (about.input_count, about.output_count)
    let huge = [Float](repeating: 3e38, count: n)
    var refused = 0
    for round in 0..<40 {
      let inputs = [Float](repeating: Float(round % 5) * 0.2 - 0.4, count: n)
      let digest = try network.digest
      var outputs = [Float](repeating: 5, count: m)
      let status = ganglion_step(network.handle, huge, n, 3.4e38, &outputs, m)
      if status == Int32(GANGLION_OVERFLOW) {
        refused += 1
        #expect(outputs.allSatisfy { $0 == 5 })
        #expect(try network.digest == digest)
        #expect(network.text.hasPrefix("the step's outputs or its state would not be finite"))
      } else {
        #expect(status == Int32(GANGLION_OK) && outputs.allSatisfy { $0.isFinite })
        break
      }
      #expect(try network.step(inputs, 1) == twin.step(inputs, 1))
      #expect(try network.digest == twin.digest)
    }
    #expect(refused == 40)
  }

  @Test("of many rows none is run when one of them would not stay finite")
  func overflowOfRows() throws {
    let network = try Opened(.mixedMemory)
    let about = try network.description
    let (n, m) = (about.input_count, about.output_count)
    _ = try network.step([Float](repeating: 0.3, count: n), 1)
    let digest = try network.digest
    let inputs = [Float](repeating: 0.1, count: 2 * n) + [Float](repeating: 3e38, count: n)
    var outputs = [Float](repeating: 5, count: 3 * m)
    #expect(
      ganglion_run(network.handle, 3, inputs, 3 * n, [1, 1, 3.4e38], &outputs, 3 * m)
        == Int32(GANGLION_OVERFLOW))
    #expect(network.text.hasPrefix("row 2: "))
    #expect(outputs.allSatisfy { $0 == 5 })
    #expect(try network.digest == digest)
  }

  @Test("what is beyond its range is counted in fixed point", arguments: [Model.int16, .int8])
  func counting(_ model: Model) throws {
    let network = try Opened(model)
    let about = try network.description
    func counts() throws -> ganglion_saturation {
      var found = ganglion_saturation()
      let size = MemoryLayout<ganglion_saturation>.size
      try #require(ganglion_get_saturation(network.handle, &found, size) == Int32(GANGLION_OK))
      return found
    }
    var inputs = [Float](repeating: 0, count: about.input_count)
    _ = try network.step(inputs, Float(about.maximum_ts))
    #expect(try counts().inputs == 0 && counts().elapsed == 0 && counts().last_elapsed == 0)
    inputs[1] = 1e30
    inputs[3] = -1e30
    _ = try network.step(inputs, 1e30)
    #expect(try counts().inputs == 2 && counts().elapsed == 1)
    #expect(try counts().last_inputs == 2 && counts().last_elapsed == 1 && counts().last_states == 0)
    #expect(ganglion_reset(network.handle) == Int32(GANGLION_OK))
    inputs = [Float](repeating: 0, count: about.input_count)
    _ = try network.step(inputs, 1)
    #expect(try counts().inputs == 2 && counts().last_inputs == 0 && counts().last_elapsed == 0)
    // An older program knows less of the structure, and what it does not know of is not written.
    var found = ganglion_saturation()
    #expect(ganglion_get_saturation(network.handle, &found, 8) == Int32(GANGLION_OK))
    #expect(found.inputs == 2 && found.elapsed == 0)
    #expect(ganglion_get_saturation(network.handle, nil, 8) == Int32(GANGLION_NULL))
    #expect(ganglion_get_saturation(network.handle, &found, 0) == Int32(GANGLION_LENGTH))
  }
}
