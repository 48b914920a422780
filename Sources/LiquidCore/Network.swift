/// A liquid network: one CfC or LTC cell or a chain of them (a wired NCP of CfC has three), with an LSTM in front (mixed
/// memory) and an affine map behind (projection) where the image has them.
///
/// Like a pointer, it owns neither of its two blocks of memory: the image holds the parameters and is only
/// read, the workspace holds the state and intermediate results. Both must outlive the network, the image
/// must not change, and nobody else, a copy of this value included, may use the workspace. On a
/// microcontroller the blocks are static arrays; `NetworkRuntime` in LiquidModel is the owner on a computer.
///
/// A step allocates nothing, calls nothing, and executes a number of instructions that does not depend on
/// the numbers.
///
/// In a step, cell k reads the new state of cell k − 1 (the first: the inputs) and its own previous state, and
/// all cells get the same ts. The workspace holds, for each cell, what its first map reads as one vector:
///
///     [input | h] of the memory (feedsInput only) · c of the LSTM · [input | h] of each cell, behind that of an LTC
///     cell its potentials · two vectors for layers in between · the result of an affine map
public struct Network<A: Arithmetic> {
  /// The head of the image.
  public let header: ImageHeader
  let image: UnsafeRawPointer
  let workspace: UnsafeMutableRawPointer
  let layout: WorkspaceLayout
  /// The kernel's functions.
  let functions: KernelFunctions
  /// What the network is computed with.
  public let kernel: Kernel
  /// What has gone beyond its range since the network was made, and in the last step.
  public private(set) var saturation = Saturation()

