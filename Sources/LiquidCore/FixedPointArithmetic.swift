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
    (0...24).contains(header.elapsedFraction) && (0...0x100_0000).contains(header.elapsedLimit)
  }

  /// Whether the cell's formats are in range.
  public static func accepts(_ cell: CellDescriptor) -> Bool {
    let isTable = cell.mode != CellMode.pure.rawValue && cell.headActivation != Activation.linear.rawValue
    return (isTable ? 7...20 : 0...30).contains(cell.headFraction)
      && (0...30).contains(cell.gateOffsetShift) && (0...36).contains(cell.gateShift)
      && (0...(cell.mode == CellMode.pure.rawValue ? 62 : 30)).contains(cell.stateShift)
  }

  /// Whether the map's formats are in range.
  public static func accepts(_ map: MapDescriptor) -> Bool {
    (0...15).contains(map.blockShift) && (0...30).contains(map.fraction) && (0...30).contains(map.valueShift)
  }

  /// A backbone layer's activation; see `Arithmetic.activate`.
  public static func activate(
    _ activation: Activation, _ map: MapDescriptor, _ input: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Int16>
  ) {
    let fraction = map.fraction
    let shift = FixedPoint.wide(map.valueShift)
    switch activation {
    case .tanh, .lecunTanh:
      for row in 0..<map.paddedRows { output[row] = value(FixedActivations.tanh(input[row], fraction)) }
    case .silu:
      for row in 0..<map.paddedRows {
        let product = FixedPoint.product(input[row], FixedActivations.sigmoid(input[row], fraction))
        output[row] = FixedPoint.saturated16(FixedPoint.rounded(product, 24 &+ shift))
      }
    case .gelu:
      for row in 0..<map.paddedRows {
        let product = FixedPoint.product(input[row], FixedActivations.normal(input[row], fraction))
        output[row] = FixedPoint.saturated16(FixedPoint.rounded(product, 24 &+ shift))
      }
    case .relu:
      for row in 0..<map.paddedRows {
        output[row] = FixedPoint.saturated16(FixedPoint.rounded(FixedPoint.wide(max(0, input[row])), shift))
      }
    case .linear:
      for row in 0..<map.paddedRows {
        output[row] = FixedPoint.saturated16(FixedPoint.rounded(FixedPoint.wide(input[row]), shift))
      }
    }
  }

  /// Q0.23 as a `Value` in Q0.15; the tables keep it below 32767.5 units.
  @inline(__always)
  private static func value(_ x: Int32) -> Int16 { Int16(truncatingIfNeeded: (x &+ 0x80) &>> 8) }

  /// The new state; see `Arithmetic.renew`.
  public static func renew(
    _ cell: CellDescriptor, _ parameters: UnsafePointer<Int32>, _ heads: UnsafePointer<Int32>,
    _ elapsed: Int32, _ state: UnsafeMutablePointer<Int16>
  ) {
    if cell.mode == CellMode.pure.rawValue {
      decay(cell, parameters, heads, elapsed, state)
    } else if cell.headActivation == Activation.linear.rawValue {
      interpolate(cell, heads, elapsed, state) { x in x }
    } else {
      let fraction = cell.headFraction
      interpolate(cell, heads, elapsed, state) { x in FixedActivations.tanh(x, fraction) }
    }
  }

  /// h = (g1 + s·(g2 − g1)) or (g1 + s·g2), rounded once; the first lies between g1 and g2.
  @inline(__always)
  private static func interpolate(
    _ cell: CellDescriptor, _ heads: UnsafePointer<Int32>, _ elapsed: Int32,
    _ state: UnsafeMutablePointer<Int16>, _ activation: (Int32) -> Int32
  ) {
    let units = Int(cell.units)
    let (ff2, slopes, offsets) = (heads + units, heads + 2 &* units, heads + 3 &* units)
    let offsetShift = FixedPoint.wide(cell.gateOffsetShift)
    let gateShift = FixedPoint.wide(cell.gateShift)
    // At ±32 the gate is all open or all shut.
    let gateEnd: Int64 = 32 &<< (gateShift &+ ImageLayout.gateFraction)
    let ts = FixedPoint.wide(elapsed)
    let shift = 24 &+ FixedPoint.wide(cell.stateShift)
    let isDifference: Int64 = cell.mode == CellMode.noGate.rawValue ? 0 : -1
    for unit in 0..<units {
      let argument = FixedPoint.wide(slopes[unit]) &* ts &+ (FixedPoint.wide(offsets[unit]) &<< offsetShift)
      let limited = max(0 &- gateEnd, min(gateEnd, argument)) &>> gateShift
      let s = FixedPoint.wide(
        FixedActivations.sigmoid(
          Int32(truncatingIfNeeded: limited), Int32(truncatingIfNeeded: ImageLayout.gateFraction)))
      let g1 = FixedPoint.wide(activation(heads[unit]))
      let g2 = FixedPoint.wide(activation(ff2[unit]))
      let sum = (g1 &<< 24) &+ s &* (g2 &- (g1 & isDifference))
      state[unit] = FixedPoint.saturated16(FixedPoint.rounded(sum, shift))
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
    let timeShift = FixedPoint.wide(cell.gateShift)
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
      let candidate = FixedPoint.wide(FixedActivations.tanh(gates[unit], fraction))
      let input = FixedPoint.wide(FixedActivations.sigmoid(inputs[unit], fraction))
      let forget = FixedPoint.wide(FixedActivations.sigmoid(forgets[unit], fraction))
      let output = FixedPoint.wide(FixedActivations.sigmoid(outputs[unit], fraction))
      // Q.47: tanh Q0.23 · σ Q0.24, and c Q11.20 · σ Q0.24, moved up by three bits.
      let sum = ((FixedPoint.wide(c[unit]) &* forget) &<< 3) &+ candidate &* input
      let new = FixedPoint.saturated32(FixedPoint.rounded(sum, 27))
      c[unit] = new
      let product = FixedPoint.wide(FixedActivations.tanh(new, ImageLayout.memoryFraction)) &* output
      hidden[unit] = Int16(truncatingIfNeeded: FixedPoint.rounded(product, 32))
    }
  }

  /// An input as a value.
  @inline(__always)
  public static func value(_ input: Float, scale: Float) -> Int16 {
    Int16(truncatingIfNeeded: FixedPoint.quantised(input, scale: scale, limit: 32767))
  }

  /// Elapsed time as this arithmetic counts it.
  @inline(__always)
  public static func elapsed(_ ts: Float, _ header: ImageHeader) -> Int32 {
    let scale = FixedPoint.single(1 &<< header.elapsedFraction)
    return FixedPoint.quantised(ts, scale: scale, limit: FixedPoint.single(header.elapsedLimit))
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
