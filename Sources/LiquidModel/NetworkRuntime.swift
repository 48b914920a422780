import LiquidCore

/// A network ready to run: it owns its parameters and its state, and steps without allocating.
///
/// One owner at a time uses it; it may be handed to another thread. The order in which it takes the
/// inputs and gives the outputs is that of the model.
public struct NetworkRuntime: ~Copyable, @unchecked Sendable {
  // Sendable: the blocks are reachable through this value only, and it cannot be copied.

  // One of the three is there; the payload of an enum could not be changed in place.
  private var float32: Network<Float32Arithmetic>?
  private var float16: Network<Float16Arithmetic>?
  // Not private: NetworkRuntime+Integers.swift reads it.
  var fixedPoint: Network<FixedPointArithmetic>?
  private let image: AlignedBlock
  private let workspace: AlignedBlock

  /// What the network is computed in.
  public let arithmetic: ModelFile.Arithmetic
  /// Its shape.
  public let architecture: Architecture
  /// What it is computed with.
  public let kernel: Kernel

  /// The network in a model file, with all states zero.
  ///
  /// - Parameters:
  ///   - file: The model file.
  ///   - kernel: What to compute with: the fastest that there is, unless one is named. It changes no bit.
  /// - Throws: `ModelError` for a file whose tensors do not make a network, a fixed-point network that is not
  ///   proven free of overflow, or a kernel that is not available.
  public init(_ file: ModelFile, kernel: Kernel = .best) throws(ModelError) {
    switch file.arithmetic {
    case .float32, .float16: try self.init(try file.model(), arithmetic: file.arithmetic, kernel: kernel)
    case .int16, .int8: try self.init(try FixedModel(file), kernel: kernel)
    }
  }

  /// A network in floating point, with all states zero.
  ///
  /// - Throws: `ModelError` for a model that is not valid, or for a fixed-point arithmetic: those need a
  ///   `FixedModel`.
  public init(
    _ model: NetworkModel, arithmetic: ModelFile.Arithmetic = .float32, kernel: Kernel = .best
  ) throws(ModelError) {
    guard arithmetic == .float32 || arithmetic == .float16 else {
      throw ModelError(
        "arithmetic", "\(arithmetic.rawValue) needs scales", remedy: "quantize the model on recorded input")
    }
    try model.validate()
    try self.init(
      image: model.image(halves: arithmetic == .float16), arithmetic: arithmetic,
      architecture: Architecture(of: model), kernel: kernel)
  }

  /// A network in fixed point, with all states zero.
  ///
  /// - Throws: `ModelError` for a model that is not proven free of overflow.
  public init(_ model: FixedModel, kernel: Kernel = .best) throws(ModelError) {
    try model.prove()
    try self.init(
      image: model.image(), arithmetic: model.arithmetic, architecture: model.architecture, kernel: kernel)
  }

  private init(
    image: consuming AlignedBlock, arithmetic: ModelFile.Arithmetic, architecture: Architecture,
    kernel: Kernel
  ) throws(ModelError) {
    guard kernel.isAvailable else {
      throw ModelError(
        "kernel", "\(kernel.name) is not available on this processor",
        remedy:
          "choose one of \(Kernel.allCases.filter(\.isAvailable).map { "\($0.name)" }.joined(separator: ", "))"
      )
    }
    let bytes = UnsafeRawBufferPointer(image.bytes)
    do throws(ImageError) {
      let byteCount =
        switch arithmetic {
        case .float32: try Network<Float32Arithmetic>.workspaceByteCount(of: bytes)
        case .float16: try Network<Float16Arithmetic>.workspaceByteCount(of: bytes)
        case .int16, .int8: try Network<FixedPointArithmetic>.workspaceByteCount(of: bytes)
        }
      let workspace = AlignedBlock(byteCount: byteCount)
      switch arithmetic {
      case .float32: float32 = try Network(image: bytes, workspace: workspace.bytes, kernel: kernel)
      case .float16: float16 = try Network(image: bytes, workspace: workspace.bytes, kernel: kernel)
      case .int16, .int8: fixedPoint = try Network(image: bytes, workspace: workspace.bytes, kernel: kernel)
      }
      self.workspace = workspace
    } catch {
      throw ModelError("image", "\(error)", remedy: "report this: a model that is valid was not compiled")
    }
    self.image = image
    self.arithmetic = arithmetic
    self.architecture = architecture
    self.kernel = kernel
  }

