import LiquidCore

/// A network in fixed point: the integers that a quantised file stores.
///
/// What the integers mean is written down at `FixedPoint` in LiquidCore and in `docs/fixed-point.md`.
public struct FixedModel: Sendable, Equatable {
  /// An affine map in integers: row r of the result is
  /// ⌊(bias[r] + Σ weights[r][c]·input[c])·multipliers[r] / 2³²⌋, where the bias holds the half that rounds.
  public struct Map: Sendable, Equatable {
    /// Where it belongs, e.g. "cell0.backbone0"; the prefix of its tensors' names.
    public var name: String
    /// Outputs and inputs.
    public var rows, columns: Int
    /// Bits of the weights of each panel of eight rows: 8 or 16.
    public var widths: [Int]
    /// `rows × columns` weights, row-major.
    public var weights: [Int16]
    /// `rows` biases at the scale of the row's total.
    public var bias: [Int32]
    /// `rows` multipliers.
    public var multipliers: [Int32]
    /// Right shift of the sum of each block of 32 columns, with 16-bit weights.
    public var blockShift: Int32
    /// Bits behind the point of the result, where an activation or the LSTM reads it.
    public var fraction: Int32
    /// Right shift from there to the values that relu, silu and gelu write; otherwise 1.
    public var valueShift: Int32

    /// Bits of the weights of a row.
    func bits(ofRow row: Int) -> Int { widths[row / ImageLayout.panelRows] }

    /// Neighbouring rows whose weights have the same width, whole panels but for the end of the map.
    struct Run {
      let rows: Range<Int>
      let bits: Int
    }

    /// The rows as runs of one width.
    var runs: [Run] { Self.runs(ofRows: rows, widths: widths) }

    /// The runs of so many rows, of whose panels each has a width.
    static func runs(ofRows rows: Int, widths: [Int]) -> [Run] {
      var runs: [Run] = []
      for (panel, bits) in widths.enumerated() {
        let end = min((panel + 1) * ImageLayout.panelRows, rows)
        if let last = runs.last, last.bits == bits {
          runs[runs.count - 1] = Run(rows: last.rows.lowerBound..<end, bits: bits)
        } else {
          runs.append(Run(rows: panel * ImageLayout.panelRows..<end, bits: bits))
        }
      }
      return runs
    }

    /// Panels of a map with so many rows.
    static func panels(ofRows rows: Int) -> Int {
      ImageLayout.padded(rows, to: ImageLayout.panelRows) / ImageLayout.panelRows
    }
  }

  /// A cell of the chain; the maps of a closed-form one are in `maps`.
  public typealias Cell = CellOf<CfC, LTC>

  /// The formats of a closed-form cell, and its parameters in mode pure.
  public struct CfC: Sendable, Equatable {
    /// Bits behind the point of ff1 and ff2.
    public var headFraction: Int32
    /// Bits behind the point of time_b and of (time_a · ts) >> 32; 0 in mode pure.
    public var gateFraction: Int32
    /// In mode pure: right shift of (|w_tau| + |ff1|) · ts to 20 bits behind the point; otherwise 0.
    public var timeShift: Int32
    /// Right shift from half the new state, or in mode pure from (1 − exp(…)·f1)·a, to the format of the state.
    public var stateShift: Int32
    /// |w_tau| in the format of ff1, in mode pure.
    public var wTau: [Int32]
    /// a, in mode pure.
    public var a: [Int32]
  }

  /// Bits of an input, unless the weights that read it need some of them.
  public static let fullInputBits: Int32 = 16

  /// The network's shape.
  public var architecture: Architecture
  /// int16 or int8.
  public var arithmetic: ModelFile.Arithmetic
  /// An input is multiplied by its scale, rounded, and limited to ±(2^(`inputBits` − 1) − 1).
  public var inputScales: [Float]
  /// An output is its integer times its scale.
  public var outputScales: [Float]
  /// ts is multiplied by 2^`elapsedFraction`, rounded, and limited to `elapsedLimit`.
  public var elapsedFraction, elapsedLimit: Int32
  /// Bits of an input, in `ImageLayout.inputBits`.
  public var inputBits: Int32 = Self.fullInputBits
  /// The affine maps in order of use: memory, then of each cell backbone and heads, then the projection.
  public var maps: [Map]
  /// The cells in order.
  public var cells: [Cell]
}

extension FixedModel.Map {
  /// The widths of its weights for people: "8 bits", or "8 bits, 24 of 40 rows 16 bits".
  public var widthText: String {
    let wide = runs.reduce(0) { $0 + ($1.bits == 16 ? $1.rows.count : 0) }
    if wide == 0 { return "8 bits" }
    return wide == rows ? "16 bits" : "8 bits (\(wide) of \(rows) rows 16 bits)"
  }
}

extension FixedModel {
  /// Share of the weights that have 16 bits.
  public var wideShare: Double {
    var (wide, all) = (0, 0)
    for map in maps {
      all += map.rows * map.columns
      for run in map.runs where run.bits == 16 { wide += run.rows.count * map.columns }
    }
    return Double(wide) / Double(max(all, 1))
  }
}
