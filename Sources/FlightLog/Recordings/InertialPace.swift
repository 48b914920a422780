import HardwareInterfaces

/// How far apart the new readings of gyroscope and accelerometer are.
public struct InertialPace: Equatable, Sendable {
  /// The median of the steps between rows in ns.
  public var rows: Int64
  /// The median of the steps between new readings of the slower of both, at least `rows`.
  public var slower: Int64
  /// The slower one in words, when it is clearly slower than the rows.
  public var slowerName: String?
}

extension SensorRecording {
  /// How fast the inertial rows come, and how fast something new stands in them: a row may repeat the accelerometer's last
  /// reading, or stand on a straight line between two. `nil` for fewer than two rows.
  public var inertialPace: InertialPace? {
    let times = inertial.map(\.time.nanoseconds)
    guard let rows = Self.median(times) else { return nil }
    let samples = inertial.map(\.sample)
    let rates = Self.newReadings(times) { samples[$0].isSameRate(as: samples[$1]) } ?? rows
    let forces = Self.newReadings(times) { samples[$0].isSameForce(as: samples[$1]) } ?? rows
    var pace = InertialPace(rows: rows, slower: rows)
    // What is coarse in both may repeat for want of bits. One that repeats while the other lives is slower.
    if forces >= rates.multipliedReportingOverflow(by: 5).partialValue, rates <= 2 * rows {
      (pace.slower, pace.slowerName) = (forces, "accelerometer")
    } else if rates >= forces.multipliedReportingOverflow(by: 5).partialValue, forces <= 2 * rows {
      (pace.slower, pace.slowerName) = (rates, "gyroscope")
    }
    if let accelerometerStep, accelerometerStep > pace.slower, accelerometerStep > 2 * rows {
      (pace.slower, pace.slowerName) = (accelerometerStep, "accelerometer")
    }
    return pace
  }

  private static func median(_ times: [Int64]) -> Int64? {
    let steps = zip(times, times.dropFirst()).map { $1 &- $0 }.sorted()
    return steps.isEmpty ? nil : steps[steps.count / 2]
  }

  /// The median of the steps in ns between readings that differ; `nil` for fewer than three: what never changes tells no rate.
  private static func newReadings(_ times: [Int64], _ isSame: (Int, Int) -> Bool) -> Int64? {
    let changes = times.indices.dropFirst().filter { !isSame($0 - 1, $0) }
    return changes.count < 3 ? nil : median(changes.map { times[$0] })
  }

  /// Notes a gyroscope or an accelerometer that stood still for most of the time while the other lived.
  mutating func noteStuckParts(of name: String) {
    let times = inertial.map(\.time.nanoseconds)
    let samples = inertial.map(\.sample)
    let rates = [Range<Int>](repeatsIn: times) { samples[$0].isSameRate(as: samples[$1]) }.rows
    let forces = [Range<Int>](repeatsIn: times) { samples[$0].isSameForce(as: samples[$1]) }.rows
    for (rows, part) in [(rates, "gyroscope"), (forces, "accelerometer")]
    where rows * 10 >= times.count && rows > 0 {
      account.notes.append(
        "\(rows) of \(times.count) rows of \(name) repeat the \(part)'s reading before for a second or more: a sensor that "
          + "lives does not do that")
    }
  }
}
