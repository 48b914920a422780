import Foundation

@testable import LiquidModel

/// The canonical network evaluated in Float64 with the C library's functions, written from the equations and
/// sharing no code with what it judges.
struct ReferenceNetwork {
  let model: CfCModel
  var states: [[Double]]
  var c: [Double]

  init(_ model: CfCModel) {
    self.model = model
    states = model.cells.map { [Double](repeating: 0, count: $0.units) }
    c = [Double](repeating: 0, count: model.memory?.units ?? 0)
  }

  private func apply(_ map: CfCModel.Affine, _ x: [Double]) -> [Double] {
    (0..<map.rows).map { row in
      var sum = Double(map.bias[row])
      for column in 0..<map.columns { sum += Double(map.weights[row * map.columns + column]) * x[column] }
      return sum
    }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private func head(_ activation: CfCModel.HeadActivation, _ x: Double) -> Double {
    switch activation {
    case .tanh: tanh(x)
    case .linear: x
    case .lecunTanh: 1.7159 * tanh(0.666 * x)
    }
  }

  private func backbone(_ activation: CfCModel.BackboneActivation, _ x: Double) -> Double {
    switch activation {
    case .silu: x * sigmoid(x)
    case .relu: max(x, 0)
    case .tanh: tanh(x)
    case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
    case .lecunTanh: 1.7159 * tanh(0.666 * x)
    }
  }

  mutating func step(_ inputs: [Float], ts: Float) -> [Double] {
    let ts = Double(ts)
    var read = inputs.map(Double.init)
    if let memory = model.memory {
      let n = memory.units
      let z = apply(memory.gates, read + states[0])
      c = (0..<n).map { c[$0] * sigmoid(z[2 * n + $0]) + tanh(z[$0]) * sigmoid(z[n + $0]) }
      let hidden = (0..<n).map { tanh(c[$0]) * sigmoid(z[3 * n + $0]) }
      switch memory.role {
      case .replacesState: states[0] = hidden
      case .feedsInput: read = hidden
      }
    }
    for (k, cell) in model.cells.enumerated() {
      var x = read + states[k]
      for layer in cell.backbone { x = apply(layer, x).map { backbone(cell.backboneActivation, $0) } }
      let f1 = apply(cell.ff1, x)
      if let wTau = cell.wTau, let a = cell.a {
        states[k] = f1.indices.map {
          let (w, a) = (Double(wTau[$0]), Double(a[$0]))
          return a - a * exp(-ts * (abs(w) + abs(f1[$0]))) * f1[$0]
        }
      } else if let ff2 = cell.ff2, let timeA = cell.timeA, let timeB = cell.timeB {
        let (f2, ta, tb) = (apply(ff2, x), apply(timeA, x), apply(timeB, x))
        states[k] = f1.indices.map {
          let (g, h) = (head(cell.headActivation, f1[$0]), head(cell.headActivation, f2[$0]))
          let s = sigmoid(ta[$0] * ts + tb[$0])
          return cell.mode == .noGate ? g + s * h : g * (1 - s) + s * h
        }
      }
      read = states[k]
    }
    if let projection = model.projection { return apply(projection, read) }
    return Array(read.prefix(model.outputs.count))
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014), the source of every random number of these tests.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [low, high).
  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }
}

/// A network of random weights, drawn as ncps draws them (Xavier), and biases.
struct RandomModel {
  var random: SplitMix64
  var inputs = 8
  var outputs = 4
  var chain = [19]
  var mode = CfCModel.Mode.default
  var backbone: [Int] = []
  var backboneActivation = CfCModel.BackboneActivation.lecunTanh
  var headActivation = CfCModel.HeadActivation.tanh
  var memory: CfCModel.Memory.Role?
  var projects = false
  var maximumTs = 2.0

  init(seed: UInt64) { random = SplitMix64(state: seed) }

  private mutating func affine(_ rows: Int, _ columns: Int) -> CfCModel.Affine {
    let limit = (6 / Double(rows + columns)).squareRoot()
    let weights = (0..<rows * columns).map { _ in Float(random.uniform(-limit, limit)) }
    let bias = (0..<rows).map { _ in Float(random.uniform(-0.1, 0.1)) }
    return CfCModel.Affine(rows: rows, columns: columns, weights: weights, bias: bias)
  }

