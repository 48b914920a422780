/// Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan, Matrix Computations,
/// section 8.5): exact arithmetic and square roots only, so every machine agrees.
public struct SymmetricEigen: Equatable, Sendable, BitwiseCopyable {
  /// The eigenvalues, ascending.
  public let values: Vector3
  /// The eigenvectors, of length 1, as rows in the order of the eigenvalues.
  public let vectors: Matrix3

  /// Rotations through all three places beside the diagonal; convergence is quadratic, and five are enough for `Double`.
  private static let sweeps = 12

  /// Decomposes the symmetric part of `matrix`. With an entry that is not finite, the result is not either.
  public init(_ matrix: Matrix3) {
    let symmetric = (matrix + matrix.transposed) * 0.5
    var a: InlineArray<3, Vector3> = [symmetric.x, symmetric.y, symmetric.z]
    var v: InlineArray<3, Vector3> = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)]
    for _ in 0..<Self.sweeps {
      for (p, q) in [(0, 1), (0, 2), (1, 2)] {
        let off = a[p][q]
        guard off != 0 else { continue }
        let theta = (a[q][q] - a[p][p]) / (2 * off)
        let magnitude = theta.magnitude
        let t = (theta < 0 ? -1 : 1) / (magnitude + (magnitude * magnitude + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        // Rows, then columns: the matrix in the rotated axes.
        (a[p], a[q]) = (a[p] * c - a[q] * s, a[p] * s + a[q] * c)
        for row in 0..<3 {
          let (left, right) = (a[row][p], a[row][q])
          a[row][p] = left * c - right * s
          a[row][q] = left * s + right * c
        }
        (v[p], v[q]) = (v[p] * c - v[q] * s, v[p] * s + v[q] * c)
      }
    }
    var order: InlineArray<3, Int> = [0, 1, 2]
    for (left, right) in [(0, 1), (1, 2), (0, 1)] {
      let (first, second) = (order[left], order[right])
      if a[second][second] < a[first][first] { (order[left], order[right]) = (second, first) }
    }
    let (i, j, k) = (order[0], order[1], order[2])
    values = Vector3(a[i][i], a[j][j], a[k][k])
    vectors = Matrix3(v[i], v[j], v[k])
  }

  /// The symmetric matrix with the same eigenvectors and `function` of each eigenvalue.
  public func mapped(_ function: (Double) -> Double) -> Matrix3 {
    let diagonal = Matrix3(diagonal: Vector3(function(values.x), function(values.y), function(values.z)))
    return vectors.transposed * diagonal * vectors
  }
}
