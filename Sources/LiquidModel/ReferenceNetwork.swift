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
  public let model: CfCModel
  /// The state of each cell.
  public private(set) var states: [[Double]]
  /// The LSTM's c.
  public private(set) var c: [Double]
  /// What each affine map has read in the last step, in the order of `FixedModel.maps`.
  private(set) var read: [[Double]] = []

  /// The network of a valid model, with all states zero.
  public init(_ model: CfCModel) {
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
      var x = input + states[k]
      for layer in cell.backbone {
        x = apply(layer, x).map { Self.activate(cell.backboneActivation, $0) }
      }
      let heads = apply(cell.heads, x)
      states[k] = (0..<cell.units).map { Self.renew(cell, heads, $0, ts) }
      input = states[k]
    }
    if let projection = model.projection { return apply(projection, input) }
    return Array(input.prefix(model.outputs.count))
  }

  private mutating func remember(_ memory: CfCModel.Memory, _ input: [Double]) -> [Double] {
    let n = memory.units
    let z = apply(memory.gates, input + states[0])
    c = (0..<n).map { c[$0] * Self.sigmoid(z[2 * n + $0]) + tanh(z[$0]) * Self.sigmoid(z[n + $0]) }
    return (0..<n).map { tanh(c[$0]) * Self.sigmoid(z[3 * n + $0]) }
  }

  private mutating func apply(_ map: CfCModel.Affine, _ x: [Double]) -> [Double] {
    read.append(x)
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

  private static func renew(_ cell: CfCModel.Cell, _ heads: [Double], _ unit: Int, _ ts: Double) -> Double {
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

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private static func activate(_ activation: CfCModel.HeadActivation, _ x: Double) -> Double {
    switch activation {
    case .tanh: tanh(x)
    case .linear: x
    case .lecunTanh: 1.7159 * tanh(0.666 * x)
    }
  }

  private static func activate(_ activation: CfCModel.BackboneActivation, _ x: Double) -> Double {
    switch activation {
    case .silu: x * sigmoid(x)
    case .relu: max(x, 0)
    case .tanh: tanh(x)
    case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
    case .lecunTanh: 1.7159 * tanh(0.666 * x)
    }
  }
}
