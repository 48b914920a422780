/// Where the vehicle really was, for comparison with what the controller thought.
struct TrackPoint: Sendable {
  /// The guest's CLOCK_MONOTONIC in ns, the clock of the log's ticks.
  var time: Int64
  /// Angles in rad.
  var roll, pitch: Double
  /// Altitude in m.
  var altitude: Double

  /// Names of the columns of `row`.
  static let header = "time_ns,roll_rad,pitch_rad,altitude_m"

  /// The point as a row of comma-separated values.
  var row: String { "\(time),\(roll),\(pitch),\(altitude)" }
}
