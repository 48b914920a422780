import FlightLog
import HardwareInterfaces

/// When the vehicle of a recording was armed, on the log's clock.
struct RecordedArming: Sendable {
  private var changes: [(time: MonotonicTime, isArmed: Bool)]
  private var next = 0
  private var isArmedNow = false

  /// The changes of a recording, `offset` ns later on the log's clock.
  init(_ changes: [SensorRecording.Timed<Bool>], offset: Int64) {
    self.changes = changes.map { ($0.time.advanced(nanoseconds: offset), $0.sample) }
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
