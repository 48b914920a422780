/// The LTC cell in floating point; `Arithmetic.unfold` has the equations.
extension FloatArithmetic {
  /// Eight synapses at a time.
  public static var synapseGroup: Int { 8 }

  /// C·unfolds, g + ε and g·v_leak of each neuron.
  public static var neuronArrays: Int { 3 }

  /// The step of an LTC cell; see `Arithmetic.unfold`.
  ///
  /// Of a neuron's synapses every eighth is added up, and the eight sums in pairs: n with n + 4, these with n + 2, and
  /// the last two.
  @inline(never)
  public static func unfold(
    _ cell: LTCCell, _ input: UnsafePointer<Float>, _ elapsed: Float,
    _ potentials: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>, _ state: UnsafeMutablePointer<Float>
  ) {
    let padded = cell.paddedUnits
    let (conductances, currents) = (scratch, scratch + padded)
    let (sensoryConductances, sensoryCurrents) = (scratch + 2 &* padded, scratch + 3 &* padded)
    let leaks = (cell.neurons(1, Float.self), cell.neurons(2, Float.self))
    sum(cell, cell.descriptor.sensory, input, leaks, (sensoryConductances, sensoryCurrents))
    let ts = SIMD8<Float>(repeating: elapsed)
    let capacitances = cell.neurons(0, Float.self)
    for _ in 0..<cell.descriptor.unfolds {
      sum(
        cell, cell.descriptor.recurrent, potentials,
        (UnsafePointer(sensoryConductances), UnsafePointer(sensoryCurrents)),
        (conductances, currents))
      var row = 0
      while row < padded {
        let (conductance, v) = (load(conductances, row), load(potentials, row))
        // Both sides of the quotient divided by d = ts / unfolds: no product with a ts that may be enormous, and with one
        // of zero, C / d is infinite and there is no change.
        let force = load(currents, row) - conductance * v
        store(v + force / (load(capacitances, row) / ts + conductance), potentials, row)
        row &+= ImageLayout.panelRows
      }
    }
    state.update(from: potentials, count: cell.units)
    settle(state, count: cell.units)
  }

  /// Conductance and current of each neuron: those of `first` and of its open synapses.
  @inline(__always)
  private static func sum(
    _ cell: LTCCell, _ synapses: SynapseDescriptor, _ potentials: UnsafePointer<Float>,
    _ first: (UnsafePointer<Float>, UnsafePointer<Float>),
    _ sums: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
  ) {
    let sources = cell.sources(synapses)
    let (slopes, offsets) = (cell.image + Int(synapses.slopes), cell.image + Int(synapses.offsets))
    let (weights, currents) = (cell.image + Int(synapses.weights), cell.image + Int(synapses.currents))
    for unit in 0..<cell.units {
      let places = cell.places(synapses, unit)
      var (conductance, current) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
      var place = places.lowerBound
      while place < places.upperBound {
        let s = sources + place
        let potential = SIMD8<Float>(
          potentials[Int(s[0])], potentials[Int(s[1])], potentials[Int(s[2])], potentials[Int(s[3])],
          potentials[Int(s[4])], potentials[Int(s[5])], potentials[Int(s[6])], potentials[Int(s[7])])
        let open = FloatActivations.sigmoid(eight(slopes, place) * potential + eight(offsets, place))
        conductance += eight(weights, place) * open
        current += eight(currents, place) * open
        place &+= synapseGroup
      }
      sums.0[unit] = first.0[unit] + total(conductance)
      sums.1[unit] = first.1[unit] + total(current)
    }
  }

  @inline(__always)
  private static func total(_ sums: SIMD8<Float>) -> Float {
    let four = sums.lowHalf + sums.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}

extension Float32Arithmetic {
  /// Float.
  public static var synapseByteCount: Int { 4 }

  /// Eight numbers of synapses from `index` on.
  @inline(__always)
  public static func eight(_ numbers: UnsafeRawPointer, _ index: Int) -> SIMD8<Float> {
    numbers.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD8<Float>.self)
  }
}

extension Float16Arithmetic {
  /// The bits of a Float16.
  public static var synapseByteCount: Int { 2 }

  /// Eight numbers of synapses from `index` on.
  @inline(__always)
  public static func eight(_ numbers: UnsafeRawPointer, _ index: Int) -> SIMD8<Float> {
    widened(numbers.loadUnaligned(fromByteOffset: 2 &* index, as: SIMD8<UInt16>.self))
  }
}
