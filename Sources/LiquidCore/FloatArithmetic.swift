#if canImport(CLiquidKernels)
  import CLiquidKernels
#endif

/// What Float32 and Float16 have in common: single precision everywhere but in the stored weights.
public protocol FloatArithmetic: Arithmetic where Value == Float, Accumulator == Float, Elapsed == Float {
  /// Rounds `count` values that an affine map will read, in place, as far as the arithmetic asks for.
  static func settle(_ values: UnsafeMutablePointer<Float>, count: Int)
  /// The largest magnitude that `settle` does not round to infinity.
  static var largest: Float { get }
  /// Eight numbers of an LTC cell's synapses from `index` on.
  static func eight(_ numbers: UnsafeRawPointer, _ index: Int) -> SIMD8<Float>
}

extension FloatArithmetic {
  /// Whether the header's formats are in range.
  public static func accepts(_ header: ImageHeader) -> Bool { true }

  /// Whether the cell's formats are in range.
  public static func accepts(_ cell: CellDescriptor) -> Bool { true }

  /// Whether the map's weights are of one kind.
  public static func accepts(_ map: MapDescriptor) -> Bool { map.runCount == 1 }

  @inline(__always)
  static func load(_ pointer: UnsafePointer<Float>, _ index: Int) -> SIMD8<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: index &* 4, as: SIMD8<Float>.self)
  }

  @inline(__always)
  static func store(_ value: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>, _ index: Int) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, toByteOffset: index &* 4, as: SIMD8<Float>.self)
  }

  /// A backbone layer's activation; see `Arithmetic.activate`.
  public static func activate(
    _ activation: Activation, _ map: MapDescriptor, _ input: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ kernel: KernelFunctions
  ) {
    #if canImport(CLiquidKernels)
      if let function = kernel.table?.pointee.float_activation,
        function(activation.rawValue, input, map.paddedRows, output)
      {
        return settle(output, count: map.paddedRows)
      }
    #endif
    var row = 0
    while row < map.paddedRows {
      store(FloatActivations.apply(activation, load(input, row)), output, row)
      row &+= ImageLayout.panelRows
    }
    settle(output, count: map.paddedRows)
  }

  /// The new state; see `Arithmetic.renew`.
  public static func renew(
    _ cell: CellDescriptor, _ parameters: UnsafePointer<Float>, _ heads: UnsafePointer<Float>,
    _ elapsed: Float, _ state: UnsafeMutablePointer<Float>, _ kernel: KernelFunctions
  ) -> UInt32 {
    let units = Int(cell.units)
    #if canImport(CLiquidKernels)
      if let function = kernel.table?.pointee.float_gate,
        function(heads, units, cell.mode, cell.headActivation, elapsed, state)
      {
        settle(state, count: units)
        return 0
      }
    #endif
    let activation = Activation(rawValue: cell.headActivation) ?? .linear
    let ts = SIMD8<Float>(repeating: elapsed)
    var row = 0
    while row < units {
      let ff1 = load(heads, row)
      let new: SIMD8<Float>
      if cell.mode == CellMode.pure.rawValue {
        let rate = load(parameters, row) + FloatActivations.magnitude(ff1)
        let a = load(parameters, units &+ row)
        new = a - a * FloatActivations.decay(ts * rate) * ff1
      } else {
        let g = FloatActivations.apply(activation, ff1)
        let h = FloatActivations.apply(activation, load(heads, units &+ row))
        let gate = load(heads, 2 &* units &+ row) * ts + load(heads, 3 &* units &+ row)
        let s = FloatActivations.sigmoid(gate)
        new = cell.mode == CellMode.noGate.rawValue ? g + s * h : g * (1 - s) + s * h
      }
      if row &+ ImageLayout.panelRows <= units {
        store(new, state, row)
      } else {
        for lane in 0..<units &- row { state[row &+ lane] = new[lane] }
      }
      row &+= ImageLayout.panelRows
    }
    settle(state, count: units)
    return 0
  }

  /// The LSTM's step; see `Arithmetic.remember`.
  public static func remember(
    _ map: MapDescriptor, _ gates: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
    _ hidden: UnsafeMutablePointer<Float>
  ) {
    let units = Int(map.rows) / 4
    var row = 0
    while row < units {
      let candidate = FloatActivations.tanh(load(gates, row))
      let input = FloatActivations.sigmoid(load(gates, units &+ row))
      let forget = FloatActivations.sigmoid(load(gates, 2 &* units &+ row))
      let output = FloatActivations.sigmoid(load(gates, 3 &* units &+ row))
      let new = load(c, row) * forget + candidate * input
      store(new, c, row)
      store(FloatActivations.tanh(new) * output, hidden, row)
      row &+= ImageLayout.panelRows
    }
    settle(hidden, count: units)
  }

  /// Inputs as values: as they are, but for what `settle` does. None has a range.
  @inline(__always)
  public static func take(
    _ inputs: UnsafePointer<Float>, scales: UnsafePointer<Float>, count: Int, _ header: ImageHeader,
    _ values: UnsafeMutablePointer<Float>
  ) -> UInt32 {
    for index in 0..<count { values[index] = max(-largest, min(largest, inputs[index])) }
    settle(values, count: count)
    return 0
  }

  /// True.
  public static var canOverflow: Bool { true }

  /// None: floating point has no range of its own.
  @inline(__always)
  public static func saturated(_ values: UnsafePointer<Float>, count: Int) -> UInt32 { 0 }

  /// None.
  @inline(__always)
  public static func saturated(c: UnsafePointer<Float>, count: Int) -> UInt32 { 0 }

  /// Elapsed time as this arithmetic counts it.
  @inline(__always)
  public static func elapsed(_ ts: Float, _ header: ImageHeader) -> Float { ts }

  /// Never.
  @inline(__always)
  public static func isBeyond(_ ts: Float, _ header: ImageHeader) -> Bool { false }

  /// A state as an output.
  @inline(__always)
  public static func output(_ value: Float, scale: Float) -> Float { value }
}

