import LiquidCore

/// What makes an affine map of real numbers one of integers.
struct MapQuantiser {
  /// A run of rows with the same format.
  struct Group {
    /// What each row is multiplied by first: 0.666 before lecun_tanh, one over the largest value where the result
    /// is a vector without bound, else 1.
    var factors: [Double]
    /// Bits behind the point of the result: the fewest that the reader works with, and the most that help.
    var fractions: ClosedRange<Int>
    /// So many bits more have the first rows, half of all: time_a before the high word of its product with ts.
    var moreInFirstHalf = 0

    /// What `moreInFirstHalf` means for a row.
    func more(inRow row: Int) -> Int { row < factors.count / 2 ? moreInFirstHalf : 0 }
  }

  /// The prefix of its tensors' names.
  let name: String
  /// The map.
  let map: NetworkModel.Affine
  /// What the integers that it reads stand for, for each column.
  let columnScales: [Double]
  /// What bounds those integers.
  let reading: FixedModel.Reading
  /// 8 or 16.
  let weightBits: Int
  /// Shares the error of a row among its weights: for each equally large group of rows; none without statistics.
  let rounding: [CompensatedRounding]

  /// Half a unit of a result in units of its total, at most.
  static let largestHalf = exp2(22)

  /// The integers, and the fraction of each group.
  ///
  /// - Throws: `ModelError` for a row whose values no format can hold.
  func quantised(_ groups: [Group]) throws(ModelError) -> (map: FixedModel.Map, fractions: [Int]) {
    let blocks = (map.columns + ImageLayout.blockColumns - 1) / ImageLayout.blockColumns
    let blockShift = weightBits == 8 ? 0 : Int(bitsNeeded: Double(blocks))
    var fixed = FixedModel.Map(
      name: name, rows: map.rows, columns: map.columns,
      widths: [Int](repeating: weightBits, count: FixedModel.Map.panels(ofRows: map.rows)), weights: [],
      bias: [], multipliers: [], blockShift: Int32(blockShift), fraction: 0, valueShift: 1)
    var fractions: [Int] = []
    var first = 0
    for group in groups {
      let rows = first..<first + group.factors.count
      first = rows.upperBound
      var units: [Double] = []
      var fraction = group.fractions.upperBound
      for row in rows {
        let unit = quantise(
          row, factor: group.factors[row - rows.lowerBound], blockShift: blockShift, into: &fixed)
        units.append(unit)
        // The result of the largest total, and the multiplier unit·2^(fraction + shift), are below 2³⁰
        // (a little less, because the multiplier is rounded).
        let bound = (Double(fixed.bound(ofRow: row, reading).total) * 1.001 + 1) * unit
        let more = group.more(inRow: row - rows.lowerBound)
        fraction = min(fraction, 30 - more - Int(bitsNeeded: bound))
        fraction = min(fraction, 30 - more - FixedModel.Map.shift - Int(bitsNeeded: unit))
        guard fraction >= group.fractions.lowerBound else {
          throw ModelError(
            "\(name), row \(row)", "its result can reach \(bound), beyond what fixed point can hold",
            remedy: "narrow the ranges of the inputs, or keep this model in float32 or float16")
        }
      }
      for (row, unit) in zip(rows, units) {
        let bits = fraction + group.more(inRow: row - rows.lowerBound) + FixedModel.Map.shift
        let multiplier = (unit * exp2(bits)).rounded()
        fixed.multipliers.append(Int32(multiplier))
        // The high word is the product rounded down; half a unit of the result more rounds it to the nearest.
        if multiplier > 0 {
          fixed.bias[row] += Int32(min(exp2(31) / multiplier, Self.largestHalf).rounded())
        } else {
          // Less than half a unit of the result whatever is read.
          fixed.bias[row] = 0
          for column in 0..<map.columns { fixed.weights[row * map.columns + column] = 0 }
        }
      }
      fractions.append(fraction)
    }
    return (fixed, fractions)
  }
}

extension Int {
  /// The least n with 2ⁿ ≥ `x` for a positive finite `x`.
  init(bitsNeeded x: Double) {
    let exponent = Int(x.exponent)
    self = x == exp2(exponent) ? exponent : exponent + 1
  }
}

/// 2ⁿ.
func exp2(_ n: Int) -> Double { Double(sign: .plus, exponent: n, significand: 1) }
