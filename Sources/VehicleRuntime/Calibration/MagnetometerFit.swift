import PortableMath
import Sampling
import VehicleConfiguration

extension MagnetometerCalibration {
  /// Points that a fit needs at least.
  public static let fewestPoints = 60
  /// Largest share of points that may be left out as outliers.
  static let largestOutlierShare = 0.2
  /// Largest root mean square of what the points may differ from the field, as a share of it.
  static let largestResidual = 0.04
  /// Largest ratio of the ellipsoid's axes: iron that strong cannot be calibrated away, and flat data look like it.
  static let largestRatio = 3.0

  /// The calibration that brings readings in T, in the sensor's axes and taken while the vehicle was turned every way, onto
  /// a sphere.
  ///
  /// An ellipsoid is fitted algebraically (Li and Griffiths, "Least squares ellipsoid specific fitting", 2004, without their
  /// constraint, since the points must surround it); its centre is the hard iron, the root of its matrix by
  /// eigenvalues the soft iron, as a symmetric matrix; both are then refined on the distances themselves. Points that fit
  /// four times worse than the median are left out, and what is left is fitted again, until none is. The matrix has
  /// determinant 1: how strong the field really is, the readings cannot tell.
  ///
  /// - Parameter mounting: How the sensor sits in the vehicle, to name directions that are missing.
  public static func fit(
    points readings: [Vector3], mounting: SensorMounting = .aligned
  ) throws(CalibrationRefusal) -> MagnetometerCalibration {
    // In µT: numbers near one are easier on the equations than those near 1e-5.
    let all = readings.filter(\.isFinite).map { $0 * 1e6 }
    guard all.count >= fewestPoints else {
      throw CalibrationRefusal(
        .incomplete, "found \(all.count) readings of the field, expected at least \(fewestPoints)",
        remedy: "turn the vehicle slowly about all of its axes")
    }
    var points = withoutGrossOutliers(all)
    var found = try ellipsoid(points)
    for _ in 0..<10 {
      let residuals = all.map { found.residual($0, radius: 1).magnitude }
      let limit = max(4 * 1.4826 * upperMedian(points.map { found.residual($0, radius: 1).magnitude }), 0.002)
      let kept = zip(all, residuals).filter { $0.1 <= limit }.map(\.0)
      if kept.count == points.count { break }
      points = kept
      found = try ellipsoid(points)
    }
    let leftOut = all.count - points.count
    guard Double(leftOut) <= largestOutlierShare * Double(all.count) else {
      throw CalibrationRefusal(
        .inconsistent, "\(leftOut) of \(all.count) readings fit no common ellipsoid",
        remedy: "go away from iron, magnets and cables under current, with the motors off; once more")
    }
    return try calibration(found, points, mounting)
  }

  /// The points that are no farther from the middle than three times what half of them are.
  private static func withoutGrossOutliers(_ points: [Vector3]) -> [Vector3] {
    let middle = Vector3(
      upperMedian(points.map(\.x)), upperMedian(points.map(\.y)), upperMedian(points.map(\.z)))
    let limit = 3 * upperMedian(points.map { ($0 - middle).length })
    return points.filter { ($0 - middle).length <= limit }
  }

  private static func ellipsoid(_ points: [Vector3]) throws(CalibrationRefusal) -> SphereFit {
    let flat = CalibrationRefusal(
      .degenerate,
      "the readings lie on no ellipsoid: the vehicle was turned about one axis only, or not far enough",
      remedy: "turn the vehicle slowly about all of its axes, over its head, too")
    let middle = Vector3(
      upperMedian(points.map(\.x)), upperMedian(points.map(\.y)), upperMedian(points.map(\.z)))
    let size = upperMedian(points.map { ($0 - middle).length })
    guard points.count >= fewestPoints / 2, size > 0 else { throw flat }
    var equations = LeastSquares(unknowns: 9)
    for point in points {
      let p = (point - middle) * (1 / size)
      equations.add(
        [
          p.x * p.x, p.y * p.y, p.z * p.z, 2 * p.x * p.y, 2 * p.x * p.z, 2 * p.y * p.z, 2 * p.x, 2 * p.y,
          2 * p.z,
        ], 1)
    }
    guard let v = equations.solution() else { throw flat }
    // xᵀ A x + 2 bᵀ x = 1.
    let a = Matrix3(symmetric: v[0], v[1], v[2], xy: v[3], xz: v[4], yz: v[5])
    guard let inverse = a.inverse else { throw flat }
    let centre = inverse * Vector3(-v[6], -v[7], -v[8])
    let level = 1 + centre.dot(a * centre)
    guard level.isFinite, level.magnitude > 1e-9 else { throw flat }
    let eigen = SymmetricEigen(a * (1 / level))
    guard eigen.values.x > 0, eigen.values.z <= largestRatio * largestRatio * eigen.values.x else {
      throw flat
    }
    let start = eigen.mapped { $0.squareRoot() } * (1 / size)
    let fit = SphereFit(
      points.map { ($0 - middle) * (1 / size) }, radius: 1, cross: true, offset: centre, matrix: start * size)
    guard let fit, SymmetricEigen(fit.matrix).values.x > 0 else { throw flat }
    return SphereFit(offset: middle + fit.offset * size, matrix: fit.matrix * (1 / size))
  }

