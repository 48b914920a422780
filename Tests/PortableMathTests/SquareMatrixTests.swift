import PortableMath
import Testing

@Suite("Square matrices")
struct SquareMatrixTests {
  private static let one = matrix([[1, 2, 3], [0, 1, 4], [5, 6, 0]])

  private static func matrix(_ rows: [[Double]]) -> SquareMatrix {
    var matrix = SquareMatrix(size: rows.count)
    for (row, elements) in rows.enumerated() {
      for (column, element) in elements.enumerated() { matrix[row, column] = element }
    }
    return matrix
  }

  @Test("multiply with each other, in their order, and with vectors")
  func products() {
    let two = Self.matrix([[1, 0, 0], [2, 1, 0], [0, 0, -1]])
    #expect(Self.one * two == Self.matrix([[5, 2, -3], [2, 1, -4], [17, 6, 0]]))
    #expect(two * Self.one == Self.matrix([[1, 2, 3], [2, 5, 10], [-5, -6, 0]]))
    #expect(Self.one * [1, -1, 2] == [5, 7, -1])
    // The inverse of the matrix, which has integers only.
    let inverse = Self.matrix([[-24, 18, 5], [20, -15, -4], [-5, 4, 1]])
    #expect(Self.one * inverse == SquareMatrix(identity: 3))
  }

  @Test("are transposed, added, scaled and compared")
  func others() {
    #expect(Self.one.transposed == Self.matrix([[1, 0, 5], [2, 1, 6], [3, 4, 0]]))
    var twice = Self.one
    twice.scale(by: 2)
    #expect(Self.one + Self.one == twice)
    #expect(twice.largest == 12)
    #expect(twice.largestDifference(from: Self.one) == 6)
    twice[1, 2] = .nan
    #expect(twice.largest == .infinity)
  }
}
