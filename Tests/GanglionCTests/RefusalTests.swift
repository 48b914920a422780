import CGanglion
import GanglionC
import LiquidModel
import Testing

@Suite("C interface: refusals")
struct RefusalTests {
  @Test("every status has a text of its own, and an unknown one has one too")
  func statusTexts() {
    let texts = (Int32(GANGLION_OK)...Int32(GANGLION_OVERFLOW)).map {
      String(cString: ganglion_status_text($0))
    }
    #expect(Set(texts).count == texts.count)
    #expect(String(cString: ganglion_status_text(-1)) == "not a status of Ganglion")
    #expect(String(cString: ganglion_status_text(99)) == "not a status of Ganglion")
  }

  @Test("a null network is refused by every function")
  func nullNetwork() {
    let null = Int32(GANGLION_NULL)
    var (value, integer, elapsed): (Float, Int16, Int32) = (0, 0, 0)
    var (digest, byte, description): (UInt64, UInt8, ganglion_description) = (0, 0, ganglion_description())
    #expect(ganglion_describe(nil, &description, 8) == null)
    #expect(ganglion_step(nil, [0], 1, 1, &value, 1) == null)
    #expect(ganglion_run(nil, 1, [0], 1, [1], &value, 1) == null)
    #expect(ganglion_reset(nil) == null)
    #expect(ganglion_get_state(nil, &byte, 1) == null)
    #expect(ganglion_set_state(nil, &byte, 1) == null)
    #expect(ganglion_state_digest(nil, &digest) == null)
    #expect(ganglion_input_integers(nil, [0], 1, 1, &integer, 1, &elapsed) == null)
    #expect(ganglion_step_integers(nil, [0], 1, 1, &elapsed, 1) == null)
    #expect(String(cString: ganglion_error_text(nil)) == "a pointer is null")
    ganglion_close(nil)
  }

