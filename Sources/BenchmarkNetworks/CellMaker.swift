import LiquidModel
import PortableMath

/// Makes cells with weights as ncps.torch initialises them: weights uniform within ±√(6 / (rows + columns)) (Xavier),
/// biases within ±1/√columns (torch.nn.Linear).
struct CellMaker {
  private var random: RandomGenerator

  init(seed: UInt64) { random = RandomGenerator(seed: seed, stream: 0xCFC) }

  /// A dense cell with one backbone layer of lecun_tanh.
  mutating func dense(inputs: Int, units: Int, backbone: Int) -> CfCModel.Cell {
    let layer = affine(rows: backbone, columns: inputs + units)
    return cell(units: units, columns: backbone, backbone: [layer])
  }

  /// A cell of a wired network: what ncps masks, the synapses to ff1 and ff2 from the layer before, and nothing else.
  mutating func wired(_ layer: AutoNCP.Layer) -> CfCModel.Cell {
    var made = cell(units: layer.neurons, columns: layer.sources + layer.neurons, backbone: [])
    made.ff1.mask(with: layer)
    made.ff2?.mask(with: layer)
    return made
  }

  private mutating func cell(units: Int, columns: Int, backbone: [CfCModel.Affine]) -> CfCModel.Cell {
    CfCModel.Cell(
      mode: .default, units: units, backboneActivation: .lecunTanh, backbone: backbone, headActivation: .tanh,
      ff1: affine(rows: units, columns: columns), ff2: affine(rows: units, columns: columns),
      timeA: affine(rows: units, columns: columns), timeB: affine(rows: units, columns: columns), wTau: nil,
      a: nil)
  }

  private mutating func affine(rows: Int, columns: Int) -> CfCModel.Affine {
    CfCModel.Affine(
      rows: rows, columns: columns,
      weights: uniform(rows * columns, within: (6 / Double(rows + columns)).squareRoot()),
      bias: uniform(rows, within: 1 / Double(columns).squareRoot()))
  }

  private mutating func uniform(_ count: Int, within limit: Double) -> [Float] {
    (0..<count).map { _ in Float(random.nextUniform(-limit, limit)) }
  }
}

extension CfCModel.Affine {
  fileprivate mutating func mask(with layer: AutoNCP.Layer) {
    for neuron in 0..<layer.neurons {
      for source in 0..<layer.sources where !layer.isConnected[neuron * layer.sources + source] {
        weights[neuron * columns + source] = 0
      }
    }
  }
}