  mutating func model() -> CfCModel {
    var lstm: CfCModel.Memory?
    var read = inputs
    if let memory {
      lstm = CfCModel.Memory(role: memory, units: chain[0], gates: affine(4 * chain[0], inputs + chain[0]))
      if memory == .feedsInput { read = chain[0] }
    }
    var cells: [CfCModel.Cell] = []
    for units in chain {
      var columns = read + units
      var layers: [CfCModel.Affine] = []
      for width in backbone {
        layers.append(affine(width, columns))
        columns = width
      }
      let isPure = mode == .pure
      var vector: [Float] = []
      if isPure { vector = (0..<2 * units).map { _ in Float(random.uniform(-0.3, 0.3)) } }
      cells.append(
        CfCModel.Cell(
          mode: mode, units: units, backboneActivation: backboneActivation, backbone: layers,
          headActivation: headActivation, ff1: affine(units, columns),
          ff2: isPure ? nil : affine(units, columns), timeA: isPure ? nil : affine(units, columns),
          timeB: isPure ? nil : affine(units, columns),
          wTau: isPure ? Array(vector[..<units]) : nil, a: isPure ? Array(vector[units...]) : nil))
      read = units
    }
    let projection = projects ? affine(outputs, read) : nil
    return CfCModel(
      inputs: (0..<inputs).map { .init(name: "in\($0)", unit: "1", minimum: -2, maximum: 2) },
      outputs: (0..<outputs).map { .init(name: "out\($0)", unit: "1", minimum: -1, maximum: 1) },
      memory: lstm, cells: cells, projection: projection, timeUnit: 1, minimumTs: 0, maximumTs: maximumTs,
      flavour: "test", provenance: [:])
  }
}

/// Inputs within the model's ranges and irregular elapsed times.
struct RandomDrive {
  var inputs: [[Float]] = []
  var ts: [Float] = []

  init(_ model: CfCModel, steps: Int, seed: UInt64) {
    var random = SplitMix64(state: seed)
    // A wandering signal: mostly smooth as a sensor's, with jumps.
    var current = model.inputs.map { _ in 0.0 }
    for _ in 0..<steps {
      for (index, port) in model.inputs.enumerated() {
        let target = random.uniform(port.minimum, port.maximum)
        current[index] = random.uniform(0, 1) < 0.2 ? target : 0.8 * current[index] + 0.2 * target
      }
      inputs.append(current.map { Float($0) })
      ts.append(Float(random.uniform(model.minimumTs, model.maximumTs)))
    }
  }
}

/// The largest and root-mean-square error of a runtime against Float64, in units of the output's range.
func error(of runtime: inout NetworkRuntime, _ model: CfCModel, _ drive: RandomDrive) throws -> (
  largest: Double, rms: Double
) {
  var reference = ReferenceNetwork(model)
  let count = model.outputs.count
  var (low, high) = (
    [Double](repeating: .infinity, count: count), [Double](repeating: -.infinity, count: count)
  )
  var (largest, squares) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
  var outputs = [Float](repeating: 0, count: count)
  for (inputs, ts) in zip(drive.inputs, drive.ts) {
    let expected = reference.step(inputs, ts: ts)
    var span = outputs.mutableSpan
    try runtime.step(inputs: inputs.span, ts: ts, outputs: &span)
    for k in 0..<count {
      let error = abs(Double(outputs[k]) - expected[k])
      (low[k], high[k]) = (min(low[k], expected[k]), max(high[k], expected[k]))
      largest[k] = max(largest[k], error)
      squares[k] += error * error
    }
  }
  let ranges = (0..<count).map { high[$0] - low[$0] }
  let steps = Double(drive.ts.count)
  return (
    (0..<count).map { largest[$0] / ranges[$0] }.max() ?? 0,
    (0..<count).map { (squares[$0] / steps).squareRoot() / ranges[$0] }.max() ?? 0
  )
}
