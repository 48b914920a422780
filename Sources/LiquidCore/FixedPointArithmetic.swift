#if canImport(CLiquidKernels)
  import CLiquidKernels
#endif

/// Integers from input to output: 16-bit values, 8- or 16-bit weights, 32-bit sums.
///
/// `FixedPoint` states the rules. The same bits come out on every machine.
public enum FixedPointArithmetic: Arithmetic {
  /// 16 bits.
  public typealias Value = Int16

  /// 32 bits.
  public typealias Accumulator = Int32

  /// ts times a power of two.
  public typealias Elapsed = Int32

  /// The value of `ImageHeader.arithmetic` for this arithmetic.
  public static var code: UInt32 { 3 }

  /// Whether weights have so many bits.
  public static func accepts(weightBits: UInt32) -> Bool { weightBits == 8 || weightBits == 16 }

  /// Whether the header's formats are in range.
  public static func accepts(_ header: ImageHeader) -> Bool {
    (0...30).contains(header.elapsedFraction) && (0...(1 << 30)).contains(header.elapsedLimit)
      && ImageLayout.inputBits.contains(header.inputBits)
  }

  /// Whether the cell's formats are in range.
  public static func accepts(_ cell: CellDescriptor) -> Bool {
    let isPure = cell.mode == CellMode.pure.rawValue
    let isTable = !isPure && cell.headActivation != Activation.linear.rawValue
    return (isTable ? 0...20 : 0...30).contains(cell.headFraction)
      && (0...20).contains(cell.gateFraction) && (0...36).contains(cell.timeShift)
      && (isPure ? 0...62 : 0...30).contains(cell.stateShift)
  }

  /// Whether the map's formats are in range.
  public static func accepts(_ map: MapDescriptor) -> Bool {
    (0...15).contains(map.blockShift) && (0...30).contains(map.fraction) && (1...30).contains(map.valueShift)
  }

  /// A backbone layer's activation; see `Arithmetic.activate`.
  public static func activate(
    _ activation: Activation, _ map: MapDescriptor, _ input: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Int16>, _ kernel: KernelFunctions
  ) {
    #if canImport(CLiquidKernels)
      if let table = kernel.table {
        let function: liquid_fixed_activation? =
          switch activation {
          case .tanh, .lecunTanh: table.pointee.fixed_tanh
          case .silu: table.pointee.fixed_silu
          default: nil
          }
        if let function {
          return function(input, map.fraction, map.valueShift, map.paddedRows, output)
        }
      }
    #endif
    let (fraction, shift) = (map.fraction, map.valueShift)
    switch activation {
    case .tanh, .lecunTanh:
      for row in 0..<map.paddedRows {
        output[row] = Int16(
          truncatingIfNeeded: FixedPoint.rounded(FixedActivations.tanh(input[row], fraction), 15))
      }
    case .silu:
      for row in 0..<map.paddedRows {
        let half = FixedPoint.high(input[row], FixedActivations.sigmoid(input[row], fraction))
        output[row] = FixedPoint.saturated16(FixedPoint.rounded(half, shift &- 1))
      }
    case .gelu:
      for row in 0..<map.paddedRows {
        let half = FixedPoint.high(input[row], FixedActivations.normal(input[row], fraction))
        output[row] = FixedPoint.saturated16(FixedPoint.rounded(half, shift &- 1))
      }
    case .relu:
      for row in 0..<map.paddedRows {
        output[row] = FixedPoint.saturated16(FixedPoint.rounded(max(0, input[row]), shift))
      }
    case .linear:
      for row in 0..<map.paddedRows {
        output[row] = FixedPoint.saturated16(FixedPoint.rounded(input[row], shift))
      }
    }
  }

  /// The new state; see `Arithmetic.renew`.
  public static func renew(
    _ cell: CellDescriptor, _ parameters: UnsafePointer<Int32>, _ heads: UnsafePointer<Int32>,
    _ elapsed: Int32, _ state: UnsafeMutablePointer<Int16>, _ kernel: KernelFunctions
  ) -> UInt32 {
    if cell.mode == CellMode.pure.rawValue {
      decay(cell, parameters, heads, elapsed, state)
      return saturated(state, count: Int(cell.units))
    }
    let isLinear = cell.headActivation == Activation.linear.rawValue
    #if canImport(CLiquidKernels)
      if let function = kernel.table?.pointee.fixed_gate {
        function(
          heads, Int(cell.units), cell.mode == CellMode.noGate.rawValue, isLinear, cell.headFraction,
          cell.gateFraction, cell.stateShift, elapsed, state)
        return isLinear ? saturated(state, count: Int(cell.units)) : 0
      }
    #endif
    if isLinear {
      interpolate(cell, heads, elapsed, state) { x in x }
      return saturated(state, count: Int(cell.units))
    }
    let fraction = cell.headFraction
    interpolate(cell, heads, elapsed, state) { x in FixedActivations.tanh(x, fraction) }
    return 0
  }

