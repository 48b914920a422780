import Control
import HardwareInterfaces
import PortableMath
import Sampling
import VehicleConfiguration

/// Finds the accelerometer's offset and matrix: the vehicle is put on each of its six sides in any order, and then, when
/// more poses are wanted, leaned in between. Each pose is recognised, and taken when it has stood still for two seconds.
public struct SixSideProcedure: CalibrationProcedure {
  /// Time in s that a pose must stand still.
  public static let seconds = 2.0
  /// Poses that may be asked for.
  public static let poses = 6...60
  /// Cosine of the angle to every other pose that a further one must have at least: 20 degrees.
  private static let distinctCosine = 0.94
  /// Beside these shares of gravity it is no pose: it falls, or is swung.
  private static let plausible = 0.6...1.4

  private let wanted: Int
  private let gravity: Double
  private let mounting: SensorMounting
  private var window = StillWindow(seconds: Self.seconds)
  private var track = ReadingTrack()
  /// Average specific forces in the sensor's axes.
  private var forces: [Vector3] = []
  private var sides: Set<BodySide> = []
  private var temperatures: [Double] = []
  /// See `CalibrationProcedure`.
  public private(set) var note = ""
  /// See `CalibrationProcedure`.
  public private(set) var result: AccelerometerCalibration?

  /// A procedure for `poses` poses of a sensor that sits as `mounting` says.
  public init(
    mounting: SensorMounting, poses: Int = 6, gravity: Double = StandardAtmosphere.gravity
  ) {
    (self.mounting, self.gravity) = (mounting, gravity)
    wanted = min(max(poses, Self.poses.lowerBound), Self.poses.upperBound)
  }

  private var missing: [BodySide] { BodySide.allCases.filter { !sides.contains($0) } }

  /// See `CalibrationProcedure`.
  public var instruction: String {
    let next =
      missing.isEmpty
      ? "lean the vehicle somewhere in between, \(wanted - forces.count) more"
      : "put the vehicle " + missing.map(\.pose).joined(separator: ", ") + ", in any order"
    return "accelerometer: \(forces.count) of \(wanted) poses; \(next)"
  }
  /// See `CalibrationProcedure`.
  public var progress: Double { (Double(forces.count) + window.share) / Double(wanted) }
  /// See `CalibrationProcedure`.
  public var patience: Double { 60 }

  /// See `CalibrationProcedure`.
  public var refusal: CalibrationRefusal {
    let what =
      missing.isEmpty
      ? "\(forces.count) of \(wanted) poses" : "missing sides: " + missing.map(\.pose).joined(separator: ", ")
    return CalibrationRefusal(
      .incomplete, "refused, poses are missing (\(what))" + (note.isEmpty ? "" : "; last, \(note)"),
      remedy:
        "run the command again, and let the vehicle stand still for \(Self.seconds) s on each of its six sides"
    )
  }

  /// See `CalibrationProcedure`.
  public mutating func take(_ readings: CalibrationReadings) throws(CalibrationRefusal) {
    guard result == nil, track.interval(readings.inertial) != nil else { return }
    switch window.add(readings.inertial.sample, at: readings.inertial.time) {
    case .going: break
    case .moved(let motion): note = motion.text
    case .still(let average):
      take(average)
      guard missing.isEmpty, forces.count >= wanted else { return }
      var found = try AccelerometerCalibration.fit(poses: forces, gravity: gravity)
      found.record.temperature = temperatures.reduce(0, +) / Double(temperatures.count)
      result = found
    }
  }

  private mutating func take(_ average: StillAverage) {
    let direction = average.force.direction
    guard Self.plausible.contains(average.force.length / gravity) else {
      note = "the acceleration of \(rounded(average.force.length, 1)) m/s² is not gravity"
      return
    }
    if let side = BodySide(mounting.body(direction)), sides.insert(side).inserted {
      note = "\(side.pose): taken"
    } else if !missing.isEmpty {
      note = "this pose is taken, or leans too far from a side: turn on"
      return
    } else if forces.contains(where: { $0.direction.dot(direction) > Self.distinctCosine }) {
      note = "this pose is too near one that is taken: turn on"
      return
    } else {
      note = "taken"
    }
    forces.append(average.force)
    temperatures.append(average.temperature)
  }
}