  @Test("a refused call says why and changes nothing", arguments: Model.allCases)
  func refusedCalls(_ model: Model) throws {
    let network = try Opened(model)
    let (handle, description) = (network.handle, try network.description)
    let (n, m) = (description.input_count, description.output_count)
    let good = [Float](repeating: 0.25, count: n)
    _ = try network.step(good, 1)
    #expect(network.text == "")
    let digest = try network.digest
    var outputs = [Float](repeating: 5, count: 2 * m)
    var nan = good + good
    nan[n + 2] = .nan
    let state = [UInt8](repeating: 0, count: description.state_size)
    var byte: UInt8 = 0

    func check(_ status: Int32, _ wanted: Int, _ text: String) throws {
      #expect(status == Int32(wanted), "\(text)")
      #expect(network.text == text)
      #expect(try network.digest == digest)
      #expect(outputs.allSatisfy { $0 == 5 })
    }
    let length = Int(GANGLION_LENGTH)
    try check(ganglion_step(handle, nil, n, 1, &outputs, m), Int(GANGLION_NULL), "inputs is null")
    try check(ganglion_step(handle, good, n, 1, nil, m), Int(GANGLION_NULL), "outputs is null")
    try check(
      ganglion_step(handle, good, n - 1, 1, &outputs, m), length, "inputs has \(n - 1) elements, not \(n)")
    try check(
      ganglion_step(handle, good, n, 1, &outputs, m + 1), length, "outputs has \(m + 1) elements, not \(m)")
    try check(
      ganglion_step(handle, good, .min, 1, &outputs, m), length, "inputs has more elements than memory")
    try check(
      ganglion_step(handle, Array(nan[n...]), n, 1, &outputs, m), Int(GANGLION_NOT_FINITE),
      "input 2 is not a finite number")
    for ts: Float in [-1, .nan, .infinity, -.leastNonzeroMagnitude] {
      try check(
        ganglion_step(handle, good, n, ts, &outputs, m), Int(GANGLION_ELAPSED_TIME),
        "elapsed time ts is \(ts), not a finite number from 0 on")
    }
    // A bad row is found before the good one in front of it is run.
    try check(
      ganglion_run(handle, 2, nan, 2 * n, [1, 1], &outputs, 2 * m), Int(GANGLION_NOT_FINITE),
      "row 1: input 2 is not a finite number")
    try check(
      ganglion_run(handle, 2, good + good, 2 * n, [1, -3], &outputs, 2 * m), Int(GANGLION_ELAPSED_TIME),
      "row 1: elapsed time ts is -3.0, not a finite number from 0 on")
    try check(
      ganglion_run(handle, 2, nil, 2 * n, [1, 1], &outputs, 2 * m), Int(GANGLION_NULL), "inputs is null")
    try check(ganglion_run(handle, 1, good, n, nil, &outputs, m), Int(GANGLION_NULL), "ts is null")
    try check(ganglion_run(handle, 1, good, n, [1], nil, m), Int(GANGLION_NULL), "outputs is null")
    try check(
      ganglion_run(handle, 2, good, n, [1, 1], &outputs, 2 * m), length,
      "inputs has \(n) elements, not \(2 * n)")
    try check(
      ganglion_run(handle, 1, good, n, [1], &outputs, 2 * m), length,
      "outputs has \(2 * m) elements, not \(m)")
    try check(
      ganglion_run(handle, .max, good, n, [1], &outputs, m), length, "rows has \(Int.max) elements, not 0")
    try check(
      ganglion_run(handle, -1, good, -n, [1], &outputs, m), length, "rows has more elements than memory")
    try check(ganglion_set_state(handle, nil, state.count), Int(GANGLION_NULL), "bytes is null")
    try check(
      ganglion_set_state(handle, state, state.count - 1), length,
      "bytes has \(state.count - 1) elements, not \(state.count)")
    try check(ganglion_get_state(handle, nil, state.count), Int(GANGLION_NULL), "bytes is null")
    try check(
      ganglion_get_state(handle, &byte, 1), length, "bytes has 1 elements, not \(state.count)")
    try check(ganglion_state_digest(handle, nil), Int(GANGLION_NULL), "digest is null")
    try check(ganglion_describe(handle, nil, 8), Int(GANGLION_NULL), "description is null")
    var unused = ganglion_description()
    for size in [0, -1, 4097] { #expect(ganglion_describe(handle, &unused, size) == Int32(GANGLION_LENGTH)) }
  }

  @Test("integers of wrong count or time, and of a network that has none, are refused")
  func refusedIntegers() throws {
    let network = try Opened(.int8)
    let digest = try network.digest
    var outputs = [Int32](repeating: 5, count: 4)
    var (integers, elapsed) = ([Int16](repeating: 5, count: 12), Int32(5))
    let inputs = [Float](repeating: 0, count: 12)
    let zeros = [Int16](repeating: 0, count: 12)
    #expect(ganglion_step_integers(network.handle, nil, 12, 1, &outputs, 4) == Int32(GANGLION_NULL))
    #expect(ganglion_step_integers(network.handle, zeros, 11, 1, &outputs, 4) == Int32(GANGLION_LENGTH))
    #expect(ganglion_step_integers(network.handle, zeros, 12, 1, &outputs, 3) == Int32(GANGLION_LENGTH))
    #expect(
      ganglion_step_integers(network.handle, zeros, 12, -1, &outputs, 4) == Int32(GANGLION_ELAPSED_TIME))
    #expect(
      ganglion_input_integers(network.handle, inputs, 12, 1, &integers, 12, nil) == Int32(GANGLION_NULL))
    #expect(
      ganglion_input_integers(network.handle, inputs, 12, .nan, &integers, 12, &elapsed)
        == Int32(GANGLION_ELAPSED_TIME))
    #expect(
      ganglion_input_integers(network.handle, inputs, 12, 1, &integers, 13, &elapsed)
        == Int32(GANGLION_LENGTH))
    #expect(outputs == [5, 5, 5, 5] && elapsed == 5 && integers.allSatisfy { $0 == 5 })
    #expect(try network.digest == digest)

    let float = try Opened(.float32)
    #expect(ganglion_step_integers(float.handle, zeros, 12, 1, &outputs, 4) == Int32(GANGLION_ARITHMETIC))
    #expect(
      ganglion_input_integers(float.handle, inputs, 12, 1, &integers, 12, &elapsed)
        == Int32(GANGLION_ARITHMETIC))
    #expect(float.text.contains("float32"))
  }

  @Test("elapsed times in integers end at the network's largest, and no input integer is too large")
  func extremeIntegers() throws {
    let (one, other) = (try Opened(.int8), try Opened(.int8))
    let limit = try one.description.elapsed_limit
    var (first, second) = ([Int32](repeating: 0, count: 4), [Int32](repeating: 0, count: 4))
    for value: Int16 in [.min, .max, 0] {
      let inputs = [Int16](repeating: value, count: 12)
      #expect(ganglion_step_integers(one.handle, inputs, 12, limit, &first, 4) == 0)
      #expect(ganglion_step_integers(other.handle, inputs, 12, .max, &second, 4) == 0)
      #expect(first == second)
    }
    #expect(try one.digest == other.digest)
  }

  @Test("a state that is not finite is refused in floating point", arguments: [Model.float32, .mixedMemory])
  func nonFiniteState(_ model: Model) throws {
    let network = try Opened(model)
    var state = [UInt8](repeating: 0, count: try network.description.state_size)
    let digest = try network.digest
    // Infinity in the last number.
    state[state.count - 2] = 0x80
    state[state.count - 1] = 0x7F
    #expect(ganglion_set_state(network.handle, state, state.count) == Int32(GANGLION_NOT_FINITE))
    #expect(network.text == "number \(state.count / 4 - 1) of the state is not finite")
    #expect(try network.digest == digest)
  }
}
