/// Linear least squares with a handful of unknowns: the normal equations, summed row by row and solved by Cholesky's
/// decomposition.
///
/// Squaring costs half the digits, which is no matter for a few unknowns of like size; `solution` scales them to that and
/// says when the rows do not settle them.
public struct LeastSquares: Sendable {
  private let unknowns: Int
  /// Sums of products, a row for each unknown, and of products with the value.
  private var matrix: [Double]
  private var right: [Double]
  /// Rows so far.
  public private(set) var rows = 0

  /// Equations with so many unknowns.
  public init(unknowns: Int) {
    self.unknowns = max(unknowns, 1)
    matrix = [Double](repeating: 0, count: self.unknowns * self.unknowns)
    right = [Double](repeating: 0, count: self.unknowns)
  }

  /// Adds the equation `coefficients · unknowns = value`; coefficients that are missing count as 0.
  public mutating func add(_ coefficients: [Double], _ value: Double) {
    let count = min(unknowns, coefficients.count)
    for i in 0..<count {
      for j in 0...i { matrix[i * unknowns + j] += coefficients[i] * coefficients[j] }
      right[i] += coefficients[i] * value
    }
    rows += 1
  }

  /// The unknowns for which the sum of squared differences is least; `nil` when the rows do not settle them: when a
  /// pivot, of the matrix scaled to ones on its diagonal, is below `leastPivot`, or anything is not finite.
  public func solution(leastPivot: Double = 1e-9) -> [Double]? {
    let n = unknowns
    var scale = [Double](repeating: 0, count: n)
    for i in 0..<n {
      let diagonal = matrix[i * n + i]
      guard diagonal > 0, diagonal.isFinite else { return nil }
      scale[i] = 1 / diagonal.squareRoot()
    }
    var lower = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        var sum = matrix[i * n + j] * scale[i] * scale[j]
        for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
        if i != j {
          lower[i * n + j] = sum / lower[j * n + j]
        } else {
          guard sum > leastPivot else { return nil }
          lower[i * n + i] = sum.squareRoot()
        }
      }
    }
    var solution = [Double](repeating: 0, count: n)
    for i in 0..<n {
      var sum = right[i] * scale[i]
      for k in 0..<i { sum -= lower[i * n + k] * solution[k] }
      solution[i] = sum / lower[i * n + i]
    }
    for i in (0..<n).reversed() {
      var sum = solution[i]
      for k in (i + 1)..<max(n, i + 1) { sum -= lower[k * n + i] * solution[k] }
      solution[i] = sum / lower[i * n + i]
    }
    for i in 0..<n { solution[i] *= scale[i] }
    return solution.allSatisfy(\.isFinite) ? solution : nil
  }
}
