import HardwareInterfaces
import PortableMath

/// Finds the gyroscope's bias: the average over three seconds in which the vehicle stood still. Refused while it moves.
public struct GyroProcedure: CalibrationProcedure {
  /// Time in s over which is averaged.
  public static let seconds = 3.0
  /// Angle in rad by which the field may turn in that time. A magnetometer alone sees a steady turn about the vertical.
  static let largestFieldTurn = 1.5 * Double.pi / 180

  private var window = StillWindow(seconds: Self.seconds)
  private var inertial = ReadingTrack()
  private var magnetic = ReadingTrack()
  private var field: [Vector3] = []
  private var motion: String?
  public private(set) var result: GyroCalibration?

  /// A procedure that has seen nothing.
  public init() {}

  public var instruction: String {
    "gyroscope: keep the vehicle still" + (motion.map { " (\($0))" } ?? "")
  }
  public var progress: Double { window.share }
  public var patience: Double { 15 }

  public var refusal: CalibrationRefusal {
    CalibrationRefusal(
      .moving,
      "refused, the vehicle moved: "
        + (motion ?? "the readings ended before it had stood still for \(Self.seconds) s"),
      remedy: "put it down where nothing shakes it, take the hands off, and run the command again")
  }

  public mutating func take(_ readings: SensorReadings) throws(CalibrationRefusal) {
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
      if let turn = fieldTurn, turn > Self.largestFieldTurn {
        motion = "the magnetometer saw it turn by \(rounded(turn * 180 / .pi, 1))° in \(Self.seconds) s"
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

  /// By what angle in rad the field turned from the first third of the time to the last; `nil` without a magnetometer.
  private var fieldTurn: Double? {
    let part = field.count / 3
    guard part >= 5 else { return nil }
    let first = field.prefix(part).reduce(Vector3.zero, +).direction
    let last = field.suffix(part).reduce(Vector3.zero, +).direction
    return arctangent2(first.cross(last).length, first.dot(last))
  }
}
