/// A square matrix of any size, for what is computed before a vehicle moves: it takes heap memory.
public struct SquareMatrix: Equatable, Sendable {
  /// Number of rows, and of columns.
  public let size: Int
  private var elements: [Double]

  /// Zeros.
  public init(size: Int) {
    self.size = size
    elements = Array(repeating: 0, count: size * size)
  }

  /// The identity.
  public init(identity size: Int) {
    self.init(size: size)
    for place in 0..<size { self[place, place] = 1 }
  }

  /// An element; rows and columns count from 0, and must be in the matrix.
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * size + column] }
    set { elements[row * size + column] = newValue }
  }

  /// The sum of two matrices of one size.
  public static func + (a: SquareMatrix, b: SquareMatrix) -> SquareMatrix {
    var sum = a
    for place in a.elements.indices { sum.elements[place] += b.elements[place] }
    return sum
  }

  /// The product of two matrices of one size.
  public static func * (a: SquareMatrix, b: SquareMatrix) -> SquareMatrix {
    var product = SquareMatrix(size: a.size)
    for row in 0..<a.size {
      for inner in 0..<a.size {
        let factor = a[row, inner]
        for column in 0..<a.size { product[row, column] += factor * b[inner, column] }
      }
    }
    return product
  }

  /// The product with a vector of the matrix's size.
  public static func * (a: SquareMatrix, v: [Double]) -> [Double] {
    (0..<a.size).map { row in (0..<a.size).reduce(0) { $0 + a[row, $1] * v[$1] } }
  }

  /// Rows for columns.
  public var transposed: SquareMatrix {
    var copy = SquareMatrix(size: size)
    for row in 0..<size { for column in 0..<size { copy[column, row] = self[row, column] } }
    return copy
  }

  /// Multiplies each element by `factor`.
  public mutating func scale(by factor: Double) {
    for place in elements.indices { elements[place] *= factor }
  }

  /// The largest magnitude of an element; infinite when one is not a number.
  public var largest: Double {
    elements.reduce(0) { $1.magnitude > $0 ? $1.magnitude : $1.isNaN ? .infinity : $0 }
  }

  /// The largest magnitude of a difference from a matrix of the same size.
  public func largestDifference(from other: SquareMatrix) -> Double {
    zip(elements, other.elements).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }
}