  /// h = (g1 + s·(g2 − g1)) or (g1 + s·g2), rounded once; the first lies between g1 and g2.
  @inline(__always)
  private static func interpolate(
    _ cell: CellDescriptor, _ heads: UnsafePointer<Int32>, _ elapsed: Int32,
    _ state: UnsafeMutablePointer<Int16>, _ activation: (Int32) -> Int32
  ) {
    let units = Int(cell.units)
    let (ff2, slopes, offsets) = (heads + units, heads + 2 &* units, heads + 3 &* units)
    let isDifference: Int32 = cell.mode == CellMode.noGate.rawValue ? 0 : -1
    for unit in 0..<units {
      let gate = FixedPoint.high(slopes[unit], elapsed) &+ offsets[unit]
      let s = FixedActivations.sigmoid(gate, cell.gateFraction)
      let (g1, g2) = (activation(heads[unit]), activation(ff2[unit]))
      // Half the new state: |g| < 2³⁰, so the difference fits.
      let half = (g1 &>> 1) &+ FixedPoint.high(s, g2 &- (g1 & isDifference))
      state[unit] = FixedPoint.saturated16(FixedPoint.rounded(half, cell.stateShift))
    }
  }

  /// a − a·e^(−ts(|w_tau| + |f1|))·f1.
  @inline(__always)
  private static func decay(
    _ cell: CellDescriptor, _ parameters: UnsafePointer<Int32>, _ heads: UnsafePointer<Int32>,
    _ elapsed: Int32, _ state: UnsafeMutablePointer<Int16>
  ) {
    let units = Int(cell.units)
    let fraction = FixedPoint.wide(cell.headFraction)
    let timeShift = FixedPoint.wide(cell.timeShift)
    for unit in 0..<units {
      let f1 = FixedPoint.wide(heads[unit])
      let rate = FixedPoint.wide(parameters[unit]) &+ (f1 < 0 ? 0 &- f1 : f1)
      let time = min((rate &* FixedPoint.wide(elapsed)) &>> timeShift, 1 &<< 25)
      // Q.(fraction + 30): |f1| < 2³¹, e ≤ 2³⁰.
      let product = (1 &<< (fraction &+ 30)) &- f1 &* FixedActivations.decay(time)
      let factor = FixedPoint.rounded(product, 30)
      let sum = factor &* FixedPoint.wide(parameters[units &+ unit])
      state[unit] = FixedPoint.saturated16(FixedPoint.rounded(sum, FixedPoint.wide(cell.stateShift)))
    }
  }

  /// The LSTM's step; see `Arithmetic.remember`.
  public static func remember(
    _ map: MapDescriptor, _ gates: UnsafePointer<Int32>, _ c: UnsafeMutablePointer<Int32>,
    _ hidden: UnsafeMutablePointer<Int16>
  ) {
    let units = Int(map.rows) / 4
    let fraction = map.fraction
    let (inputs, forgets, outputs) = (gates + units, gates + 2 &* units, gates + 3 &* units)
    for unit in 0..<units {
      let candidate = FixedActivations.tanh(gates[unit], fraction)
      let input = FixedActivations.sigmoid(inputs[unit], fraction)
      let forget = FixedActivations.sigmoid(forgets[unit], fraction)
      let output = FixedActivations.sigmoid(outputs[unit], fraction)
      // Q.51: c Q11.20 · σ Q0.31, and tanh Q0.30 · σ Q0.31 moved down by ten bits.
      let sum = FixedPoint.product(c[unit], forget) &+ (FixedPoint.product(candidate, input) &>> 10)
      let new = FixedPoint.saturated32(FixedPoint.rounded(sum, 31))
      c[unit] = new
      let tanh = FixedActivations.tanh(new, ImageLayout.memoryFraction)
      hidden[unit] = Int16(truncatingIfNeeded: FixedPoint.rounded(FixedPoint.high(tanh, output), 14))
    }
  }

