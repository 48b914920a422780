import HardwareInterfaces
import PortableMath

extension SampleSource {
  /// Nanoseconds within `window` in which valid samples came: from each to the next, but of a longer pause only a second, or
  /// three usual steps, counts. Without a window all of the samples' own time is looked at.
  func coverage(of window: ClosedRange<MonotonicTime>?) -> Int64 {
    let times = samples.filter { isSeen($0.sample) }.map(\.time)
    let steps = zip(times, times.dropFirst()).map { $1.nanoseconds(since: $0) }.sorted()
    guard !steps.isEmpty else { return 0 }
    let longest = max(1_000_000_000, steps[steps.count / 2].multipliedReportingOverflow(by: 3).partialValue)
    var total: Int64 = 0
    for (time, next) in zip(times, times.dropFirst()) {
      let from = window.map { max(time, $0.lowerBound) } ?? time
      var to = window.map { min(next, $0.upperBound) } ?? next
      if next.nanoseconds(since: time) > longest { to = min(to, time.advanced(nanoseconds: longest)) }
      if to > from { total = total.addingReportingOverflow(to.nanoseconds(since: from)).partialValue }
    }
    return total
  }
}

/// A kind of sample, with what a repeated reading of its sensor is.
protocol RecordedSample: Equatable, Sendable {
  /// Whether the sensor measured the same; a temperature beside it does not count.
  func isSameReading(as other: Self) -> Bool
}

extension RecordedSample {
  func isSameReading(as other: Self) -> Bool { self == other }
}

extension [Range<Int>] {
  /// Where the same reading was repeated for so long that a living sensor would have given another: twenty or more rows, for
  /// a second or more. `times` are in ns.
  init(repeatsIn times: [Int64], _ isSame: (Int, Int) -> Bool) {
    self = []
    var start = 0
    for index in times.indices.dropFirst() where !isSame(index - 1, index) {
      add(start..<index, times)
      start = index
    }
    if !times.isEmpty { add(start..<times.count, times) }
  }

  private mutating func add(_ run: Range<Int>, _ times: [Int64]) {
    guard run.count >= 20, times[run.upperBound - 1] &- times[run.lowerBound] >= 1_000_000_000 else { return }
    append(run)
  }

  /// Rows in all of them.
  var rows: Int { reduce(0) { $0 + $1.count } }
}

extension InertialSample: RecordedSample {
  func isSameReading(as other: InertialSample) -> Bool { isSameRate(as: other) && isSameForce(as: other) }

  func isSameRate(as other: InertialSample) -> Bool {
    (rateX, rateY, rateZ) == (other.rateX, other.rateY, other.rateZ)
  }

  func isSameForce(as other: InertialSample) -> Bool {
    (accelerationX, accelerationY, accelerationZ)
      == (other.accelerationX, other.accelerationY, other.accelerationZ)
  }
}
extension PressureSample: RecordedSample {
  func isSameReading(as other: PressureSample) -> Bool { pressure == other.pressure }
}
extension RangeSample: RecordedSample {}
extension PowerSample: RecordedSample {}
extension MagneticSample: RecordedSample {}
extension Quaternion: RecordedSample {}
extension Vector3: RecordedSample {}
extension Bool: RecordedSample {}
