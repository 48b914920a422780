import FlightLog
import HardwareInterfaces

/// When the vehicle of a recording was armed, on the log's clock. It stands in the log's metadata, since it decides what
/// the estimator makes of the ticks.
struct RecordedArming: Sendable {
  /// The key in the metadata.
  static let key = "recording_armed"
  /// Changes that are kept: a switch is not moved more often.
  static let mostChanges = 1000

  private var changes: [(time: MonotonicTime, isArmed: Bool)]
  private var next = 0
  private var isArmedNow = false

  /// The changes of a recording, `offset` ns later on the log's clock.
  init(_ changes: [SensorRecording.Timed<Bool>], offset: Int64) {
    self.changes = changes.prefix(Self.mostChanges).map { ($0.time.advanced(nanoseconds: offset), $0.sample) }
  }

  /// The changes in a log's metadata: none when it has none.
  init(_ metadata: [String: String]) throws(CommandFailure) {
    changes = []
    for word in (metadata[Self.key] ?? "").split(separator: " ") {
      guard let sign = word.first, sign == "+" || sign == "-", let time = Int64(word.dropFirst()) else {
        throw CommandFailure(
          "the log's metadata have '\(Self.key)' with '\(word)', which is no time in ns after + or -")
      }
      changes.append((MonotonicTime(nanoseconds: time), sign == "+"))
    }
  }

  /// The changes as metadata: the times in ns, behind "+" for armed and "-" for disarmed.
  var metadata: [String: String] {
    if changes.isEmpty { return [:] }
    return [
      Self.key: changes.map { "\($0.isArmed ? "+" : "-")\(max($0.time.nanoseconds, 0))" }.joined(
        separator: " ")
    ]
  }

  /// Whether the vehicle was armed at `time`, which must not go back.
  mutating func isArmed(at time: MonotonicTime) -> Bool {
    while next < changes.count, changes[next].time <= time {
      isArmedNow = changes[next].isArmed
      next += 1
    }
    return isArmedNow
  }
}