/// Single precision throughout: the reference.
public enum Float32Arithmetic: FloatArithmetic {
  /// The value of `ImageHeader.arithmetic` for this arithmetic.
  public static var code: UInt32 { 1 }

  /// Whether weights have so many bits.
  public static func accepts(weightBits: UInt32) -> Bool { weightBits == 32 }

  /// Values stay as they are.
  @inline(__always)
  public static func settle(_ values: UnsafeMutablePointer<Float>, count: Int) {}

  /// The largest finite number.
  @inline(__always)
  public static var largest: Float { .greatestFiniteMagnitude }

  /// Each row adds its products in the order of columns, even and odd columns apart, and the two sums last.
  public static func affine(
    _ map: AffineMap, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    _ kernel: KernelFunctions
  ) {
    #if canImport(CLiquidKernels)
      if let function = kernel.table?.pointee.affine_single {
        let bias = (map.image + Int(map.descriptor.bias)).assumingMemoryBound(to: Float.self)
        return function(
          map.image + Int(map.run(0).weights), bias, map.descriptor.paddedRows,
          map.descriptor.paddedColumns, input, output)
      }
    #endif
    let columns = map.descriptor.paddedColumns
    let weights = map.image + Int(map.run(0).weights)
    let bias = map.image + Int(map.descriptor.bias)
    var row = 0
    while row < map.descriptor.paddedRows {
      let panel = weights + row &* columns &* 4
      var even = bias.loadUnaligned(fromByteOffset: row &* 4, as: SIMD8<Float>.self)
      var odd = SIMD8<Float>.zero
      var column = 0
      while column < columns {
        let place = column &* 32
        even += panel.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self) * input[column]
        odd += panel.loadUnaligned(fromByteOffset: place &+ 32, as: SIMD8<Float>.self) * input[column &+ 1]
        column &+= 2
      }
      store(even + odd, output, row)
      row &+= ImageLayout.panelRows
    }
  }
}

