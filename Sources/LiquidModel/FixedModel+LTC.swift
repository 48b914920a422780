import LiquidCore

extension FixedModel {
  /// An LTC cell in integers; `FixedPointArithmetic.unfold` says what they mean.
  ///
  /// Each neuron has units of its own: 2³⁰ is more than all its conductances together, and 2³⁰ is the largest potential
  /// that its leak and its synapses can drive it to.
  public struct LTC: Sendable, Equatable {
    /// Sources of synapses: what the cell reads, and behind it its own neurons.
    public var columns: Int
    /// `units × columns` numbers each, row-major by destination. A synapse that there is not has weight and current 0.
    ///
    /// Arguments have 16 bits behind the point; a slope is multiplied by an input's value · 2¹⁶ or a potential, and the
    /// high word taken.
    public var slopes, offsets: [Int32]
    /// Twice the conductances of open synapses, and twice their products with the reversal potentials.
    public var weights, currents: [Int32]
    /// Each neuron's capacitance in the unit of its denominator.
    public var capacitances: [Int32]
    /// Conductance and current of each neuron's leak.
    public var leakConductances, leakCurrents: [Int32]
    /// Right shift of ts · conductance to the unit of the denominator.
    public var timeShifts: [Int32]
    /// The high word of its product with the potential is the 16-bit value that the next cell, the projection or the
    /// output reads.
    public var multipliers: [Int32]

    /// The arrays of synapses and the names of their tensors.
    static let synapseArrays: [(name: String, values: WritableKeyPath<Self, [Int32]> & Sendable)] = [
      ("synapse.slope", \.slopes), ("synapse.offset", \.offsets), ("synapse.weight", \.weights),
      ("synapse.current", \.currents),
    ]
    /// The arrays of neurons.
    static let neuronArrays: [(name: String, values: WritableKeyPath<Self, [Int32]> & Sendable)] = [
      ("capacitance", \.capacitances), ("leak.conductance", \.leakConductances),
      ("leak.current", \.leakCurrents),
      ("time_shift", \.timeShifts), ("multiplier", \.multipliers),
    ]

    /// A cell without numbers.
    init(columns: Int) {
      self.columns = columns
      (slopes, offsets, weights, currents) = ([], [], [], [])
      (capacitances, leakConductances, leakCurrents, timeShifts, multipliers) = ([], [], [], [], [])
    }
  }
}

extension FixedModel.LTC {
  /// The largest |argument| of synapse `place`, over all potentials.
  func largestArgument(ofSynapse place: Int) -> Int64 {
    // The high word of a product with a potential of at most 2³¹, rounded down.
    Int64(slopes[place].magnitude >> 1) + 1 + Int64(offsets[place].magnitude)
  }

  /// The largest conductance of neuron `unit`, and the largest |current|, over all states of its synapses.
  func largest(ofNeuron unit: Int) -> (conductance: Int64, current: Int64) {
    var conductance = Int64(leakConductances[unit])
    var current = Int64(leakCurrents[unit].magnitude)
    for place in unit * columns..<(unit + 1) * columns {
      // High words of products with at most 2³¹; those of negative numbers are rounded down.
      conductance += Int64(weights[place]) >> 1
      current += Int64(currents[place].magnitude) >> 1 + (currents[place] < 0 ? 1 : 0)
    }
    return (conductance, current)
  }

  /// Proves that no sum and no quotient of cell `index` can overflow, for any input, any state and any elapsed time up
  /// to `elapsedLimit`.
  func prove(cell index: Int, _ shape: Architecture.LTC, elapsedLimit: Int32) throws(ModelError) {
    let units = shape.units
    func refusal(_ name: String, _ neuron: Int, _ cause: String) -> ModelError {
      ModelError(
        "cell\(index).\(name), neuron \(neuron)", cause,
        remedy: "quantize the model again with this version of Ganglion")
    }
    for (name, values) in Self.synapseArrays where self[keyPath: values].count != units * columns {
      throw refusal(name, 0, "\(self[keyPath: values].count) numbers where \(units * columns) were expected")
    }
    for (name, values) in Self.neuronArrays where self[keyPath: values].count != units {
      throw refusal(name, 0, "\(self[keyPath: values].count) numbers where \(units) were expected")
    }
    for unit in 0..<units {
      for place in unit * columns..<(unit + 1) * columns {
        let column = place - unit * columns
        guard largestArgument(ofSynapse: place) <= Int64(Int32.max) else {
          throw refusal(
            "synapse.slope", unit,
            "the argument of source \(column) can reach \(largestArgument(ofSynapse: place))")
        }
        guard weights[place] >= 0 else {
          throw refusal("synapse.weight", unit, "source \(column) has the negative weight \(weights[place])")
        }
      }
      guard leakConductances[unit] >= 0 else {
        throw refusal("leak.conductance", unit, "\(leakConductances[unit]) is below 0")
      }
      let largest = largest(ofNeuron: unit)
      guard largest.conductance <= 1 << 30 else {
        throw refusal("synapse.weight", unit, "its conductance can reach \(largest.conductance), beyond 2³⁰")
      }
      guard largest.current <= 1 << 30 else {
        throw refusal("synapse.current", unit, "its current can reach \(largest.current), beyond 2³⁰")
      }
      guard (29...60).contains(timeShifts[unit]) else {
        throw refusal("time_shift", unit, "\(timeShifts[unit]) is outside 29 to 60")
      }
      let denominator =
        Int64(capacitances[unit]) + (Int64(elapsedLimit) * largest.conductance) >> Int64(timeShifts[unit])
      guard capacitances[unit] >= 16, denominator <= Int64(Int32.max) else {
        throw refusal(
          "capacitance", unit,
          "\(capacitances[unit]) makes denominators of up to \(denominator), outside 16 to 2³¹ − 1")
      }
      guard multipliers[unit] >= 0 else {
        throw refusal("multiplier", unit, "\(multipliers[unit]) is below 0")
      }
    }
  }
}
