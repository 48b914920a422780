extension NetworkModel {
  /// This model with weights that half precision holds exactly, rounded so that errors of one column are made good by
  /// others and by the biases (`CompensatedRounding`) on what the network sees in `calibration`. Of an LTC cell, which
  /// has no sums of weights and inputs, the file rounds each number to its nearest.
  ///
  /// - Throws: `ModelError` for a weight beyond what half precision can hold.
  public func roundedToHalf(_ calibration: Calibration) throws(ModelError) -> NetworkModel {
    var model = self
    var index = 0
    func next(_ map: Affine) -> Affine {
      defer { index += 1 }
      return map.roundedToHalf(calibration.maps[index])
    }
    if let gates = memory?.gates { model.memory?.gates = next(gates) }
    for place in cells.indices {
      guard var cell = cells[place].cfc else { continue }
      for layer in cell.backbone.indices { cell.backbone[layer] = next(cell.backbone[layer]) }
      cell.setHeads(next(cell.heads))
      model.cells[place] = .cfc(cell)
    }
    if let projection { model.projection = next(projection) }
    try model.validate()
    return model
  }
}

extension NetworkModel.Affine {
  /// The rows rounded on the statistics of what they read; as they are without statistics.
  fileprivate func roundedToHalf(_ statistics: MapStatistics) -> NetworkModel.Affine {
    let scales = [Double](repeating: 1, count: columns)
    let roundings = statistics.moments.indices.compactMap {
      CompensatedRounding(statistics, group: $0, scales: scales)
    }
    // What half precision cannot hold at all is for the file to refuse.
    guard !roundings.isEmpty, weights.allSatisfy({ abs(Double($0)) <= Self.largestHalf }) else { return self }
    var rounded = self
    for row in 0..<rows {
      let values = (0..<columns).map { Double(weights[row * columns + $0]) } + [Double(bias[row])]
      let (found, bias, _) = roundings[row * roundings.count / rows].round(values) {
        // A correction must not carry a weight beyond the largest number.
        let limited = min(max($0, -Self.largestHalf), Self.largestHalf)
        return Double(Float(half: Float(limited).half))
      }
      for column in 0..<columns { rounded.weights[row * columns + column] = Float(found[column]) }
      rounded.bias[row] = Float(bias)
    }
    return rounded
  }

  /// Some of the rows.
  fileprivate func taking(_ range: Range<Int>) -> NetworkModel.Affine {
    NetworkModel.Affine(
      rows: range.count, columns: columns,
      weights: Array(weights[range.lowerBound * columns..<range.upperBound * columns]),
      bias: Array(bias[range]))
  }

  /// The largest finite number in half precision.
  private static let largestHalf = 65504.0
}

extension NetworkModel.CfC {
  /// Takes ff1, and beyond mode pure ff2, time_a and time_b, from one affine map.
  fileprivate mutating func setHeads(_ map: NetworkModel.Affine) {
    ff1 = map.taking(0..<units)
    if ff2 != nil { ff2 = map.taking(units..<2 * units) }
    if timeA != nil { timeA = map.taking(2 * units..<3 * units) }
    if timeB != nil { timeB = map.taking(3 * units..<4 * units) }
  }
}
