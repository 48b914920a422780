import PortableMath
import Testing

@Suite("Matrices and least squares")
struct Matrix3Tests {
  private static func matrices(seed: UInt64, count: Int) -> [Matrix3] {
    var random = RandomGenerator(seed: seed)
    func vector() -> Vector3 { Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()) }
    return (0..<count).map { _ in Matrix3(vector(), vector(), vector()) }
  }

  private func distance(_ a: Matrix3, _ b: Matrix3) -> Double {
    max((a.x - b.x).length, (a.y - b.y).length, (a.z - b.z).length)
  }

  @Test("a matrix times its inverse is the identity, and a flat one has no inverse")
  func inverse() throws {
    for matrix in Self.matrices(seed: 1, count: 500) where matrix.determinant.magnitude > 0.01 {
      let inverse = try #require(matrix.inverse)
      #expect(distance(matrix * inverse, .identity) < 1e-11)
      #expect(distance(inverse * matrix, .identity) < 1e-11)
    }
    #expect(Matrix3(Vector3(1, 2, 3), Vector3(2, 4, 6), Vector3(0, 0, 1)).inverse == nil)
    #expect(Matrix3(diagonal: Vector3(1, 1, .nan)).inverse == nil)
  }

  @Test("a product maps as one matrix after the other does, and rows become columns")
  func product() {
    let pairs = zip(Self.matrices(seed: 2, count: 100), Self.matrices(seed: 3, count: 100))
    let v = Vector3(0.3, -2, 1.1)
    for (a, b) in pairs {
      #expect((a * b * v - a * (b * v)).length < 1e-12)
      #expect(distance((a * b).transposed, b.transposed * a.transposed) < 1e-13)
    }
  }

  @Test("eigenvalues ascend, eigenvectors are orthonormal, and together they make the matrix again")
  func eigen() {
    for matrix in Self.matrices(seed: 4, count: 500) {
      let symmetric = matrix + matrix.transposed
      let eigen = SymmetricEigen(symmetric)
      #expect(eigen.values.x <= eigen.values.y && eigen.values.y <= eigen.values.z)
      #expect(distance(eigen.vectors * eigen.vectors.transposed, .identity) < 1e-13)
      #expect(distance(eigen.mapped { $0 }, symmetric) < 1e-13)
      let square = eigen.mapped { $0 * $0 }
      #expect(distance(square, symmetric * symmetric) < 1e-12)
    }
    let diagonal = SymmetricEigen(Matrix3(diagonal: Vector3(3, -1, 2)))
    #expect(diagonal.values == Vector3(-1, 2, 3))
  }

  @Test("equal eigenvalues and numbers that are none do not trap")
  func degenerateEigen() {
    #expect(SymmetricEigen(.identity).values == Vector3(1, 1, 1))
    #expect(SymmetricEigen(Matrix3(diagonal: .zero)).values == .zero)
    let broken = SymmetricEigen(Matrix3(symmetric: .nan, 1, .infinity, xy: .nan, xz: 0, yz: 1))
    #expect(!broken.values.isFinite)
  }

  @Test("least squares find what made the rows, whatever the unknowns' sizes")
  func recovery() throws {
    var random = RandomGenerator(seed: 5)
    let truth = [3.0, -2e4, 1e-3, 0.5]
    var equations = LeastSquares(unknowns: 4)
    for _ in 0..<50 {
      let row = [1, 1e-4, 1e3, 1].map { $0 * random.nextGaussian() }
      equations.add(row, zip(row, truth).reduce(0) { $0 + $1.0 * $1.1 })
    }
    let found = try #require(equations.solution())
    for (found, wanted) in zip(found, truth) { #expect(abs(found / wanted - 1) < 1e-10) }
    #expect(equations.rows == 50)
  }

  @Test("rows that leave an unknown open, or hold what is no number, have no solution")
  func unsettled() {
    var flat = LeastSquares(unknowns: 3)
    for i in 0..<20 { flat.add([Double(i), 2 * Double(i), 1], Double(i)) }
    #expect(flat.solution() == nil)
    var broken = LeastSquares(unknowns: 2)
    broken.add([1, 0], 1)
    broken.add([0, .nan], 1)
    #expect(broken.solution() == nil)
    #expect(LeastSquares(unknowns: 2).solution() == nil)
  }
}
