/// What has gone beyond its range, in fixed point: each counts as the end of that range.
///
/// A network in floating point has no ranges and counts nothing.
public struct Saturation: BitwiseCopyable, Sendable {
  /// Since the network was made: inputs beyond the range that they were quantised for.
  public private(set) var inputs: UInt64 = 0
  /// Since the network was made: states, the LSTM's c, and results of layers without bound, that stood at the end of
  /// their range after a step.
  public private(set) var states: UInt64 = 0
  /// Since the network was made: steps with a ts beyond the largest.
  public private(set) var elapsed: UInt64 = 0
  /// The same of the last step that was not refused.
  public private(set) var lastInputs: UInt32 = 0
  /// The same of the last step that was not refused.
  public private(set) var lastStates: UInt32 = 0
  /// 1 when the last step that was not refused had a ts beyond the largest.
  public private(set) var lastElapsed: UInt32 = 0

  /// Nothing.
  public init() {}

  @inline(__always)
  mutating func add(inputs: UInt32, states: UInt32, elapsed: Bool) {
    (lastInputs, lastStates, lastElapsed) = (inputs, states, elapsed ? 1 : 0)
    self.inputs = self.inputs &+ Self.wide(inputs)
    self.states = self.states &+ Self.wide(states)
    self.elapsed = self.elapsed &+ Self.wide(lastElapsed)
  }

  /// The number with 64 bits. Not by `UInt64.init`, whose general form takes heap blocks on 32-bit processors.
  @inline(__always)
  private static func wide(_ number: UInt32) -> UInt64 { unsafeBitCast(SIMD2(number, 0), to: UInt64.self) }
}

#if !hasFeature(Embedded)
  // Comparing would call the C library's memcmp, which a bare processor does not have.
  extension Saturation: Equatable {}
#endif

extension Activation {
  /// Whether its results lie within a range of its own, so that fixed point need not guess one.
  @inline(__always)
  var isBounded: Bool {
    switch self {
    case .tanh, .lecunTanh: true
    case .linear, .relu, .silu, .gelu: false
    }
  }
}
