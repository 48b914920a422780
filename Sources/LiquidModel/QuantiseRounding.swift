/// Rounds the weights of a row so that errors of one column are made good by the columns after it.
///
/// Optimal Brain Quantisation in the form of GPTQ (Frantar et al., ICLR 2023, algorithm 1): with the second
/// moments H of what the map reads, the rounding error e of column j changes the output by e·x_j, which the
/// columns k > j predict with the factors of the inverse of H. The bias, read by a constant 1 and far finer
/// than a weight, comes last and takes the mean error.
struct CompensatedRounding {
  let order: Int
  /// The rows of the upper Cholesky factor of H⁻¹, each divided by its diagonal element.
  private let factors: [Double]
  /// One over the square of each diagonal element.
  let pivots: [Double]

  /// The factors for one group of rows and vectors whose elements are divided by `scales`.
  init?(_ statistics: MapStatistics, group: Int, scales: [Double]) {
    guard statistics.moments.indices.contains(group) else { return nil }
    let moments = statistics.moments[group]
    let order = statistics.columns + 1
    let scales = scales + [1]
    var matrix = [Double](repeating: 0, count: order * order)
    var place = 0
    for row in 0..<order {
      for column in 0...row {
        let value = moments[place] / (scales[row] * scales[column])
        matrix[row * order + column] = value
        matrix[column * order + row] = value
        place += 1
      }
    }
    // A little of the mean diagonal keeps inputs that never moved from taking any size of correction.
    let mean = (0..<order).reduce(0) { $0 + matrix[$1 * order + $1] } / Double(order)
    for k in 0..<order { matrix[k * order + k] += 0.01 * mean + 1e-12 }
    guard let inverse = Self.inverse(matrix, order), let upper = Self.upperFactor(inverse, order) else {
      return nil
    }
    (self.order, factors) = (order, upper.rows)
    pivots = upper.pivots
  }

  /// Rounds `row` (weights in units of their integers, then the bias in units of the same sum) to integers of at
  /// most `limit`; zeros stay zeros. Returns the integers, what the bias has become, and the squared error of the
  /// row's sum that remains.
  func round(_ row: [Double], limit: Double) -> (weights: [Int16], bias: Double, loss: Double) {
    let (weights, bias, loss) = round(row) { min(max($0.rounded(), -limit), limit) }
    return (weights.map { Int16($0) }, bias, loss)
  }

  /// The same with weights rounded by `nearest`.
  @inline(__always)
  func round(_ row: [Double], _ nearest: (Double) -> Double) -> (
    weights: [Double], bias: Double, loss: Double
  ) {
    var rest = row
    var weights = [Double](repeating: 0, count: order - 1)
    var loss = 0.0
    rest.withUnsafeMutableBufferPointer { rest in
      factors.withUnsafeBufferPointer { factors in
        for column in 0..<order - 1 {
          let rounded = row[column] == 0 ? 0 : nearest(rest[column])
          weights[column] = rounded
          let error = rest[column] - rounded
          loss += error * error * pivots[column]
          for next in column + 1..<order { rest[next] -= error * factors[column * order + next] }
        }
      }
    }
    return (weights, rest[order - 1], loss)
  }

  /// Lets the columns behind `column` make good its error, in the row of `rests` that begins at `start`.
  @inline(__always)
  func spread(_ error: Double, from column: Int, _ rests: inout [Double], at start: Int) {
    rests.withUnsafeMutableBufferPointer { rests in
      factors.withUnsafeBufferPointer { factors in
        for next in column + 1..<order { rests[start + next] -= error * factors[column * order + next] }
      }
    }
  }

  /// The inverse of a symmetric positive definite matrix, by its Cholesky factor.
  private static func inverse(_ matrix: [Double], _ order: Int) -> [Double]? {
    guard let lower = lowerFactor(matrix, order) else { return nil }
    // The inverse of the triangle, column by column, and then its product with its transpose.
    var triangle = [Double](repeating: 0, count: order * order)
    for column in 0..<order {
      triangle[column * order + column] = 1 / lower[column * order + column]
      for row in column + 1..<max(order, column + 1) {
        var sum = 0.0
        for k in column..<row { sum -= lower[row * order + k] * triangle[k * order + column] }
        triangle[row * order + column] = sum / lower[row * order + row]
      }
    }
    var inverse = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for k in row..<order {
        let factor = triangle[k * order + row]
        for column in 0...row { inverse[row * order + column] += factor * triangle[k * order + column] }
      }
      for column in 0..<row { inverse[column * order + row] = inverse[row * order + column] }
    }
    return inverse
  }

  /// U with Uᵀ·U = `matrix`, upper triangular, each row divided by its diagonal element; and one over the squares of
  /// those.
  private static func upperFactor(_ matrix: [Double], _ order: Int) -> (rows: [Double], pivots: [Double])? {
    guard let lower = lowerFactor(matrix, order) else { return nil }
    var upper = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in row..<order {
        upper[row * order + column] = lower[column * order + row] / lower[row * order + row]
      }
    }
    let pivots = (0..<order).map { (place: Int) -> Double in
      let diagonal = lower[place * order + place]
      return 1 / (diagonal * diagonal)
    }
    return (upper, pivots)
  }

  /// L with L·Lᵀ = `matrix`, lower triangular; nil when the matrix is not positive definite.
  private static func lowerFactor(_ matrix: [Double], _ order: Int) -> [Double]? {
    var lower = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0...row {
        var sum = matrix[row * order + column]
        for k in 0..<column { sum -= lower[row * order + k] * lower[column * order + k] }
        if row == column {
          guard sum > 0 else { return nil }
          lower[row * order + row] = sum.squareRoot()
        } else {
          lower[row * order + column] = sum / lower[column * order + column]
        }
      }
    }
    return lower
  }
}
