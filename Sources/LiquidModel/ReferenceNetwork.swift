#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A network evaluated in Float64 with the C library's functions: what quantised networks are judged against.
///
/// It is written from the equations and shares no code with the networks that fly. Slow, and allocating.
public struct ReferenceNetwork: Sendable {
  /// The network.
  public let model: NetworkModel
  /// The state of each cell.
  public private(set) var states: [[Double]]
  /// The LSTM's c.
  public private(set) var c: [Double]
  /// What each affine map has read in the last step, in the order of `FixedModel.maps`.
  private(set) var read: [Reading] = []

  /// What an affine map has read, and how much its results mattered.
  struct Reading {
    /// The vector that it read.
    var vector: [Double]
    /// For each equally large group of its rows (ff1, ff2, time_a and time_b of heads, otherwise all), the mean square
    /// of the derivative of a neuron's new state by its row of the group; 1 where that is not known.
    var weights: [Double] = [1]
  }

  /// The network of a valid model, with all states zero.
  public init(_ model: NetworkModel) {
    self.model = model
    states = model.cells.map { [Double](repeating: 0, count: $0.units) }
    c = [Double](repeating: 0, count: model.memory?.units ?? 0)
  }

  /// One step from `inputs`, as many as the model has, and the elapsed time; returns the outputs.
  public mutating func step(_ inputs: [Float], ts: Float) -> [Double] {
    read.removeAll(keepingCapacity: true)
    let ts = Double(ts)
    var input = inputs.map(Double.init)
    if let memory = model.memory {
      let hidden = remember(memory, input)
      switch memory.role {
      case .replacesState: states[0] = hidden
      case .feedsInput: input = hidden
      }
    }
    for (k, cell) in model.cells.enumerated() {
      switch cell {
      case .cfc(let cell):
        var x = input + states[k]
        for layer in cell.backbone {
          x = apply(layer, x).map { Self.activate(cell.backboneActivation, $0) }
        }
        let heads = apply(cell.heads, x)
        if cell.mode != .pure { read[read.count - 1].weights = Self.weights(cell, heads, ts) }
        states[k] = (0..<cell.units).map { Self.renew(cell, heads, $0, ts) }
      case .ltc(let cell):
        for _ in 0..<cell.unfolds {
          states[k] = Self.unfold(cell, input, states[k], ts / Double(cell.unfolds))
        }
      }
      input = states[k]
    }
    if let projection = model.projection { return apply(projection, input) }
    return Array(input.prefix(model.outputs.count))
  }

  private mutating func remember(_ memory: NetworkModel.Memory, _ input: [Double]) -> [Double] {
    let n = memory.units
    let z = apply(memory.gates, input + states[0])
    c = (0..<n).map { c[$0] * Self.sigmoid(z[2 * n + $0]) + tanh(z[$0]) * Self.sigmoid(z[n + $0]) }
    return (0..<n).map { tanh(c[$0]) * Self.sigmoid(z[3 * n + $0]) }
  }

  private mutating func apply(_ map: NetworkModel.Affine, _ x: [Double]) -> [Double] {
    read.append(Reading(vector: x))
    return map.weights.withUnsafeBufferPointer { weights in
      x.withUnsafeBufferPointer { x in
        (0..<map.rows).map { row in
          var sum = Double(map.bias[row])
          for column in 0..<map.columns { sum += Double(weights[row * map.columns + column]) * x[column] }
          return sum
        }
      }
    }
  }

  /// The potentials after a semi-implicit Euler step of length `d`.
  private static func unfold(_ cell: NetworkModel.LTC, _ input: [Double], _ v: [Double], _ d: Double)
    -> [Double]
  {
    let sources = input + v
    return (0..<cell.units).map { unit in
      let leak = Double(cell.leaks[unit])
      var conductance = leak + NetworkModel.LTC.epsilon
      var current = leak * Double(cell.leakReversals[unit])
      for column in 0..<cell.columns {
        let place = unit * cell.columns + column
        let weight = Double(cell.weights[place])
        guard weight != 0 else { continue }
        let open =
          weight * sigmoid(Double(cell.slopes[place]) * sources[column] + Double(cell.offsets[place]))
        conductance += open
        current += open * Double(cell.reversals[place])
      }
      return v[unit] + d * (current - conductance * v[unit])
        / (Double(cell.capacitances[unit]) + d * conductance)
    }
  }

  private static func renew(_ cell: NetworkModel.CfC, _ heads: [Double], _ unit: Int, _ ts: Double) -> Double
  {
    let f1 = heads[unit]
    if let wTau = cell.wTau, let a = cell.a {
      let (w, a) = (abs(Double(wTau[unit])), Double(a[unit]))
      return a - a * exp(-ts * (w + abs(f1))) * f1
    }
    let n = cell.units
    let (g, h) = (activate(cell.headActivation, f1), activate(cell.headActivation, heads[n + unit]))
    let s = sigmoid(heads[2 * n + unit] * ts + heads[3 * n + unit])
    return cell.mode == .noGate ? g + s * h : g * (1 - s) + s * h
  }

  /// How much the rows of each head matter; see `Reading.weights`.
  private static func weights(_ cell: NetworkModel.CfC, _ heads: [Double], _ ts: Double) -> [Double] {
    let n = cell.units
    var sums = [0.0, 0, 0, 0]
    for unit in 0..<n {
      let (g, h) = (
        activate(cell.headActivation, heads[unit]), activate(cell.headActivation, heads[n + unit])
      )
      let s = sigmoid(heads[2 * n + unit] * ts + heads[3 * n + unit])
      let isDefault = cell.mode == .default
      let gate = s * (1 - s) * (isDefault ? h - g : h)
      let ff1 = (isDefault ? 1 - s : 1) * slope(cell.headActivation, heads[unit])
      let ff2 = s * slope(cell.headActivation, heads[n + unit])
      for (group, value) in [ff1, ff2, gate * ts, gate].enumerated() {
        sums[group] += value * value / Double(n)
      }
    }
    return sums
  }

  /// The derivative of a head's activation.
  private static func slope(_ activation: NetworkModel.HeadActivation, _ x: Double) -> Double {
    switch activation {
    case .tanh: 1 - tanh(x) * tanh(x)
    case .linear: 1
    case .lecunTanh: 1.7159 * 0.666 * (1 - tanh(0.666 * x) * tanh(0.666 * x))
    }
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private static func activate(_ activation: NetworkModel.HeadActivation, _ x: Double) -> Double {
    switch activation {
    case .tanh: tanh(x)
    case .linear: x
    case .lecunTanh: 1.7159 * tanh(0.666 * x)
    }
  }

  private static func activate(_ activation: NetworkModel.BackboneActivation, _ x: Double) -> Double {
    switch activation {
    case .silu: x * sigmoid(x)
    case .relu: max(x, 0)
    case .tanh: tanh(x)
    case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
    case .lecunTanh: 1.7159 * tanh(0.666 * x)
    }
  }
}
