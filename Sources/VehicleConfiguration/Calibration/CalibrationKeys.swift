import Files
import PortableMath

extension Key<Vector3> {
  /// A list of three numbers, for x, y and z, each within ±`bound`.
  static func vector(_ name: String, within bound: Double, unit: String, _ about: String) -> Key {
    let range = -bound...bound
    return Key(
      name: name, expected: "list of three numbers for x, y, z, each \(range.shown)", unit: unit,
      absence: .isAnError, about: about
    ) { value in
      guard let numbers = value.numbers(3) else { return .unexpected() }
      for (axis, number) in zip(["x", "y", "z"], numbers) where !range.contains(number) {
        return .wrong("found \(number.shown) for \(axis), expected number, \(range.shown) (\(unit))")
      }
      return .value(Vector3(numbers[0], numbers[1], numbers[2]))
    }
  }
}

extension Key<Matrix3> {
  /// Three rows of three numbers: a correction near the identity, that can be undone and mirrors nothing.
  static func correction(
    _ name: String, scale: ClosedRange<Double>, cross: Double, _ about: String
  ) -> Key {
    Key(
      name: name, expected: "list of three rows of three numbers", absence: .isAnError, about: about
    ) { value in
      guard case .array(let rows) = value.content, rows.count == 3 else { return .unexpected() }
      let numbers = rows.compactMap { $0.numbers(3) }
      guard numbers.count == 3 else { return .unexpected() }
      for row in 0..<3 {
        for column in 0..<3 {
          let number = numbers[row][column]
          let range = row == column ? scale : -cross...cross
          guard range.contains(number) else {
            return .wrong(
              "found \(number.shown) in row \(row + 1), column \(column + 1), expected number, \(range.shown)"
            )
          }
        }
      }
      let rowVectors = numbers.map { Vector3($0[0], $0[1], $0[2]) }
      let matrix = Matrix3(rowVectors[0], rowVectors[1], rowVectors[2])
      guard SymmetricEigen(matrix).values.x > leastEigenvalue else {
        return .wrong(
          "the matrix is not positive definite: it would turn readings over or squash them; no sensor is like that"
        )
      }
      return .value(matrix)
    }
  }

  /// Below this a correction squashes an axis.
  private static var leastEigenvalue: Double { 0.1 }
}

extension JSON5Value {
  /// The numbers of a list of `count`; `nil` when it is no such list.
  fileprivate func numbers(_ count: Int) -> [Double]? {
    guard case .array(let elements) = content, elements.count == count else { return nil }
    let numbers = elements.compactMap(\.finiteNumber)
    return numbers.count == count ? numbers : nil
  }
}
