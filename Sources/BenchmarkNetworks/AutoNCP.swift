import PortableMath

/// The wiring of a neural circuit policy as ncps's `AutoNCP(units, outputs)` lays it out, sparsity 0.5.
///
/// Layer sizes and fan-outs follow ncps 1.0.1, `ncps/wirings/wirings.py`; the synapses are drawn by the same rules from
/// Ganglion's generator, so they are not those that NumPy's would give. Polarities are not drawn: in a CfC
/// they have no meaning. A CfC does not use the synapses among command neurons either.
struct AutoNCP {
  /// Synapses from what a layer reads to its neurons.
  struct Layer {
    /// What the layer reads, without its own state, and its neurons.
    let sources, neurons: Int
    /// Whether neuron n reads source s: [n · sources + s].
    fileprivate(set) var isConnected: [Bool]
  }

  /// Inter, command and motor layer.
  let layers: [Layer]
  /// Synapses among command neurons.
  let recurrent: [(source: Int, neuron: Int)]

  /// The wiring of so many neurons, `motors` of them motor neurons; at least three more neurons than motors.
  init(neurons: Int, motors: Int, inputs: Int) {
    let rest = neurons - motors
    let command = max(rest * 2 / 5, 1)
    let inter = rest - command
    let (sensoryFanOut, innerFanOut) = (max(inter / 2, 1), max(command / 2, 1))
    // With this seed, as with that of ncps, no neuron of the smaller wirings is left out at first.
    var random = RandomGenerator(seed: 34, stream: UInt64(neurons))
    layers = [
      Layer(sources: inputs, neurons: inter, fanOut: sensoryFanOut, &random),
      Layer(sources: inter, neurons: command, fanOut: innerFanOut, &random),
      Layer(sources: command, neurons: motors, fanIn: innerFanOut, &random),
    ]
    recurrent = (0..<command).map { _ in
      (Int(random.nextBits() >> 33) % command, Int(random.nextBits() >> 33) % command)
    }
  }
}

extension AutoNCP.Layer {
  /// Each source reaches `fanOut` neurons; a neuron that none reached then gets the average number of sources.
  fileprivate init(sources: Int, neurons: Int, fanOut: Int, _ random: inout RandomGenerator) {
    self.init(sources: sources, neurons: neurons)
    for source in 0..<sources {
      for neuron in random.distinct(fanOut, below: neurons) { connect(source, neuron) }
    }
    let average = min(max(sources * fanOut / neurons, 1), sources)
    for neuron in 0..<neurons where !(0..<sources).contains(where: { isConnected[neuron * sources + $0] }) {
      for source in random.distinct(average, below: sources) { connect(source, neuron) }
    }
  }

  /// Each neuron reads `fanIn` sources; a source that none reads then reaches the average number of neurons.
  fileprivate init(sources: Int, neurons: Int, fanIn: Int, _ random: inout RandomGenerator) {
    self.init(sources: sources, neurons: neurons)
    for neuron in 0..<neurons {
      for source in random.distinct(fanIn, below: sources) { connect(source, neuron) }
    }
    let average = min(max(neurons * fanIn / sources, 1), neurons)
    for source in 0..<sources where !(0..<neurons).contains(where: { isConnected[$0 * sources + source] }) {
      for neuron in random.distinct(average, below: neurons) { connect(source, neuron) }
    }
  }

  private init(sources: Int, neurons: Int) {
    self.init(
      sources: sources, neurons: neurons, isConnected: [Bool](repeating: false, count: sources * neurons))
  }

  private mutating func connect(_ source: Int, _ neuron: Int) {
    isConnected[neuron * sources + source] = true
  }
}

extension RandomGenerator {
  /// `count` different numbers of 0..<`bound`, all choices about equally likely.
  fileprivate mutating func distinct(_ count: Int, below bound: Int) -> [Int] {
    var numbers = Array(0..<bound)
    for place in 0..<min(count, bound) {
      numbers.swapAt(place, place + Int(nextBits() >> 33) % (bound - place))
    }
    return Array(numbers.prefix(count))
  }
}
