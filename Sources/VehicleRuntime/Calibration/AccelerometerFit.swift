import PortableMath
import VehicleConfiguration

extension AccelerometerCalibration {
  /// From this many poses on, what one axis feels of another is sought, too.
  public static let posesForCross = 12
  /// Largest root mean square in m/s² of what the poses may differ from gravity: 3 mg; and where what one axis feels of
  /// another is not sought, as much as 2 % of that makes.
  static let (largestResidual, largestResidualWithoutCross) = (0.03, 0.15)

  /// The calibration that makes the average specific forces of still poses, in m/s² and the sensor's axes, as long as
  /// `gravity`: Lötters et al., "Procedure for in-use calibration of triaxial accelerometers", 1998.
  ///
  /// The lengths alone are used. Where exactly a pose points is then no matter, so that no level table is needed; a fit to
  /// poses that are taken as exact would turn each degree of tilt into 1.7 % of cross-axis error. Six poses, one on each
  /// side, settle three offsets and three scales; from `posesForCross` on the matrix is symmetric.
  public static func fit(
    poses: [Vector3], gravity: Double = StandardAtmosphere.gravity
  ) throws(CalibrationRefusal) -> AccelerometerCalibration {
    guard poses.count >= 6, poses.allSatisfy(\.isFinite), gravity.isFinite, gravity > 0 else {
      throw CalibrationRefusal(
        .incomplete, "found \(poses.count) poses, expected at least 6 of finite numbers",
        remedy: "hold the vehicle still on each of its six sides")
    }
    func fit(cross: Bool) -> SphereFit? {
      SphereFit(poses, radius: gravity, cross: cross, offset: .zero, matrix: .identity)
    }
    let whole = poses.count >= posesForCross ? fit(cross: true) : nil
    guard let found = whole ?? fit(cross: false) else {
      throw CalibrationRefusal(
        .degenerate,
        "the poses do not tell the accelerometer's offset from its scale: some are too much alike",
        remedy: "hold the vehicle still on each of its six sides")
    }
    var calibration = AccelerometerCalibration(
      offset: found.offset, matrix: found.matrix, gravity: gravity)
    calibration.record.count = poses.count
    try calibration.checkBounds()
    if poses.count > (whole == nil ? 6 : 9) {
      let residual = rootMeanSquare(poses.map { found.residual($0, radius: gravity) })
      let limit = whole == nil ? largestResidualWithoutCross : largestResidual
      guard residual <= limit else {
        throw CalibrationRefusal(
          .inconsistent,
          "the poses do not fit one accelerometer: they differ from gravity by \(rounded(residual, 3)) m/s² (at most "
            + "\(limit))",
          remedy:
            "keep the vehicle from being touched while a pose is taken, and from getting warm meanwhile; once more"
        )
      }
      calibration.record.residual = residual
    }
    return calibration
  }

  private func checkBounds() throws(CalibrationRefusal) {
    let (axis, amount) = offset.largest
    let remedy = "check that it stood still and free on each side; if it did, the chip is broken"
    guard amount <= CalibrationBounds.accelerometerOffset else {
      throw CalibrationRefusal(
        .implausible,
        "the offset along the sensor's \(["x", "y", "z"][axis]) would be \(rounded(offset[axis], 2)) m/s² (at most "
          + "\(CalibrationBounds.accelerometerOffset))", remedy: remedy)
    }
    let scales = matrix.diagonal
    for axis in 0..<3 where !CalibrationBounds.accelerometerScale.contains(scales[axis]) {
      throw CalibrationRefusal(
        .implausible,
        "the scale of the sensor's \(["x", "y", "z"][axis]) would be \(rounded(scales[axis], 3)) (expected "
          + "\(CalibrationBounds.accelerometerScale.shown))", remedy: remedy)
    }
    let cross = Vector3(matrix.x.y, matrix.x.z, matrix.y.z).largest.magnitude
    guard cross <= CalibrationBounds.accelerometerCross else {
      throw CalibrationRefusal(
        .implausible,
        "one axis would feel \(rounded(cross, 3)) of another (at most \(CalibrationBounds.accelerometerCross))",
        remedy: remedy)
    }
  }
}
