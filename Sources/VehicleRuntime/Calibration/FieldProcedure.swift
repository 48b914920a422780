import Control
import HardwareInterfaces
import PortableMath
import Sampling
import VehicleConfiguration

/// Finds the magnetometer's hard and soft iron while the vehicle is turned every way.
public struct FieldProcedure: CalibrationProcedure {
  /// A reading is kept when it differs by so much, in T, from the last that was: where the vehicle rests, it must not count
  /// a hundred times.
  private static let leastChange = 1.5e-6
  /// Points from which on a fit is worth trying, how many new ones before the next, and how many are enough in any case.
  private static let (first, step, most) = (150, 25, 6000)
  /// Flatter than this, the points have not been all around, whatever their directions.
  private static let leastThickness = 0.3

  private let mounting: SensorMounting
  private var track = ReadingTrack()
  private var points: [Vector3] = []
  private var missing = BodySide.allCases
  private var share = 0.0
  private var lastRefusal: CalibrationRefusal?
  /// See `CalibrationProcedure`.
  public private(set) var result: MagnetometerCalibration?

  /// A procedure for a sensor that sits as `mounting` says.
  public init(mounting: SensorMounting) { self.mounting = mounting }

  /// See `CalibrationProcedure`.
  public var instruction: String { "magnetometer: turn the vehicle slowly about all of its axes" }
  /// See `CalibrationProcedure`.
  public var note: String {
    "\(points.count) points"
      + (missing.isEmpty ? "" : "; not yet from its " + missing.map(\.name).joined(separator: ", "))
  }
  /// See `CalibrationProcedure`.
  public var progress: Double { share }
  /// See `CalibrationProcedure`.
  public var patience: Double { 120 }

  /// See `CalibrationProcedure`.
  public var refusal: CalibrationRefusal {
    if let lastRefusal { return lastRefusal }
    guard points.count >= Self.first else {
      return CalibrationRefusal(
        .incomplete,
        "refused, the vehicle was hardly turned: \(points.count) different readings of the field",
        remedy: "turn the vehicle slowly about all of its axes while the command runs")
    }
    return .missing(missing)
  }

  /// See `CalibrationProcedure`.
  public mutating func take(_ readings: CalibrationReadings) throws(CalibrationRefusal) {
    guard result == nil, track.interval(readings.magnetic) != nil else { return }
    let sample = readings.magnetic.sample
    let point = Vector3(Double(sample.fieldX), Double(sample.fieldY), Double(sample.fieldZ))
    guard point.isFinite else { return }
    if let last = points.last, (point - last).length < Self.leastChange { return }
    points.append(point)
    guard points.count >= Self.first, points.count % Self.step == 0 else { return }
    look()
    guard missing.isEmpty else {
      if points.count >= Self.most { throw refusal }
      return
    }
    do throws(CalibrationRefusal) {
      result = try MagnetometerCalibration.fit(points: points, mounting: mounting)
    } catch {
      // More points may mend it, until there are many.
      lastRefusal = error
      if points.count >= Self.most { throw error }
    }
  }

  /// Sees from which sides the field has come, before there is an ellipsoid: around the middle of the points, on axes that
  /// are stretched to one length. Outliers are left out by looking at all but the outermost hundredth.
  private mutating func look() {
    var (middle, half) = (Vector3.zero, Vector3.zero)
    for axis in 0..<3 {
      let sorted = points.map { $0[axis] }.sorted()
      let edge = sorted.count / 100
      let (low, high) = (sorted[edge], sorted[sorted.count - 1 - edge])
      (middle[axis], half[axis]) = ((low + high) / 2, (high - low) / 2)
    }
    var coverage = FieldCoverage()
    let thickest = half.largest.magnitude
    guard thickest > 0 else { return }
    let isFlat = (0..<3).contains { half[$0] < Self.leastThickness * thickest }
    for point in points {
      let p = point - middle
      // A flat cloud must not be blown up to a round one.
      coverage.add(
        mounting.body(
          isFlat ? p : Vector3(p.x / half.x, p.y / half.y, p.z / half.z)))
    }
    (missing, share) = (coverage.missing, coverage.share)
  }
}
