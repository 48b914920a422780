/// The numbers a network is computed in: Float32, Float16 weights, or fixed point.
///
/// `Network` says what is computed and in which order, a conforming type says how. All pointers lead into
/// blocks that `Network.init` has checked; vectors are padded as `ImageLayout` says. `kernel` has faster functions
/// of the same results, or none.
public protocol Arithmetic {
  /// An element of a vector that an affine map reads: an input, a state, the output of a backbone layer.
  associatedtype Value: BitwiseCopyable
  /// An element of what an affine map writes, of the LSTM's c, and of a cell's parameters.
  associatedtype Accumulator: BitwiseCopyable
  /// Elapsed time.
  associatedtype Elapsed: BitwiseCopyable

  /// The value of `ImageHeader.arithmetic`.
  static var code: UInt32 { get }
  /// Whether weights may have so many bits.
  static func accepts(weightBits: UInt32) -> Bool
  /// Whether formats and shifts are in the range that the functions below are made for.
  static func accepts(_ header: ImageHeader) -> Bool
  static func accepts(_ cell: CellDescriptor) -> Bool
  static func accepts(_ map: MapDescriptor) -> Bool

  /// weights · `input` + bias, for all padded rows.
  static func affine(
    _ map: AffineMap, _ input: UnsafePointer<Value>, _ output: UnsafeMutablePointer<Accumulator>,
    _ kernel: KernelFunctions)

  /// A backbone layer's activation, of all padded rows.
  static func activate(
    _ activation: Activation, _ map: MapDescriptor, _ input: UnsafePointer<Accumulator>,
    _ output: UnsafeMutablePointer<Value>, _ kernel: KernelFunctions)

  /// The new state from the stacked rows ff1 | ff2 | time_a | time_b (mode pure: ff1).
  ///
  /// With s = σ(time_a · ts + time_b) and the head activation g:
  /// default g(ff1) + s·(g(ff2) − g(ff1)), no_gate g(ff1) + s·g(ff2), pure
  /// a − a·exp(−ts(|w_tau| + |ff1|))·ff1 (Hasani et al., Nature Machine Intelligence 2022, equation 4, with
  /// the time gate's sign as ncps.torch has it). Writes `cell.units` elements and no more. Returns how many stand at the
  /// ends of a range that is not theirs by nature.
  static func renew(
    _ cell: CellDescriptor, _ parameters: UnsafePointer<Accumulator>, _ heads: UnsafePointer<Accumulator>,
    _ elapsed: Elapsed, _ state: UnsafeMutablePointer<Value>, _ kernel: KernelFunctions
  ) -> UInt32

  /// The LSTM's step from the stacked rows i | ig | fg | og: c' = c·σ(fg) + tanh(i)·σ(ig),
  /// hidden' = tanh(c')·σ(og). May write up to `ImageLayout.panelRows` − 1 elements of `hidden` and `c` more.
  static func remember(
    _ map: MapDescriptor, _ gates: UnsafePointer<Accumulator>, _ c: UnsafeMutablePointer<Accumulator>,
    _ hidden: UnsafeMutablePointer<Value>)

  /// Synapses of an LTC cell that are computed together; see `SynapseDescriptor`.
  static var synapseGroup: Int { get }
  /// Bytes of a number of `SynapseDescriptor`.
  static var synapseByteCount: Int { get }
  /// Arrays of numbers that an LTC cell has of its neurons.
  static var neuronArrays: Int { get }

  /// The step of an LTC cell: `unfolds` times, for all neurons at once, with d = ts / unfolds,
  ///
  ///     G = g + ε + Σ weight·s,  A = g·v_leak + Σ weight·s·reversal,  s = σ(slope·p + offset)
  ///     v ← v + d·(A − G·v) / (C + d·G)
  ///
  /// over the synapses of the neuron, p the input or the potential at the other end (Hasani et al., AAAI 2021,
  /// algorithm 1: the semi-implicit Euler step (C·v + d·A) / (C + d·G), written as a change). Then `state` takes the
  /// potentials.
  ///
  /// `potentials` has room for whole panels, `scratch` for four times as many numbers.
  static func unfold(
    _ cell: LTCCell, _ input: UnsafePointer<Value>, _ elapsed: Elapsed,
    _ potentials: UnsafeMutablePointer<Accumulator>,
    _ scratch: UnsafeMutablePointer<Accumulator>, _ state: UnsafeMutablePointer<Value>)

  /// `count` finite inputs as values; `scales` from `ImageHeader.inputScales`. Returns how many were beyond their range.
  static func take(
    _ inputs: UnsafePointer<Float>, scales: UnsafePointer<Float>, count: Int, _ header: ImageHeader,
    _ values: UnsafeMutablePointer<Value>
  ) -> UInt32
  /// A finite, non-negative ts.
  static func elapsed(_ ts: Float, _ header: ImageHeader) -> Elapsed
  /// Whether it is beyond the largest.
  static func isBeyond(_ ts: Float, _ header: ImageHeader) -> Bool
  /// Whether a step of finite inputs can end with numbers that are not finite: then the state of before is kept, to go back
  /// to. Numbers that cannot end so saturate instead, and are counted.
  static var canOverflow: Bool { get }
  /// How many of `count` values stand at the ends of their range.
  static func saturated(_ values: UnsafePointer<Value>, count: Int) -> UInt32
  /// How many of the LSTM's c stand at the ends of their range.
  static func saturated(c: UnsafePointer<Accumulator>, count: Int) -> UInt32
  /// A state as an output; `scale` from `ImageHeader.outputScales`.
  static func output(_ value: Value, scale: Float) -> Float
  /// A row of the projection as an output.
  static func output(_ accumulator: Accumulator, scale: Float) -> Float
}