  /// A network at rest, with all states zero.
  ///
  /// - Parameters:
  ///   - block: The image.
  ///   - memory: `workspaceByteCount` bytes.
  ///   - kernel: What to compute with; the fastest that this processor has, unless one is named. One that is not
  ///     available counts as `.portable`.
  /// - Throws: `ImageError` for an image or a workspace that a step would leave.
  public init(
    image block: UnsafeRawBufferPointer, workspace memory: UnsafeMutableRawBufferPointer,
    kernel: Kernel = .best
  ) throws(ImageError) {
    let header = try ImageCheck<A>.check(block)
    guard let image = block.baseAddress, let workspace = memory.baseAddress else { throw .truncated }
    let layout = WorkspaceLayout(image, header, A.self)
    guard memory.count >= layout.byteCount else { throw .workspaceTooSmall(layout.byteCount) }
    guard Int(bitPattern: workspace) % ImageLayout.baseAlignment == 0 else { throw .misaligned }
    (self.header, self.image, self.workspace, self.layout) = (header, image, workspace, layout)
    functions = KernelFunctions(kernel)
    self.kernel = functions.isNative ? kernel : .portable
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  /// Bytes of workspace that the network in `image` needs.
  ///
  /// - Throws: `ImageError` as `init` does.
  public static func workspaceByteCount(of image: UnsafeRawBufferPointer) throws(ImageError) -> Int {
    let header = try ImageCheck<A>.check(image)
    guard let base = image.baseAddress else { throw .truncated }
    return WorkspaceLayout(base, header, A.self).byteCount
  }

  /// Cell `index` of the chain.
  @inline(__always)
  func cell(_ index: Int) -> CellDescriptor {
    image.loadUnaligned(
      fromByteOffset: Int(header.cells) &+ index &* MemoryLayout<CellDescriptor>.stride,
      as: CellDescriptor.self)
  }

  /// Synapses of LTC cells that a step computes: those of neurons once in each of its unfolds, those of inputs once.
  public var synapseCount: Int {
    var count = 0
    for index in 0..<Int(header.cellCount) where cell(index).isTimeConstant {
      let ltc = LTCCell(image, cell(index)).descriptor
      count &+= Int(ltc.sensory.count) &+ Int(ltc.unfolds) &* Int(ltc.recurrent.count)
    }
    return count
  }

  @inline(__always)
  func values(_ offset: Int) -> UnsafeMutablePointer<A.Value> {
    (workspace + offset).assumingMemoryBound(to: A.Value.self)
  }

  @inline(__always)
  func accumulators(_ offset: Int) -> UnsafeMutablePointer<A.Accumulator> {
    (workspace + offset).assumingMemoryBound(to: A.Accumulator.self)
  }

  /// Where the caller of `advance` puts `header.inputCount` inputs.
  @inline(__always)
  var inputs: UnsafeMutablePointer<A.Value> {
    values(header.memory == MemoryRole.feedsInput.rawValue ? layout.memory : layout.cells)
  }

  /// Renews the state from `inputs` and the time `elapsed` since the last step. Returns how many states and results of
  /// layers stand at the ends of their range, of those that have no bound of their own.
  @inline(__always)
  mutating func advance(_ elapsed: A.Elapsed) -> UInt32 {
    var saturated: UInt32 = 0
    let sums = accumulators(layout.sums)
    var map = 0
    var read = Int(header.inputCount)
    if header.memory != MemoryRole.none.rawValue {
      remember(sums, inputs: read)
      saturated = saturated &+ A.saturated(c: accumulators(layout.c), count: Int(cell(0).units))
      map = 1
      if header.memory == MemoryRole.feedsInput.rawValue { read = Int(cell(0).units) }
    }
    var joined = layout.cells
    for index in 0..<Int(header.cellCount) {
      let cell = cell(index)
      let units = Int(cell.units)
      let state = values(joined) + read
      if cell.isTimeConstant {
        let potentials = accumulators(joined &+ WorkspaceLayout.size(of: read &+ units, A.Value.self))
        A.unfold(LTCCell(image, cell), values(joined), elapsed, potentials, sums, state)
        saturated = saturated &+ A.saturated(state, count: units)
        joined &+= WorkspaceLayout.size(of: cell, reading: read, A.self)
        if index &+ 1 < Int(header.cellCount) { values(joined).update(from: state, count: units) }
        read = units
        continue
      }
      var input = values(joined)
      var output = values(layout.layers.0)
      var other = values(layout.layers.1)
      for _ in 0..<Int(cell.backboneCount) {
        let layer = AffineMap(image, header, map)
        A.affine(layer, input, sums, functions)
        let activation = Activation(rawValue: cell.backboneActivation) ?? .linear
        A.activate(activation, layer.descriptor, sums, output, functions)
        if !activation.isBounded {
          saturated = saturated &+ A.saturated(output, count: Int(layer.descriptor.rows))
        }
        input = output
        (output, other) = (other, output)
        map &+= 1
      }
      A.affine(AffineMap(image, header, map), input, sums, functions)
      map &+= 1
      let parameters = (image + Int(cell.parameters)).assumingMemoryBound(to: A.Accumulator.self)
      saturated = saturated &+ A.renew(cell, parameters, sums, elapsed, state, functions)
      joined &+= WorkspaceLayout.size(of: read &+ units, A.Value.self)
      if index &+ 1 < Int(header.cellCount) {
        let next = values(joined)
        for unit in 0..<units { next[unit] = state[unit] }
      }
      read = units
    }
    if header.projection != 0 {
      A.affine(AffineMap(image, header, map), values(layout.lastState), sums, functions)
    }
    return saturated
  }

  /// Counts what has gone beyond its range in a step.
  @inline(__always)
  mutating func count(inputs: UInt32, states: UInt32, elapsed: Bool) {
    saturation.add(inputs: inputs, states: states, elapsed: elapsed)
  }

  /// The LSTM's step; its hidden output goes where `MemoryRole` says.
  @inline(__always)
  private mutating func remember(_ sums: UnsafeMutablePointer<A.Accumulator>, inputs: Int) {
    let gates = AffineMap(image, header, 0)
    let units = Int(cell(0).units)
    let hidden = values(layout.layers.0)
    let firstCell = values(layout.cells)
    if header.memory == MemoryRole.feedsInput.rawValue {
      let joined = values(layout.memory)
      (joined + inputs).update(from: firstCell + units, count: units)
      A.affine(gates, joined, sums, functions)
      A.remember(gates.descriptor, sums, accumulators(layout.c), hidden)
      firstCell.update(from: hidden, count: units)
    } else {
      A.affine(gates, firstCell, sums, functions)
      A.remember(gates.descriptor, sums, accumulators(layout.c), hidden)
      (firstCell + inputs).update(from: hidden, count: units)
    }
  }

  /// Output `index` of the last step, after scaling.
  @inline(__always)
  func output(_ index: Int) -> Float {
    let scale = image.loadUnaligned(
      fromByteOffset: Int(header.outputScales) &+ 4 &* index, as: Float.self)
    if header.projection != 0 { return A.output(accumulators(layout.sums)[index], scale: scale) }
    return A.output(values(layout.lastState)[index], scale: scale)
  }

  /// The first input that is infinite or not a number.
  @inline(__always)
  private static func indexOfNonFinite(_ given: Span<Float>) -> Int? {
    // One look at all of them.
    var outside: UInt32 = 0
    for index in 0..<given.count { outside |= Self.outside(given[unchecked: index].bitPattern) }
    guard outside & 0x8000_0000 != 0 else { return nil }
    for index in 0..<given.count where !given[index].isFinite { return index }
    return nil
  }

  /// One step from inputs and elapsed time `ts`, both as floating-point numbers, to outputs.
  ///
  /// - Throws: `NetworkError`, and then nothing has changed.
  @inline(__always)
  @_lifetime(outputs: copy outputs)
  mutating func run(inputs given: Span<Float>, ts: Float, outputs: inout MutableSpan<Float>)
    throws(NetworkError)
  {
    guard given.count == Int(header.inputCount) else {
      throw .inputCount(given.count, expected: Int(header.inputCount))
    }
    guard outputs.count == Int(header.outputCount) else {
      throw .outputCount(outputs.count, expected: Int(header.outputCount))
    }
    guard ts.isFinite, ts >= 0 else { throw .elapsedTime(ts) }
    if let index = Self.indexOfNonFinite(given) { throw .nonFiniteInput(index) }
    let scales = (image + Int(header.inputScales)).assumingMemoryBound(to: Float.self)
    let beyond = given.withUnsafeBufferPointer { given in
      guard let base = given.baseAddress else { return UInt32(0) }
      return A.take(base, scales: scales, count: given.count, header, inputs)
    }
    if A.canOverflow { keepState() }
    let states = advance(A.elapsed(ts, header))
    if A.canOverflow {
      guard isFinite else {
        returnToKeptState()
        throw .nonFiniteResult
      }
    } else {
      count(inputs: beyond, states: states, elapsed: A.isBeyond(ts, header))
    }
    for index in 0..<outputs.count { outputs[index] = output(index) }
  }
}

// The step of each arithmetic as a function of its own: compiled for it here, however far the caller's
// optimiser sees.

extension Network where A == Float32Arithmetic {
  /// One step from inputs and elapsed time `ts` in the network's time unit to outputs.
  ///
  /// - Throws: `NetworkError`, and then nothing has changed.
  @_lifetime(outputs: copy outputs)
  public mutating func step(inputs: Span<Float>, ts: Float, outputs: inout MutableSpan<Float>)
    throws(NetworkError)
  {
    try run(inputs: inputs, ts: ts, outputs: &outputs)
  }
}

extension Network where A == Float16Arithmetic {
  /// One step from inputs and elapsed time `ts` in the network's time unit to outputs.
  ///
  /// - Throws: `NetworkError`, and then nothing has changed.
  @_lifetime(outputs: copy outputs)
  public mutating func step(inputs: Span<Float>, ts: Float, outputs: inout MutableSpan<Float>)
    throws(NetworkError)
  {
    try run(inputs: inputs, ts: ts, outputs: &outputs)
  }
}

extension Network where A == FixedPointArithmetic {
  /// One step from inputs and elapsed time `ts` in the network's time unit to outputs.
  ///
  /// Inputs beyond the range they were quantised for count as its end, and so does ts; `saturation` counts them.
  ///
  /// - Throws: `NetworkError`, and then nothing has changed.
  @_lifetime(outputs: copy outputs)
  public mutating func step(inputs: Span<Float>, ts: Float, outputs: inout MutableSpan<Float>)
    throws(NetworkError)
  {
    try run(inputs: inputs, ts: ts, outputs: &outputs)
  }
}