/// Weights in half precision, everything else in single precision.
///
/// What a map reads is rounded to 13 significant bits, and below 2⁻⁶⁰ to zero. A product with the 11 bits of a weight
/// is then exact in single precision, so a processor that fuses multiplication and addition gets the very bits that
/// one gets which does not: the kernels may use the faster instruction. The rounding is an eighth of that of the
/// weights.
public enum Float16Arithmetic: FloatArithmetic {
  /// The value of `ImageHeader.arithmetic` for this arithmetic.
  public static var code: UInt32 { 2 }

  /// Whether weights have so many bits.
  public static func accepts(weightBits: UInt32) -> Bool { weightBits == 16 }

  /// The largest number of 13 significant bits: an input beyond it would be rounded to infinity.
  @inline(__always)
  public static var largest: Float { Float(bitPattern: 0x7F7F_F800) }

  /// Rounds to 13 significant bits, of two nearest to the larger magnitude.
  public static func settle(_ values: UnsafeMutablePointer<Float>, count: Int) {
    let bits = UnsafeMutableRawPointer(values)
    var index = 0
    while index &+ 8 <= count {
      let rounded = settled(bits.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD8<UInt32>.self))
      bits.storeBytes(of: rounded, toByteOffset: 4 &* index, as: SIMD8<UInt32>.self)
      index &+= 8
    }
    while index < count {
      values[index] = Float(bitPattern: settled(SIMD8(repeating: values[index].bitPattern))[0])
      index &+= 1
    }
  }

  @inline(__always)
  private static func settled(_ bits: SIMD8<UInt32>) -> SIMD8<UInt32> {
    let rounded = (bits &+ 0x400) & 0xFFFF_F800
    // All ones from 2⁻⁶⁰ on. By arithmetic, which every processor does on all lanes at once.
    let magnitude = SIMD8<Int32>(truncatingIfNeeded: rounded & 0x7FFF_FFFF)
    let kept = (SIMD8<Int32>(repeating: (67 << 23) - 1) &- magnitude) &>> 31
    return rounded & SIMD8<UInt32>(truncatingIfNeeded: kept)
  }

  /// Eight finite half-precision numbers in single precision, exactly.
  ///
  /// By integer operations and one exact product, for processors without a conversion instruction: the bits
  /// of a half, moved to the places of a single, stand for its 2⁻¹¹²-fold (subnormal ones too).
  @inline(__always)
  static func widened(_ halves: SIMD8<UInt16>) -> SIMD8<Float> {
    let high = SIMD8<Int32>(truncatingIfNeeded: halves) &<< 16
    let bits = (high &>> 3) & SIMD8<Int32>(repeating: Int32(bitPattern: 0x8FFF_FFFF))
    return unsafeBitCast(bits, to: SIMD8<Float>.self) * 0x1p112
  }

  /// Rounds as `Float32Arithmetic.affine` does.
  public static func affine(
    _ map: AffineMap, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    _ kernel: KernelFunctions
  ) {
    #if canImport(CLiquidKernels)
      if let function = kernel.table?.pointee.affine_half {
        let bias = (map.image + Int(map.descriptor.bias)).assumingMemoryBound(to: Float.self)
        return function(
          map.image + Int(map.run(0).weights), bias, map.descriptor.paddedRows,
          map.descriptor.paddedColumns, input, output)
      }
    #endif
    let columns = map.descriptor.paddedColumns
    let weights = map.image + Int(map.run(0).weights)
    let bias = map.image + Int(map.descriptor.bias)
    var row = 0
    while row < map.descriptor.paddedRows {
      let panel = weights + row &* columns &* 2
      var even = bias.loadUnaligned(fromByteOffset: row &* 4, as: SIMD8<Float>.self)
      var odd = SIMD8<Float>.zero
      var column = 0
      while column < columns {
        let place = column &* 16
        even +=
          widened(panel.loadUnaligned(fromByteOffset: place, as: SIMD8<UInt16>.self)) * input[column]
        odd +=
          widened(panel.loadUnaligned(fromByteOffset: place &+ 16, as: SIMD8<UInt16>.self))
          * input[column &+ 1]
        column &+= 2
      }
      store(even + odd, output, row)
      row &+= ImageLayout.panelRows
    }
  }
}