  /// Calls `body` with the compiled parameters, which a `Network` elsewhere can run: in a microcontroller's flash,
  /// say. They hold no address, and numbers in this machine's byte order.
  public borrowing func withImage<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(image.bytes))
  }

  /// Inputs of a step.
  public var inputCount: Int { architecture.inputs }
  /// Outputs of a step.
  public var outputCount: Int { architecture.outputs }
  /// Bytes of the parameters, which are only read.
  public var imageByteCount: Int { image.bytes.count }
  /// Bytes of state and intermediate results, which are written.
  public var workspaceByteCount: Int { workspace.bytes.count }
  /// Synapses of LTC cells computed in a step: those of neurons once in each unfold, those of inputs once.
  public var synapseCount: Int {
    float32?.synapseCount ?? float16?.synapseCount ?? fixedPoint?.synapseCount ?? 0
  }
  /// Multiplications of weights in a step, zeros included; three for each synapse of an LTC cell that is computed.
  public var multiplyCount: Int {
    architecture.multiplyCount { _, _ in 0 } + Architecture.synapseMultiplications * synapseCount
  }

  /// One step: renews the state from `inputs` and the elapsed time `ts`, in the model's time unit, and writes
  /// `outputs`.
  ///
  /// In fixed point, inputs beyond the range that they were quantised for count as its end, and ts beyond the
  /// model's largest ts counts as that; `saturation` counts them.
  ///
  /// - Throws: `NetworkError` for a wrong count, an input that is not finite, a ts that is negative or not finite, or in
  ///   floating point for a step whose result would not be finite; the state is then as before.
  @_lifetime(outputs: copy outputs)
  public mutating func step(inputs: Span<Float>, ts: Float, outputs: inout MutableSpan<Float>)
    throws(NetworkError)
  {
    switch arithmetic {
    case .float32: try float32?.step(inputs: inputs, ts: ts, outputs: &outputs)
    case .float16: try float16?.step(inputs: inputs, ts: ts, outputs: &outputs)
    case .int16, .int8: try fixedPoint?.step(inputs: inputs, ts: ts, outputs: &outputs)
    }
  }

  /// What has gone beyond its range since `init`, and in the last step; nothing in floating point.
  public var saturation: Saturation { fixedPoint?.saturation ?? Saturation() }

  /// Puts all states back to zero, as after `init`.
  public mutating func reset() {
    float32?.reset()
    float16?.reset()
    fixedPoint?.reset()
  }

  /// Bytes of the state, as `copyState` writes them.
  public var stateByteCount: Int {
    switch arithmetic {
    case .float32: float32?.stateByteCount ?? 0
    case .float16: float16?.stateByteCount ?? 0
    case .int16, .int8: fixedPoint?.stateByteCount ?? 0
    }
  }

  /// A hash of the whole state, the same on every machine for the same state.
  public func stateDigest() -> UInt64 {
    switch arithmetic {
    case .float32: float32?.stateDigest() ?? 0
    case .float16: float16?.stateDigest() ?? 0
    case .int16, .int8: fixedPoint?.stateDigest() ?? 0
    }
  }

  /// The state: the LSTM's c, then the neurons of each cell in order, little-endian.
  public func copyState() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: stateByteCount) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<stateByteCount])
      // The count is the network's own, so none of these throws.
      do throws(NetworkError) {
        try float32?.copyState(into: bytes)
        try float16?.copyState(into: bytes)
        try fixedPoint?.copyState(into: bytes)
        count = stateByteCount
      } catch {
        count = 0
      }
    }
  }

  /// Copies the state, as `copyState()` gives it, into the first `stateByteCount` bytes of memory that has at least as many; takes no
  /// heap block.
  ///
  /// - Throws: `NetworkError.stateByteCount` when there are fewer.
  public func copyState(into memory: UnsafeMutableRawBufferPointer) throws(NetworkError) {
    let count = stateByteCount
    guard memory.count >= count else { throw .stateByteCount(memory.count, expected: count) }
    let bytes = UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    switch arithmetic {
    case .float32: try float32?.copyState(into: bytes)
    case .float16: try float16?.copyState(into: bytes)
    case .int16, .int8: try fixedPoint?.copyState(into: bytes)
    }
  }

  /// Takes the state from `bytes`, as `copyState` gave them for the same model and arithmetic.
  ///
  /// - Throws: `NetworkError` for a wrong number of bytes, or in floating point a number that is not finite; the state is
  ///   then as before.
  public mutating func restoreState(_ bytes: Span<UInt8>) throws(NetworkError) {
    let count = stateByteCount
    guard bytes.count == count else { throw .stateByteCount(bytes.count, expected: count) }
    try bytes.withUnsafeBytes { (raw) throws(NetworkError) in
      try float32?.restoreState(from: raw)
      try float16?.restoreState(from: raw)
      try fixedPoint?.restoreState(from: raw)
    }
  }
}

extension Architecture {
  /// Multiplications of weights in one step, masked weights included: they are kept as zeros.
  ///
  /// In an NCP imported from ncps only ff1 and ff2 are masked, and not in their recurrent part, so at most 9 to
  /// 28 % of the products could be saved, at the price of an index for each. Of an LTC cell only synapses that there are
  /// are computed; this counts as if there were all.
  public var multiplyCount: Int {
    multiplyCount { cell, columns in
      Self.synapseMultiplications * cell.units * (columns + (cell.unfolds - 1) * cell.units)
    }
  }

  /// By slope, conductance and current.
  static let synapseMultiplications = 3

  /// The same, with those of an LTC cell with so many columns as `ofTimeConstantCell` says.
  func multiplyCount(ofTimeConstantCell: (LTC, Int) -> Int) -> Int {
    var count = memory == nil ? 0 : 4 * (cells.first?.units ?? 0) * (inputs + (cells.first?.units ?? 0))
    for (index, cell) in cells.enumerated() {
      var columns = columns(ofCell: index)
      guard case .cfc(let cell) = cell else {
        if case .ltc(let cell) = cell { count += ofTimeConstantCell(cell, columns) }
        continue
      }
      for units in cell.backbone {
        count += units * columns
        columns = units
      }
      count += (cell.mode == .pure ? 1 : 4) * cell.units * columns
    }
    return count + (hasProjection ? outputs * (cells.last?.units ?? 0) : 0)
  }
}
