extension NetworkModel {
  /// A liquid time-constant cell: neurons with a membrane potential each, and synapses with a reversal potential.
  ///
  /// Synapse i ← j with the potential p_j of its source is open by s = σ(slope·p_j + offset). A neuron's potential
  /// follows C·dv/dt = g·(v_leak − v) + Σ weight·s·(reversal − v), which a step of length ts integrates in `unfolds`
  /// semi-implicit Euler steps of d = ts / unfolds (Hasani et al., "Liquid time-constant networks", AAAI 2021,
  /// algorithm 1):
  ///
  ///     v ← v + d·(g·v_leak + Σ weight·s·reversal − G·v) / (C + d·G),   G = g + ε + Σ weight·s
  ///
  /// Inputs are potentials that stay for the whole step. All neurons of the network are in one cell, whatever their
  /// wiring; a synapse that there is not has the weight 0.
  public struct LTC: HasUnits, Sendable, Equatable {
    /// Neurons.
    public var units: Int
    /// Semi-implicit Euler steps of a network step.
    public var unfolds: Int
    /// Sources of synapses: what the cell reads, and behind it its own neurons.
    public var columns: Int
    /// `units × columns` conductances of open synapses, row-major by destination, from 0 on.
    public var weights: [Float]
    /// `units × columns` reversal potentials.
    public var reversals: [Float]
    /// `units × columns` slopes and offsets of the synapses' arguments.
    public var slopes, offsets: [Float]
    /// Each neuron's membrane capacitance, above 0, and leak conductance, from 0 on.
    public var capacitances, leaks: [Float]
    /// The potential that each neuron leaks to.
    public var leakReversals: [Float]

    /// The ε of the denominator, with which ncps keeps it from zero.
    public static let epsilon = 1e-8
    /// Most Euler steps of a network step.
    public static let maximumUnfolds = 64

    /// A cell from its parts; checked by `NetworkModel.validate`.
    public init(
      units: Int, unfolds: Int, columns: Int, weights: [Float], reversals: [Float], slopes: [Float],
      offsets: [Float], capacitances: [Float], leaks: [Float], leakReversals: [Float]
    ) {
      (self.units, self.unfolds, self.columns) = (units, unfolds, columns)
      (self.weights, self.reversals, self.slopes, self.offsets) = (weights, reversals, slopes, offsets)
      (self.capacitances, self.leaks, self.leakReversals) = (capacitances, leaks, leakReversals)
    }

    /// Synapses that there are.
    public var synapseCount: Int { weights.reduce(0) { $0 + ($1 == 0 ? 0 : 1) } }
  }
}

extension NetworkModel.LTC {
  /// Its arrays and the names of their tensors; those of synapses have `units × columns` elements, the others `units`.
  static let synapseArrays: [(name: String, values: WritableKeyPath<Self, [Float]> & Sendable)] = [
    ("synapse.weight", \.weights), ("synapse.reversal", \.reversals), ("synapse.slope", \.slopes),
    ("synapse.offset", \.offsets),
  ]
  /// The arrays of neurons.
  static let neuronArrays: [(name: String, values: WritableKeyPath<Self, [Float]> & Sendable)] = [
    ("capacitance", \.capacitances), ("leak", \.leaks), ("leak_reversal", \.leakReversals),
  ]

  /// Whether sizes fit, numbers are finite, and conductances and capacitances are what physics allows.
  func validate(_ place: String, columns: Int) throws(ModelError) {
    guard self.columns == columns else {
      throw ModelError(
        place, "synapses of \(self.columns) sources where \(columns) were expected",
        remedy: ModelError.exportAgain)
    }
    for (name, values) in Self.synapseArrays {
      try NetworkModel.Affine.validate("\(place), \(name)", self[keyPath: values], count: units * columns)
    }
    for (name, values) in Self.neuronArrays {
      try NetworkModel.Affine.validate("\(place), \(name)", self[keyPath: values], count: units)
    }
    func refuse(_ name: String, _ index: Int, _ value: Float, _ bound: String) -> ModelError {
      ModelError(
        "\(place), \(name)", "element \(index) is \(value), which must be \(bound)",
        remedy: ModelError.exportAgain)
    }
    if let index = weights.firstIndex(where: { $0 < 0 }) {
      throw refuse("synapse.weight", index, weights[index], "0 or more")
    }
    if let index = leaks.firstIndex(where: { $0 < 0 }) {
      throw refuse("leak", index, leaks[index], "0 or more")
    }
    if let index = capacitances.firstIndex(where: { $0 <= 0 }) {
      throw refuse("capacitance", index, capacitances[index], "above 0")
    }
  }
}
