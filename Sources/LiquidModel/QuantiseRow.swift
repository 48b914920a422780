import LiquidCore

extension MapQuantiser {
  /// Finer than this no weight needs to be: the multiplier keeps its relative precision.
  private static let leastUnit = exp2(-36)
  /// Appends a row's weights and bias, and returns what a unit of its total stands for.
  func quantise(_ row: Int, factor: Double, blockShift: Int, into fixed: inout FixedModel.Map)
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
        let bound = fixed.bound(ofRow: row, reading)
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

  /// The largest sum of a block of columns and of a row, in real numbers, over all that it can read.
  private func largest(_ row: [Double]) -> (block: Double, sum: Double) {
    let width = weightBits == 8 ? map.columns : ImageLayout.blockColumns
    var (block, sum) = (0.0, 0.0)
    for start in stride(from: 0, to: map.columns, by: width) {
      var part = 0.0
      for column in start..<min(start + width, map.columns) {
        part += abs(row[column]) * Double(reading.largest(column))
      }
      block = max(block, part)
      sum += part
    }
    return (block, sum)
  }

  /// What rounds a row.
  private func rounding(ofRow row: Int) -> CompensatedRounding? {
    rounding.isEmpty ? nil : rounding[row * rounding.count / map.rows]
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