  /// The calibration of an ellipsoid in µT that becomes a sphere of radius 1, when it is plausible.
  private static func calibration(
    _ found: SphereFit, _ points: [Vector3], _ mounting: SensorMounting
  ) throws(CalibrationRefusal) -> MagnetometerCalibration {
    let values = SymmetricEigen(found.matrix).values
    let field = 1 / cubeRoot(found.matrix.determinant)
    guard values.x > 0, field.isFinite, values.z <= largestRatio * values.x else {
      throw CalibrationRefusal(
        .degenerate,
        "the field would look \(rounded(values.z / values.x, 1)) times as strong from one side as from another (at most "
          + "\(rounded(largestRatio, 1))): the vehicle was turned about one axis only, or iron is at the sensor",
        remedy: "turn the vehicle slowly about all of its axes; move the sensor away from iron and magnets")
    }
    let matrix = found.matrix * field
    var coverage = FieldCoverage()
    for point in points { coverage.add(mounting.body(matrix * (point - found.offset))) }
    guard coverage.missing.isEmpty else { throw .missing(coverage.missing) }
    guard CalibrationBounds.fieldMicrotesla.contains(field) else {
      throw CalibrationRefusal(
        .implausible,
        "the field would be \(rounded(field, 1)) µT, where the Earth's is \(CalibrationBounds.fieldMicrotesla.shown)",
        remedy: "go out of the building, away from iron and magnets; once more")
    }
    let (axis, hard) = found.offset.largest
    guard hard <= CalibrationBounds.hardIronMicrotesla else {
      throw CalibrationRefusal(
        .implausible,
        "the hard iron along the sensor's \(["x", "y", "z"][axis]) would be \(rounded(hard, 0)) µT (at most "
          + "\(CalibrationBounds.hardIronMicrotesla.shown))",
        remedy: "move the sensor away from magnets and motors")
    }
    let residual = rootMeanSquare(points.map { found.residual($0, radius: 1) }) * field
    guard residual <= largestResidual * field else {
      throw CalibrationRefusal(
        .inconsistent,
        "the readings differ from an ellipsoid by \(rounded(residual, 2)) µT (at most "
          + "\(rounded(largestResidual * field, 2)))",
        remedy:
          "go away from iron, magnets and cables under current, with the motors off; turn slowly; once more")
    }
    var calibration = MagnetometerCalibration(
      offset: found.offset * 1e-6, matrix: matrix, field: field * 1e-6)
    calibration.record.count = points.count
    calibration.record.residual = residual * 1e-6
    return calibration
  }

  /// The cube root of a positive number by Newton's iteration: the same bits everywhere.
  private static func cubeRoot(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return .nan }
    var root = power(value, 1.0 / 3)
    for _ in 0..<3 { root -= (root * root * root - value) / (3 * root * root) }
    return root
  }
}

extension CalibrationRefusal {
  /// The field has not come from these sides.
  static func missing(_ sides: [BodySide]) -> CalibrationRefusal {
    CalibrationRefusal(
      .incomplete,
      "the field has not yet come from the \(sides.map(\.name).joined(separator: ", the "))",
      remedy:
        "turn the vehicle so that these point along the field for a while, each way up (in Europe it comes from the "
        + "north and goes steeply down)")
  }
}
