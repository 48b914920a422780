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
  let map: CfCModel.Affine
  /// What the integers that it reads stand for, for each column.
  let columnScales: [Double]
  /// 8 or 16.
  let weightBits: Int
  /// Shares the error of a row among its weights: for each equally large group of rows; none without statistics.
  let rounding: [CompensatedRounding]

  /// What rounds a row.
  private func rounding(ofRow row: Int) -> CompensatedRounding? {
    rounding.isEmpty ? nil : rounding[row * rounding.count / map.rows]
  }

  /// Finer than this no weight needs to be: the multiplier keeps its relative precision.
  private static let leastUnit = exp2(-36)
  /// Half a unit of a result in units of its total, at most.
  private static let largestHalf = exp2(22)

  /// Σ|weights| of each block of columns and |bias| of a row, in real numbers over the largest input.
  private func largest(_ row: [Double]) -> (block: Double, sum: Double) {
    let width = weightBits == 8 ? map.columns : ImageLayout.blockColumns
    var (block, sum) = (0.0, 0.0)
    for start in stride(from: 0, to: map.columns, by: width) {
      var part = 0.0
      for column in start..<min(start + width, map.columns) { part += abs(row[column]) }
      block = max(block, part)
      sum += part
    }
    return (block * Double(FixedModel.Map.largestInput), sum * Double(FixedModel.Map.largestInput))
  }

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
        let bound = (Double(fixed.bound(ofRow: row).total) * 1.001 + 1) * unit
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
        if multiplier > 0 { fixed.bias[row] += Int32(min(exp2(31) / multiplier, Self.largestHalf).rounded()) }
      }
      fractions.append(fraction)
    }
    return (fixed, fractions)
  }

  /// Appends a row's weights and bias, and returns what a unit of its total stands for.
  private func quantise(_ row: Int, factor: Double, blockShift: Int, into fixed: inout FixedModel.Map)
    -> Double
  {
    let bias = Double(map.bias[row]) * factor
    let weights = (0..<map.columns).map {
      Double(map.weights[row * map.columns + $0]) * columnScales[$0] * factor
    }
    let limit = weightBits == 8 ? 127.0 : 32767.0
    let most = Double(Int32.max) - 4096 - Self.largestHalf
    let shifted = exp2(blockShift)
    let (block, sum) = largest(weights)
    // What an integer weight stands for: so large that weights, sums of blocks, and the total fit.
    var unit = weights.reduce(0) { max($0, abs($1)) } / limit
    unit = max(unit, block / most, sum / shifted / most + abs(bias) / shifted / most, Self.leastUnit)
    let rounding = rounding(ofRow: row)
    unit *= leastLoss(weights + [bias], unit, limit, rounding)
    while true {
      let (integers, total) = rounded(weights.map { $0 / unit }, bias: bias / unit, limit, rounding)
      let rounded = (total / shifted).rounded()
      if abs(rounded) <= most {
        fixed.weights.append(contentsOf: integers)
        fixed.bias.append(Int32(rounded))
        let bound = fixed.bound(ofRow: row)
        if bound.block <= Int64(Int32.max), bound.total <= Int64(Int32.max) - Int64(Self.largestHalf) {
          return unit * shifted
        }
        fixed.weights.removeLast(integers.count)
        fixed.bias.removeLast()
      }
      // Rounding has carried a full row over the bound.
      unit *= 1.01
    }
  }

  private func rounded(
    _ weights: [Double], bias: Double, _ limit: Double, _ rounding: CompensatedRounding?
  ) -> (integers: [Int16], bias: Double) {
    guard let rounding else {
      return (weights.map { Int16(min(max($0.rounded(), -limit), limit)) }, bias)
    }
    let (integers, bias, _) =
      isSearched
      ? rounding.search(weights + [bias], limit: limit) : rounding.round(weights + [bias], limit: limit)
    return (integers, bias)
  }

  /// The factor of `unit` with which the row's error is least: a finer unit that cuts off the few largest weights
  /// can be better for all the others.
  private func leastLoss(
    _ row: [Double], _ unit: Double, _ limit: Double, _ rounding: CompensatedRounding?
  ) -> Double {
    guard weightBits == 8, let rounding else { return 1 }
    func loss(_ factor: Double, isSearched: Bool) -> Double {
      let unit = unit * factor
      let scaled = row.map { $0 / unit }
      let loss =
        isSearched
        ? rounding.search(scaled, limit: limit).loss : rounding.round(scaled, limit: limit).loss
      return loss * unit * unit
    }
    let factors = (0...40).map { 1 - 0.0125 * Double($0) }
    let quick = factors.map { (loss: loss($0, isSearched: false), factor: $0) }.sorted { $0.loss < $1.loss }
    guard isSearched else { return quick[0].factor }
    var best = (loss: Double.infinity, factor: 1.0)
    for trial in quick.prefix(Self.searchedUnits) {
      let loss = loss(trial.factor, isSearched: true)
      if loss < best.loss { best = (loss, trial.factor) }
    }
    return best.factor
  }

  /// Whether the best of many roundings is looked for: with 16 bits rounding is not what limits, and with many columns
  /// it takes minutes.
  private var isSearched: Bool { weightBits == 8 && map.columns <= 64 }

  /// Of the factors of a unit, so many are looked at closely.
  private static let searchedUnits = 6
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