  /// Inputs as values: times their scales, rounded, limited to what their bits hold.
  @inline(__always)
  public static func take(
    _ inputs: UnsafePointer<Float>, scales: UnsafePointer<Float>, count: Int, _ header: ImageHeader,
    _ values: UnsafeMutablePointer<Int16>
  ) -> UInt32 {
    let limit = InputLimit(bits: header.inputBits)
    #if _pointerBitWidth(_32)
      // No instructions for eight at once: one by one takes a fifth of the code.
      var beyond: UInt32 = 0
      for index in 0..<count {
        values[index] = FixedPoint.value(inputs[index], scales[index], limit, &beyond)
      }
      return beyond
    #else
      var (beyond, rest) = (SIMD8<UInt32>.zero, SIMD8<UInt32>.zero)
      var index = 0
      while index &+ 8 <= count {
        let x = UnsafeRawPointer(inputs + index).loadUnaligned(as: SIMD8<Float>.self)
        let scale = UnsafeRawPointer(scales + index).loadUnaligned(as: SIMD8<Float>.self)
        UnsafeMutableRawPointer(values + index).storeBytes(
          of: FixedPoint.values(x, scale, limit, &beyond), as: SIMD8<Int16>.self)
        index &+= 8
      }
      while index < count {
        values[index] =
          FixedPoint.values(
            SIMD8(repeating: inputs[index]), SIMD8(repeating: scales[index]), limit, &rest)[0]
        index &+= 1
      }
      return beyond.wrappedSum() &+ rest[0]
    #endif
  }

  /// Elapsed time as this arithmetic counts it.
  @inline(__always)
  public static func elapsed(_ ts: Float, _ header: ImageHeader) -> Int32 {
    let scale = FixedPoint.single(1 &<< header.elapsedFraction)
    return FixedPoint.quantised(ts, scale: scale, limit: FixedPoint.single(header.elapsedLimit))
  }

  /// Whether it is beyond the largest.
  @inline(__always)
  public static func isBeyond(_ ts: Float, _ header: ImageHeader) -> Bool {
    // Of numbers from 0 on the order is that of their bits.
    let scale = FixedPoint.single(1 &<< header.elapsedFraction)
    return (ts * scale).bitPattern > FixedPoint.single(header.elapsedLimit).bitPattern
  }

  /// False: numbers saturate instead.
  public static var canOverflow: Bool { false }

  /// How many of `count` values are 32767 or −32767. Not inlined: a microcontroller's flash has no room for copies.
  @inline(never)
  public static func saturated(_ values: UnsafePointer<Int16>, count: Int) -> UInt32 {
    var index = 0
    var found: UInt32 = 0
    #if !_pointerBitWidth(_32)
      var lanes = SIMD8<Int16>.zero
      while index &+ 8 <= count {
        let eight = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Int16>.self)
        // −1 where a value is at an end, otherwise 0; without comparisons, which the compiler may make jumps.
        let sign = eight &>> 15
        lanes = lanes &- ((SIMD8(repeating: 32766) &- ((eight ^ sign) &- sign)) &>> 15)
        index &+= 8
      }
      found = UInt32(truncatingIfNeeded: lanes.wrappedSum())
    #endif
    while index < count {
      let value = Int32(values[index])
      let sign = value &>> 31
      found = found &+ (UInt32(bitPattern: 32766 &- ((value ^ sign) &- sign)) &>> 31)
      index &+= 1
    }
    return found
  }

  /// How many of the LSTM's c are at ±(2³¹ − 1).
  public static func saturated(c: UnsafePointer<Int32>, count: Int) -> UInt32 {
    var found: UInt32 = 0
    for unit in 0..<count {
      let sign = c[unit] &>> 31
      found = found &+ ((UInt32(bitPattern: (c[unit] ^ sign) &- sign) &+ 1) &>> 31)
    }
    return found
  }

  /// A state as an output.
  @inline(__always)
  public static func output(_ value: Int16, scale: Float) -> Float { FixedPoint.single(Int32(value)) * scale }

  /// A row of the projection as an output.
  @inline(__always)
  public static func output(_ accumulator: Int32, scale: Float) -> Float {
    FixedPoint.single(accumulator) * scale
  }
}
