import Control
import HardwareInterfaces
import PortableMath
import VehicleConfiguration

/// Finds the gyroscope's bias: the average over three seconds in which the vehicle stood still. Refused while it moves.
public struct GyroProcedure: CalibrationProcedure {
  /// Time in s over which is averaged.
  public static let seconds = 3.0
  /// By how much, in T, the field may change in that time, or four standard errors of what is measured of it, if that is
  /// more. A magnetometer alone sees a steady turn about the vertical; in Europe this is 1.4 degrees.
  static let largestFieldChange = 0.5e-6

  private var window = StillWindow(seconds: Self.seconds)
  private var inertial = ReadingTrack()
  private var magnetic = ReadingTrack()
  private var field: [Vector3] = []
  private var motion: String?
  /// See `CalibrationProcedure`.
  public private(set) var result: GyroCalibration?

  /// A procedure that has seen nothing.
  public init() {}

  /// See `CalibrationProcedure`.
  public var instruction: String { "gyroscope: keep the vehicle still" }
  /// See `CalibrationProcedure`.
  public var note: String { motion ?? "" }
  /// See `CalibrationProcedure`.
  public var progress: Double { window.share }
  /// See `CalibrationProcedure`.
  public var patience: Double { 15 }

  /// See `CalibrationProcedure`.
  public var refusal: CalibrationRefusal {
    CalibrationRefusal(
      .moving,
      "refused, the vehicle moved: "
        + (motion ?? "the readings ended before it had stood still for \(Self.seconds) s"),
      remedy: "put it down where nothing shakes it, take the hands off, and run the command again")
  }

  /// See `CalibrationProcedure`.
  public mutating func take(_ readings: CalibrationReadings) throws(CalibrationRefusal) {
    if magnetic.interval(readings.magnetic) != nil {
      let sample = readings.magnetic.sample
      let reading = Vector3(Double(sample.fieldX), Double(sample.fieldY), Double(sample.fieldZ))
      if reading.isFinite { field.append(reading) }
    }
    guard inertial.interval(readings.inertial) != nil else { return }
    switch window.add(readings.inertial.sample, at: readings.inertial.time) {
    case .going: break
    case .moved(let motion):
      self.motion = motion.text
      field = []
    case .still(let average):
      defer { field = [] }
      if let (change, limit) = fieldChange, change > limit {
        motion =
          "the magnetometer's field changed by \(rounded(change * 1e6, 2)) µT (at most \(rounded(limit * 1e6, 2))): it "
          + "turned, or iron moved beside it"
        return
      }
      let (axis, amount) = average.rate.largest
      guard amount * 180 / .pi <= CalibrationBounds.gyroBiasDps else {
        throw CalibrationRefusal(
          .implausible,
          "the gyroscope reads \(rounded(average.rate[axis] * 180 / .pi, 1)) °/s about its \(["x", "y", "z"][axis]), "
            + "steadily; a chip's bias is at most \(CalibrationBounds.gyroBiasDps.shown) °/s",
          remedy: "if the vehicle does not turn, the chip is broken")
      }
      var found = GyroCalibration(bias: average.rate)
      found.record.count = average.count
      found.record.temperature = average.temperature
      found.record.residual = average.rateError
      result = found
    }
  }

  /// By how much in T the average field changed from the first third of the time to the last, and how much may pass;
  /// `nil` without a magnetometer.
  private var fieldChange: (change: Double, limit: Double)? {
    let part = field.count / 3
    guard part >= 5 else { return nil }
    let (first, last) = (Self.mean(field.prefix(part)), Self.mean(field.suffix(part)))
    let error = ((first.variance + last.variance) / Double(part)).squareRoot()
    return ((last.mean - first.mean).length, max(Self.largestFieldChange, 4 * error))
  }

  /// Average, and mean square of the distances from it.
  private static func mean(_ vectors: ArraySlice<Vector3>) -> (mean: Vector3, variance: Double) {
    let count = Double(max(vectors.count, 1))
    let mean = vectors.reduce(Vector3.zero, +) * (1 / count)
    return (mean, vectors.reduce(0) { $0 + ($1 - mean).dot($1 - mean) } / count)
  }
}
