import LiquidModel
import PortableMath

/// Makes cells with weights as ncps.torch initialises them: of CfC cells weights uniform within ±√(6 / (rows + columns)) (Xavier),
/// biases within ±1/√columns (torch.nn.Linear).
struct CellMaker {
  private var random: RandomGenerator

  init(seed: UInt64) { random = RandomGenerator(seed: seed, stream: 0xCFC) }

  /// A dense cell with one backbone layer of lecun_tanh.
  mutating func dense(inputs: Int, units: Int, backbone: Int) -> NetworkModel.CfC {
    let layer = affine(rows: backbone, columns: inputs + units)
    return cell(units: units, columns: backbone, backbone: [layer])
  }

  /// A cell of a wired network: what ncps masks, the synapses to ff1 and ff2 from the layer before, and nothing else.
  mutating func wired(_ layer: AutoNCP.Layer) -> NetworkModel.CfC {
    var made = cell(units: layer.neurons, columns: layer.sources + layer.neurons, backbone: [])
    made.ff1.mask(with: layer)
    made.ff2?.mask(with: layer)
    return made
  }

  /// A liquid time-constant cell with the synapses of a wiring; its neurons are the motor, command and inter neurons, in
  /// this order, as in ncps.
  ///
  /// Parameters are uniform in the ranges of ncps.torch's LTCCell, reversal potentials −1 or 1.
  mutating func timeConstant(_ wiring: AutoNCP, inputs: Int) -> NetworkModel.LTC {
    let sizes = wiring.layers.map(\.neurons)
    let units = sizes.reduce(0, +)
    // Where a layer's neurons begin, and what it reads.
    let firsts = [sizes[2] + sizes[1], sizes[2], 0]
    let sources = [0, inputs + firsts[0], inputs + firsts[1]]
    let columns = inputs + units
    var exists = [Bool](repeating: false, count: units * columns)
    for (index, layer) in wiring.layers.enumerated() {
      for neuron in 0..<layer.neurons {
        for source in 0..<layer.sources where layer.isConnected[neuron * layer.sources + source] {
          exists[(firsts[index] + neuron) * columns + sources[index] + source] = true
        }
      }
    }
    for synapse in wiring.recurrent {
      exists[(firsts[1] + synapse.neuron) * columns + inputs + firsts[1] + synapse.source] = true
    }
    var cell = NetworkModel.LTC(
      units: units, unfolds: 6, columns: columns, weights: [], reversals: [], slopes: [], offsets: [],
      capacitances: [], leaks: [], leakReversals: [])
    for place in exists.indices {
      let (weight, slope) = (uniform(0.001, 1), uniform(3, 8))
      cell.weights.append(exists[place] ? weight : 0)
      cell.reversals.append(random.nextUniform(-1, 1) < 0 ? -1 : 1)
      cell.slopes.append(slope)
      cell.offsets.append(-slope * uniform(0.3, 0.8))
    }
    cell.capacitances = (0..<units).map { _ in uniform(0.4, 0.6) }
    cell.leaks = (0..<units).map { _ in uniform(0.001, 1) }
    cell.leakReversals = (0..<units).map { _ in uniform(-0.2, 0.2) }
    return cell
  }

  private mutating func uniform(_ low: Double, _ high: Double) -> Float {
    Float(random.nextUniform(low, high))
  }

  private mutating func cell(units: Int, columns: Int, backbone: [NetworkModel.Affine]) -> NetworkModel.CfC {
    NetworkModel.CfC(
      mode: .default, units: units, backboneActivation: .lecunTanh, backbone: backbone, headActivation: .tanh,
      ff1: affine(rows: units, columns: columns), ff2: affine(rows: units, columns: columns),
      timeA: affine(rows: units, columns: columns), timeB: affine(rows: units, columns: columns), wTau: nil,
      a: nil)
  }

  private mutating func affine(rows: Int, columns: Int) -> NetworkModel.Affine {
    NetworkModel.Affine(
      rows: rows, columns: columns,
      weights: uniform(rows * columns, within: (6 / Double(rows + columns)).squareRoot()),
      bias: uniform(rows, within: 1 / Double(columns).squareRoot()))
  }

  private mutating func uniform(_ count: Int, within limit: Double) -> [Float] {
    (0..<count).map { _ in Float(random.nextUniform(-limit, limit)) }
  }
}

extension NetworkModel.Affine {
  fileprivate mutating func mask(with layer: AutoNCP.Layer) {
    for neuron in 0..<layer.neurons {
      for source in 0..<layer.sources where !layer.isConnected[neuron * layer.sources + source] {
        weights[neuron * columns + source] = 0
      }
    }
  }
}
