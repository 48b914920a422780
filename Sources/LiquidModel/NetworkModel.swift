/// A liquid network as trained: the one canonical description that every flavour is exported to.
///
/// A chain of closed-form (CfC) or liquid time-constant (LTC) cells. All arrays are row-major, weights are
/// [rows = units written, columns = units read]. The exporter has already applied masks and polarity, negated
/// the time gate where the origin has a minus there, added the LSTM's forget bias, and put the gates into the
/// order given below; see `docs/model-format.md`.
public struct NetworkModel: Sendable, Equatable {
  /// A dense affine map: `rows` outputs, `columns` inputs.
  public struct Affine: Sendable, Equatable {
    /// Outputs and inputs.
    public var rows, columns: Int
    /// `rows × columns` weights, row-major.
    public var weights: [Float]
    /// `rows` biases.
    public var bias: [Float]

    /// An affine map from its parts; the counts are checked by `NetworkModel.validate`.
    public init(rows: Int, columns: Int, weights: [Float], bias: [Float]) {
      (self.rows, self.columns, self.weights, self.bias) = (rows, columns, weights, bias)
    }
  }

  /// Activation of a backbone layer.
  public enum BackboneActivation: String, Sendable, CaseIterable {
    case silu, relu, tanh, gelu
    case lecunTanh = "lecun_tanh"
  }

  /// Activation of the heads ff1 and ff2.
  public enum HeadActivation: String, Sendable, CaseIterable {
    case tanh, linear
    case lecunTanh = "lecun_tanh"
  }

  /// How the heads and the elapsed time `ts` become the new state.
  public enum Mode: String, Sendable, CaseIterable {
    /// g(1 − s) + s·h with s = σ(time_a · ts + time_b), g = act(ff1), h = act(ff2).
    case `default`
    /// g + s·h.
    case noGate = "no_gate"
    /// a − a·exp(−ts(|w_tau| + |f1|))·f1 with f1 = ff1, no head activation.
    case pure
  }

  /// A cell of the chain.
  public typealias Cell = CellOf<CfC, LTC>

  /// One closed-form continuous-time cell; a wired network (NCP) is a chain of these: inter, command, motor.
  public struct CfC: HasUnits, Sendable, Equatable {
    /// How the state is renewed.
    public var mode: Mode
    /// Neurons of this cell.
    public var units: Int
    /// Activation after each backbone layer.
    public var backboneActivation: BackboneActivation
    /// The shared layers in front of the heads; the first reads [input | own previous state].
    public var backbone: [Affine]
    /// Activation of ff1 and ff2 in modes default and no_gate.
    public var headActivation: HeadActivation
    /// Heads; each reads the last backbone layer, or [input | own previous state] without one.
    public var ff1: Affine
    /// Present in modes default and no_gate.
    public var ff2, timeA, timeB: Affine?
    /// `units` values each, present in mode pure.
    public var wTau, a: [Float]?

    /// A cell from its parts; checked by `NetworkModel.validate`.
    public init(
      mode: Mode, units: Int, backboneActivation: BackboneActivation, backbone: [Affine],
      headActivation: HeadActivation, ff1: Affine, ff2: Affine?, timeA: Affine?, timeB: Affine?,
      wTau: [Float]?, a: [Float]?
    ) {
      (self.mode, self.units) = (mode, units)
      (self.backboneActivation, self.backbone, self.headActivation) =
        (backboneActivation, backbone, headActivation)
      (self.ff1, self.ff2, self.timeA, self.timeB) = (ff1, ff2, timeA, timeB)
      (self.wTau, self.a) = (wTau, a)
    }
  }

  /// An LSTM beside a dense CfC ("mixed memory").
  ///
  /// One affine map on [input | the cell's previous state] of 4·units rows in the order candidate i, input
  /// gate, forget gate, output gate: c' = c·σ(f) + tanh(i)·σ(ig), hidden' = tanh(c')·σ(og). In every
  /// origin the recurrent input is the CfC's state, not hidden, so `units` equals the cell's, and what is
  /// carried from step to step is c and the cell's state.
  public struct Memory: Sendable, Equatable {
    /// What the LSTM's hidden output is to the cell.
    public enum Role: String, Sendable, CaseIterable {
      /// ncps.torch: the cell reads [input | hidden']: hidden' stands in for its previous state.
      case replacesState = "replaces_state"
      /// Keras, TensorFlow: the cell reads [hidden' | its previous state]: hidden' is its only input.
      case feedsInput = "feeds_input"
    }
    /// What the LSTM's hidden output is to the cell.
    public var role: Role
    /// LSTM units, as many as the cell has.
    public var units: Int
    /// The gates' affine map, [4·units, inputs + units]; a forget bias is already added.
    public var gates: Affine

    /// A memory from its parts.
    public init(role: Role, units: Int, gates: Affine) {
      (self.role, self.units, self.gates) = (role, units, gates)
    }
  }

  /// A named input or output with its unit and range.
  public struct Port: Sendable, Equatable, Codable {
    /// Name and unit as the trainer gave them, e.g. "roll_error" and "rad".
    public var name, unit: String
    /// The range the network was trained for, in network units (after scaling).
    public var minimum, maximum: Double

    /// A port from its parts.
    public init(name: String, unit: String, minimum: Double, maximum: Double) {
      (self.name, self.unit, self.minimum, self.maximum) = (name, unit, minimum, maximum)
    }
  }

  /// Inputs and outputs in order.
  public var inputs, outputs: [Port]
  /// Mixed memory, if any; only with a single cell.
  public var memory: Memory?
  /// The cells in order; each reads the new state of the one before, the first reads the input.
  public var cells: [Cell]
  /// Final affine map on the last cell's state; without it the outputs are the first `outputs.count` units.
  public var projection: Affine?
  /// Seconds that ts = 1 stands for.
  public var timeUnit: Double
  /// Range of ts, in time units, that the network is to be run with.
  public var minimumTs, maximumTs: Double
  /// Where it came from, e.g. "ncps.torch", "keras-ncp", "drone_causality".
  public var flavour: String
  /// Anything the trainer wants to be remembered, e.g. commit, seed, date, data digest.
  public var provenance: [String: String]

  /// A model from its parts; checked by `validate`.
  public init(
    inputs: [Port], outputs: [Port], memory: Memory?, cells: [Cell], projection: Affine?, timeUnit: Double,
    minimumTs: Double, maximumTs: Double, flavour: String, provenance: [String: String]
  ) {
    (self.inputs, self.outputs, self.memory, self.cells) = (inputs, outputs, memory, cells)
    (self.projection, self.timeUnit, self.minimumTs, self.maximumTs) =
      (projection, timeUnit, minimumTs, maximumTs)
    (self.flavour, self.provenance) = (flavour, provenance)
  }
}
