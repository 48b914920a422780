import LiquidCore

/// The integers of a network in fixed point.
///
/// Each function answers nil for a network in floating point, which has none.
extension NetworkRuntime {
  /// What each input is multiplied by before it is rounded and limited to ±`inputLimit`.
  public var inputScales: [Float]? {
    guard fixedPoint != nil else { return nil }
    return (0..<inputCount).map { fixedPoint?.inputScale($0) ?? 0 }
  }

  /// The largest integer that an input becomes.
  public var inputLimit: Int16? { fixedPoint?.inputLimit }

  /// What the integer of each output is multiplied by.
  public var outputScales: [Float]? {
    guard fixedPoint != nil else { return nil }
    return (0..<outputCount).map { fixedPoint?.outputScale($0) ?? 0 }
  }

  /// The power of two that ts is multiplied by before it is rounded, and the largest integer that it may become.
  public var elapsedFormat: (scale: Float, limit: Int32)? {
    guard let fraction = fixedPoint?.header.elapsedFraction, let limit = fixedPoint?.elapsedLimit else {
      return nil
    }
    return (Float(sign: .plus, exponent: Int(fraction), significand: 1), limit)
  }

  /// The integer that `step` makes of a finite `value` for input `index`.
  public func integer(of value: Float, input index: Int) -> Int16? {
    fixedPoint?.integer(of: value, input: index)
  }

  /// The integer that `step` makes of a finite `ts` from 0 on.
  public func integer(ofElapsed ts: Float) -> Int32? { fixedPoint?.integer(ofElapsed: ts) }

  /// One step from integers to integers; false, and nothing done, for a network in floating point.
  ///
  /// - Throws: `NetworkError` for a wrong count or a negative elapsed time, and then nothing has changed.
  @_lifetime(outputs: copy outputs)
  public mutating func step(
    integers inputs: Span<Int16>, elapsed: Int32, outputs: inout MutableSpan<Int32>
  ) throws(NetworkError) -> Bool {
    guard fixedPoint != nil else { return false }
    try fixedPoint?.step(integers: inputs, elapsed: elapsed, outputs: &outputs)
    return true
  }
}
