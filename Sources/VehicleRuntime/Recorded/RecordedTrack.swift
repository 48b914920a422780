import FlightLog
import HardwareInterfaces

/// The samples of one sensor of a recording, walked through with the board's time.
struct RecordedTrack<Sample: Sendable> {
  /// When the sensor gave nothing, on the board's clock; `until` is `nil` for the rest of the recording.
  typealias Silence = (from: MonotonicTime, until: MonotonicTime?)

  private let samples: [SensorRecording.Timed<Sample>]
  private let offset: Int64
  private var next = 0

  /// The samples of a recording, `offset` ns later on the board's clock.
  init(_ samples: [SensorRecording.Timed<Sample>], offset: Int64) {
    (self.samples, self.offset) = (samples, offset)
  }

  private func time(_ index: Int) -> MonotonicTime { samples[index].time.advanced(nanoseconds: offset) }

  /// The samples around `time`, which must not go back, and how far it is from one to the other; before the first and
  /// behind the last that one twice. `nil` without any.
  mutating func around(_ time: MonotonicTime) -> (before: Sample, after: Sample, share: Double)? {
    while next < samples.count, self.time(next) <= time { next += 1 }
    guard let first = samples.first, let last = samples.last else { return nil }
    guard next > 0 else { return (first.sample, first.sample, 0) }
    guard next < samples.count else { return (last.sample, last.sample, 0) }
    let length = self.time(next).nanoseconds(since: self.time(next - 1))
    let share = Double(time.nanoseconds(since: self.time(next - 1))) / Double(max(length, 1))
    return (samples[next - 1].sample, samples[next].sample, min(max(share, 0), 1))
  }

  /// The median of the steps in ns; `nil` for fewer than two samples.
  var usualStep: Int64? {
    let steps = zip(samples, samples.dropFirst()).map { $1.time.nanoseconds(since: $0.time) }.sorted()
    return steps.isEmpty ? nil : steps[steps.count / 2]
  }

  /// Silences that are played back: a sensor with more comes and goes all the time.
  static var mostSilences: Int { 2000 }

  /// When the sensor gave nothing for longer than `lifetime` ns, and than three of its usual steps: until then a straight
  /// line stands in. `end` is the recording's end.
  func silences(longerThan lifetime: Int64, until end: MonotonicTime) -> [Silence] {
    guard !samples.isEmpty else { return [] }
    let usual = usualStep ?? lifetime
    let limit = max(lifetime, usual.multipliedReportingOverflow(by: 3).partialValue)
    var silences: [Silence] = []
    if time(0).nanoseconds > limit { silences.append((.zero, time(0))) }
    for index in samples.indices.dropFirst() {
      guard time(index).nanoseconds(since: time(index - 1)) > limit else { continue }
      silences.append((time(index - 1).advanced(nanoseconds: min(usual, limit)), time(index)))
    }
    let last = time(samples.count - 1)
    if end.nanoseconds(since: last) > limit {
      silences.append((last.advanced(nanoseconds: min(usual, limit)), nil))
    }
    // What lies before the board's start is over.
    return silences.map { (max($0.from, .zero), $0.until) }
      .filter { $0.from < end && ($0.until.map { $0 > .zero } ?? true) }
  }
}
