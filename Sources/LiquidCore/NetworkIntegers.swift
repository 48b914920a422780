/// The integers behind the floating-point numbers of a step, for comparing machines bit by bit and for feeding one
/// that has no floating point.
extension Network where A == FixedPointArithmetic {
  /// What input `index` is multiplied by before it is rounded to an integer.
  public func inputScale(_ index: Int) -> Float {
    image.loadUnaligned(fromByteOffset: Int(header.inputScales) &+ 4 &* index, as: Float.self)
  }

  /// The largest integer that an input becomes.
  public var inputLimit: Int16 { Int16(truncatingIfNeeded: (1 &<< (header.inputBits &- 1)) &- 1) }

  /// What the integer of output `index` is multiplied by.
  public func outputScale(_ index: Int) -> Float {
    image.loadUnaligned(fromByteOffset: Int(header.outputScales) &+ 4 &* index, as: Float.self)
  }

  /// The integer that `step` makes of a finite `value` for input `index`.
  public func integer(of value: Float, input index: Int) -> Int16 {
    var beyond: UInt32 = 0
    return FixedPoint.value(value, inputScale(index), InputLimit(bits: header.inputBits), &beyond)
  }

  /// The integer that `step` makes of a finite `ts` from 0 on.
  public func integer(ofElapsed ts: Float) -> Int32 { FixedPointArithmetic.elapsed(ts, header) }

  /// The largest integer that an elapsed time becomes.
  public var elapsedLimit: Int32 { integer(ofElapsed: .greatestFiniteMagnitude) }

  /// One step from integers to integers: what `step` does between reading its inputs and scaling its outputs.
  ///
  /// An elapsed time beyond the network's largest counts as that, and an input beyond what its bits hold as the end of that.
  ///
  /// - Throws: `NetworkError` for a wrong count or a negative elapsed time, and then nothing has changed.
  @_lifetime(outputs: copy outputs)
  public mutating func step(
    integers given: Span<Int16>, elapsed: Int32, outputs: inout MutableSpan<Int32>
  ) throws(NetworkError) {
    guard given.count == Int(header.inputCount) else {
      throw .inputCount(given.count, expected: Int(header.inputCount))
    }
    guard outputs.count == Int(header.outputCount) else {
      throw .outputCount(outputs.count, expected: Int(header.outputCount))
    }
    guard elapsed >= 0 else { throw .elapsedTime(FixedPoint.single(elapsed)) }
    let inputs = inputs
    let largest = inputLimit
    for index in 0..<given.count { inputs[index] = max(-largest &- 1, min(largest, given[index])) }
    let states = advance(min(elapsed, elapsedLimit))
    count(inputs: 0, states: states, elapsed: elapsed > elapsedLimit)
    let isProjected = header.projection != 0
    for index in 0..<outputs.count {
      outputs[index] =
        isProjected ? accumulators(layout.sums)[index] : Int32(values(layout.lastState)[index])
    }
  }
}
