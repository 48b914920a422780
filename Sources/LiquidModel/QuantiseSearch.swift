extension CompensatedRounding {
  /// Roundings that are followed side by side.
  static let paths = 8

  /// Rounds as `round` does, but follows both neighbours of a weight, and of all roundings so begun the `paths` with the
  /// least error: what is worse for one column can be better for all.
  ///
  /// The M-algorithm for the closest vector of a lattice (Anderson and Mohan, IEEE Trans. Communications 32, 1984).
  func search(_ row: [Double], limit: Double) -> (weights: [Int16], bias: Double, loss: Double) {
    let order = row.count
    var rests = row
    var chosen: [Double] = []
    var losses = [0.0]
    for column in 0..<order - 1 {
      var branches: [(loss: Double, path: Int, weight: Double)] = []
      for path in losses.indices {
        let value = rests[path * order + column]
        for weight in Self.neighbours(value, isZero: row[column] == 0, limit) {
          let error = value - weight
          branches.append((losses[path] + error * error * pivots[column], path, weight))
        }
      }
      branches.sort { ($0.loss, $0.path, $0.weight) < ($1.loss, $1.path, $1.weight) }
      branches.removeLast(max(branches.count - Self.paths, 0))
      var (nextRests, nextChosen): ([Double], [Double]) = ([], [])
      nextRests.reserveCapacity(branches.count * order)
      nextChosen.reserveCapacity(branches.count * (column + 1))
      for branch in branches {
        nextChosen += chosen[branch.path * column..<(branch.path + 1) * column]
        nextChosen.append(branch.weight)
        nextRests += rests[branch.path * order..<(branch.path + 1) * order]
        let start = nextRests.count - order
        let error = nextRests[start + column] - branch.weight
        spread(error, from: column, &nextRests, at: start)
      }
      (rests, chosen, losses) = (nextRests, nextChosen, branches.map(\.loss))
    }
    // The paths are in the order of their errors.
    return (chosen.prefix(order - 1).map { Int16($0) }, rests[order - 1], losses[0])
  }

  /// The integers next to `value`, the nearest first; only zero for a weight that stays zero.
  private static func neighbours(_ value: Double, isZero: Bool, _ limit: Double) -> [Double] {
    if isZero { return [0] }
    let nearest = min(max(value.rounded(), -limit), limit)
    let other = min(max(value < nearest ? nearest - 1 : nearest + 1, -limit), limit)
    return nearest == other ? [nearest] : [nearest, other]
  }
}
