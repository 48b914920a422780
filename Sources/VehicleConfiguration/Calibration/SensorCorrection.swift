import HardwareInterfaces
import PortableMath

/// A calibration as sampling applies it: single precision, a few multiplications, the same bits on every machine.
struct AffineCorrection: Sendable, BitwiseCopyable {
  private let x, y, z, offset: (x: Float, y: Float, z: Float)

  init(offset: Vector3, matrix: Matrix3) {
    func single(_ v: Vector3) -> (x: Float, y: Float, z: Float) { (Float(v.x), Float(v.y), Float(v.z)) }
    (x, y, z, self.offset) = (single(matrix.x), single(matrix.y), single(matrix.z), single(offset))
  }

  /// matrix · (reading − offset).
  @inline(__always)
  func corrected(_ reading: (x: Float, y: Float, z: Float)) -> (x: Float, y: Float, z: Float) {
    let (a, b, c) = (reading.x - offset.x, reading.y - offset.y, reading.z - offset.z)
    return (x.x * a + x.y * b + x.z * c, y.x * a + y.y * b + y.z * c, z.x * a + z.y * b + z.z * c)
  }
}

/// What is taken off an inertial sensor's readings, in its own axes.
struct InertialCorrection: Sendable {
  private let gyro: (x: Float, y: Float, z: Float)
  private let accelerometer: AffineCorrection?

  /// The correction of a calibration; `nil` when that is of nothing.
  init?(_ calibration: ChipCalibration?) {
    guard let calibration, calibration.gyro != nil || calibration.accelerometer != nil else { return nil }
    let bias = calibration.gyro?.bias ?? .zero
    gyro = (Float(bias.x), Float(bias.y), Float(bias.z))
    accelerometer = calibration.accelerometer.map { AffineCorrection(offset: $0.offset, matrix: $0.matrix) }
  }

  /// A reading without the sensor's errors.
  func corrected(_ sample: InertialSample) -> InertialSample {
    var sample = sample
    sample.rateX -= gyro.x
    sample.rateY -= gyro.y
    sample.rateZ -= gyro.z
    if let accelerometer {
      (sample.accelerationX, sample.accelerationY, sample.accelerationZ) = accelerometer.corrected(
        (sample.accelerationX, sample.accelerationY, sample.accelerationZ))
    }
    return sample
  }
}

/// What is taken off a magnetometer's readings, in its own axes.
struct MagneticCorrection: Sendable {
  private let correction: AffineCorrection

  /// The correction of a calibration; `nil` when that is of nothing.
  init?(_ calibration: ChipCalibration?) {
    guard let magnetometer = calibration?.magnetometer else { return nil }
    correction = AffineCorrection(offset: magnetometer.offset, matrix: magnetometer.matrix)
  }

  /// A reading without the sensor's errors.
  func corrected(_ sample: MagneticSample) -> MagneticSample {
    MagneticSample(field: correction.corrected((sample.fieldX, sample.fieldY, sample.fieldZ)))
  }
}
