/// The LTC cell in integers; `Arithmetic.unfold` has the equations, docs/fixed-point.md the reasons.
///
/// Everything of a neuron is in units of its own: a potential of 2³⁰ is the largest that its leak and its synapses can
/// drive it to, a conductance of 2³⁰ more than all of them together, a current the product of both.
extension FixedPointArithmetic {
  /// Synapses are computed one by one.
  public static var synapseGroup: Int { 1 }
  /// Int32.
  public static var synapseByteCount: Int { 4 }
  /// Of each neuron: the capacitance in the unit of the denominator; the conductance and the current of its leak; the
  /// right shift of ts · conductance to the denominator; what the potential is multiplied by to become a value.
  public static var neuronArrays: Int { 5 }

  /// The step of an LTC cell; see `Arithmetic.unfold`.
  @inline(never)
  public static func unfold(
    _ cell: LTCCell, _ input: UnsafePointer<Int16>, _ elapsed: Int32,
    _ potentials: UnsafeMutablePointer<Int32>,
    _ scratch: UnsafeMutablePointer<Int32>, _ state: UnsafeMutablePointer<Int16>
  ) {
    let units = cell.units
    let (conductances, currents, new) = (scratch, scratch + cell.paddedUnits, scratch + 2 &* cell.paddedUnits)
    let (leakConductances, leakCurrents) = (cell.neurons(1, Int32.self), cell.neurons(2, Int32.self))
    for unit in 0..<units {
      let sum = sum(cell, cell.descriptor.sensory, unit) { Int32(input[$0]) &<< 16 }
      conductances[unit] = leakConductances[unit] &+ sum.conductance
      currents[unit] = leakCurrents[unit] &+ sum.current
    }
    let (capacitances, shifts) = (cell.neurons(0, Int32.self), cell.neurons(3, Int32.self))
    let time = UnfoldedTime(elapsed)
    for _ in 0..<cell.descriptor.unfolds {
      for unit in 0..<units {
        let sum = sum(cell, cell.descriptor.recurrent, unit) { potentials[$0] }
        new[unit] = time.potential(
          potentials[unit], conductance: conductances[unit] &+ sum.conductance,
          current: currents[unit] &+ sum.current, capacitance: capacitances[unit], shift: shifts[unit])
      }
      for unit in 0..<units { potentials[unit] = new[unit] }
    }
    let multipliers = cell.neurons(4, Int32.self)
    for unit in 0..<units {
      let value = FixedPoint.rounded(FixedPoint.product(potentials[unit], multipliers[unit]), 32)
      state[unit] = FixedPoint.saturated16(value)
    }
  }

  /// Conductance and current of the open synapses of neuron `unit`; `potential` of a source.
  @inline(__always)
  private static func sum(
    _ cell: LTCCell, _ synapses: SynapseDescriptor, _ unit: Int, _ potential: (Int) -> Int32
  ) -> (conductance: Int32, current: Int32) {
    let sources = cell.sources(synapses)
    @inline(__always) func numbers(_ offset: UInt32) -> UnsafePointer<Int32> {
      (cell.image + Int(offset)).assumingMemoryBound(to: Int32.self)
    }
    let (slopes, offsets) = (numbers(synapses.slopes), numbers(synapses.offsets))
    let (weights, currents) = (numbers(synapses.weights), numbers(synapses.currents))
    var (conductance, current): (Int32, Int32) = (0, 0)
    for place in cell.places(synapses, unit) {
      let argument = FixedPoint.high(slopes[place], potential(Int(sources[place]))) &+ offsets[place]
      let open = FixedActivations.sigmoid(argument, ImageLayout.synapseFraction)
      conductance = conductance &+ FixedPoint.high(weights[place], open)
      current = current &+ FixedPoint.high(currents[place], open)
    }
    return (conductance, current)
  }
}

/// An elapsed time as the neurons of an LTC cell divide by it.
struct UnfoldedTime {
  /// The elapsed time, up to 2³⁰.
  let elapsed: Int32
  /// The same, shifted left to at least 2³⁰; 0 stays 0.
  let mantissa: Int32
  /// By how much.
  let exponent: Int32

  @inline(__always)
  init(_ elapsed: Int32) {
    self.elapsed = elapsed
    exponent = UnfoldedTime.leadingZeros(elapsed)
    mantissa = elapsed &<< exponent
  }

  /// Zero bits between the sign and the first one; 31 for 0.
  @inline(__always)
  static func leadingZeros(_ x: Int32) -> Int32 { Int32(truncatingIfNeeded: x.leadingZeroBitCount) &- 1 }

  /// The potential after a semi-implicit Euler step: v + E·(A − G·v) / (C + E·G), within ±2³⁰.
  ///
  /// Only the change is divided, so an error of the division slows or hastens a neuron by as much, at most 2⁻²⁶ of it,
  /// and does not move where it comes to rest.
  ///
  /// - Parameters:
  ///   - v: v in Q1.30; any Int32.
  ///   - conductance: G in Q0.30, from 0 to 2³⁰.
  ///   - current: A in Q0.30, within ±2³⁰.
  ///   - capacitance: C, from 16 on, in the unit of E·G >> `shift`, so that the sum of both is below 2³¹.
  ///   - shift: 29 to 60.
  @inline(__always)
  func potential(_ v: Int32, conductance: Int32, current: Int32, capacitance: Int32, shift: Int32) -> Int32 {
    // Below 2⁶⁰ + 2⁶¹, and 3·2²⁹ when rounded: Q2.29.
    let force = (FixedPoint.wide(current) &<< 30) &- FixedPoint.product(conductance, v)
    let change = Int32(truncatingIfNeeded: FixedPoint.rounded(force, 31))
    let grown = FixedPoint.product(elapsed, conductance) &>> FixedPoint.wide(shift)
    let denominator = capacitance &+ Int32(truncatingIfNeeded: grown)
    let zeros = UnfoldedTime.leadingZeros(denominator)
    // E / (C + E·G) without its power of two, at most 2²⁹.
    let quotient = FixedPoint.high(mantissa, Reciprocal.of(denominator &<< zeros))
    // From 0 on, because the denominator has at most 26 zeros; beyond 62 the change is as good as none.
    let excess = shift &+ exponent &- zeros &- 3 &- 62
    let places = 62 &+ (excess & (excess &>> 31))
    let sum =
      FixedPoint.wide(v) &+ FixedPoint.rounded(FixedPoint.product(change, quotient), FixedPoint.wide(places))
    return Int32(truncatingIfNeeded: max(-0x4000_0000, min(0x4000_0000, sum)))
  }
}

/// One over a number, without a division: a processor may take longer for some numbers than for others, or have none.
enum Reciprocal {
  /// 2⁶⁰ / x for 2³⁰ ≤ x < 2³¹, relative error below 2⁻²⁶.
  ///
  /// From the line that is at most 1/17 off (relative), three Newton steps y ← y + y·(1 − x·y), each of which squares
  /// the error.
  @inline(__always)
  static func of(_ x: Int32) -> Int32 {
    // 48/17 − 32/17·x of x in Q0.31, as Q2.29.
    var y = 1_515_870_810 &- FixedPoint.high(x, 2_021_161_080)
    for _ in 0..<3 {
      // 1 − x·y in Q0.28.
      let rest = (1 &<< 28) &- FixedPoint.high(x, y)
      y = y &+ FixedPoint.high(y, rest &<< 4)
    }
    return y
  }
}
