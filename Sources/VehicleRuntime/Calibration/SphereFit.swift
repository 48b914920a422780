import PortableMath

/// The offset and the symmetric matrix that bring points onto a sphere: |matrix · (point − offset)| = radius, in the sense
/// of least squares of the distances, by Gauss and Newton's iteration.
///
/// A symmetric matrix has no rotation in it: which way a sensor's axes point as a whole, the length of a vector cannot
/// tell.
struct SphereFit: Sendable {
  /// In the unit of the points.
  var offset: Vector3
  var matrix: Matrix3

  /// A fit that is known.
  init(offset: Vector3, matrix: Matrix3) { (self.offset, self.matrix) = (offset, matrix) }

  /// Steps of the iteration; from a fair start it takes five.
  private static let mostSteps = 30

  /// Fits `points`, from a start; without `cross` only the scales on the diagonal are sought. `nil` when the points do not
  /// settle what is sought.
  init?(_ points: [Vector3], radius: Double, cross: Bool, offset: Vector3, matrix: Matrix3) {
    let unknowns = cross ? 9 : 6
    guard points.count >= unknowns, radius > 0 else { return nil }
    // In units of the radius all unknowns are of like size.
    (self.offset, self.matrix) = (offset * (1 / radius), matrix)
    for _ in 0..<Self.mostSteps {
      var equations = LeastSquares(unknowns: unknowns)
      for point in points {
        let d = point * (1 / radius) - self.offset
        let mapped = self.matrix * d
        let u = mapped.direction
        let back = self.matrix * u
        var row = [u.x * d.x, u.y * d.y, u.z * d.z, -back.x, -back.y, -back.z]
        if cross { row += [u.x * d.y + u.y * d.x, u.x * d.z + u.z * d.x, u.y * d.z + u.z * d.y] }
        equations.add(row, 1 - mapped.length)
      }
      guard let step = equations.solution() else { return nil }
      self.offset += Vector3(step[3], step[4], step[5])
      self.matrix =
        self.matrix
        + Matrix3(
          symmetric: step[0], step[1], step[2], xy: cross ? step[6] : 0, xz: cross ? step[7] : 0,
          yz: cross ? step[8] : 0)
      if step.allSatisfy({ $0.magnitude < 1e-12 }) {
        self.offset = self.offset * radius
        return
      }
      guard step.allSatisfy({ $0.magnitude < 10 }) else { return nil }
    }
    return nil
  }

  /// How much longer than `radius` the point comes out.
  func residual(_ point: Vector3, radius: Double) -> Double { (matrix * (point - offset)).length - radius }
}

/// Root mean square; 0 of nothing.
func rootMeanSquare(_ values: some Collection<Double>) -> Double {
  values.isEmpty ? 0 : (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
}

/// The value that half of `values` stay below: of an even number the upper of the two in the middle; 0 of nothing.
func upperMedian(_ values: [Double]) -> Double {
  values.isEmpty ? 0 : values.sorted()[values.count / 2]
}
