import HardwareInterfaces
import PortableMath

/// Directions of a message's vectors.
enum ROS2Axes: Sendable {
  /// Forward, left, up in the body and east, north, up outside, as ROS has them (REP 103).
  case forwardLeftUp
  /// Forward, right, down, as in Ganglion's own logs.
  case forwardRightDown

  /// A vector in forward, right, down.
  func body(_ v: (x: Double, y: Double, z: Double)) -> (x: Double, y: Double, z: Double) {
    self == .forwardRightDown ? v : (v.x, -v.y, -v.z)
  }

  /// The rotation from forward-right-down to north-east-down.
  func attitude(_ q: Quaternion) -> Quaternion {
    if self == .forwardRightDown { return q }
    // From forward-right-down to forward-left-up: half a turn about x. From east-north-up to north-east-down: half a turn
    // about the line between x and y.
    let half = 0.5.squareRoot()
    return Quaternion(0, half, half, 0) * q * Quaternion(0, 1, 0, 0)
  }
}

/// The topics of a recording as sources of samples. Definitions: common_interfaces/sensor_msgs, REP 103, 117 and 145.
struct ROS2Sources {
  let topics: [ROS2Topic]
  let axes: ROS2Axes
  /// What a reader of the samples has to know.
  private(set) var notes: [String] = []
  private let clocks: [String: ROS2Clock]

  /// Clocks that differ by less, in ns, are one.
  private static let sameClock: Int64 = 2_000_000_000

  init(_ topics: [ROS2Topic], _ axes: ROS2Axes) {
    (self.topics, self.axes) = (topics, axes)
    // The clock of the inertial data that most is there of; the other topics follow it.
    let offsets = topics.map(\.stampOffset)
    let base = topics.indices.filter { topics[$0].kind == .inertial && offsets[$0] != nil }
      .max { topics[$0].count < topics[$1].count }.flatMap { offsets[$0] }
    var clocks: [String: ROS2Clock] = [:]
    for (topic, offset) in zip(topics, offsets) {
      let isSame = base.flatMap { base in
        offset.map { abs($0.subtractingReportingOverflow(base).partialValue) < Self.sameClock }
      }
      clocks[topic.name] = isSame == true ? .stamp : .logged(base ?? 0)
      if isSame != true, topic.count > 0 {
        notes.append(
          "\(topic.name.prefix(80)) counts by when its messages were logged: "
            + (offset == nil
              ? "their headers have no time that goes on"
              : "their headers are of another clock than the inertial data's"))
      }
    }
    self.clocks = clocks
  }

  private func of(_ kind: ROS2Kind) -> [ROS2Topic] { topics.filter { $0.kind == kind } }
  private func clock(_ topic: ROS2Topic) -> ROS2Clock { clocks[topic.name] ?? .logged(0) }

  /// A factor for numbers that are in another unit than the definition's, by their median size.
  private mutating func factor(
    _ topic: ROS2Topic, _ median: Double?, _ units: [(range: Range<Double>, factor: Double, name: String)]
  ) -> Double {
    guard let median, let unit = units.first(where: { $0.range.contains(median) }) else { return 1 }
    notes.append("\(topic.name.prefix(80)) seems to be in \(unit.name), by its size, and was read so")
    return unit.factor
  }

  private static func length(_ v: (x: Double, y: Double, z: Double)?) -> Double? {
    v.map { ($0.x * $0.x + $0.y * $0.y + $0.z * $0.z).squareRoot() }
  }

  mutating func inertial() -> [(source: SampleSource<InertialSample>, part: Range<Int>)] {
    let axes = axes
    var sources: [(source: SampleSource<InertialSample>, part: Range<Int>)] = []
    for topic in of(.inertial) {
      let unit = factor(
        topic, topic.median { Self.length(topic.vector($0, 3)) }, [(0.5..<2, 9.806_65, "g instead of m/s²")])
      sources.append(
        topic.source(clock(topic), part: nil, judgesGaps: true, enough: RecordedSamples.enoughInertial) {
          row in
          if topic[row, 6] == -1 { return .leftOut("that say they have no angular velocity") }
          if topic[row, 7] == -1 { return .leftOut("that say they have no acceleration") }
          let force = topic.vector(row, 3).map { axes.body(($0.x * unit, $0.y * unit, $0.z * unit)) }
          return RecordedSamples.inertial(
            rate: topic.vector(row, 0).map(axes.body), force: force, temperature: nil)
        })
      if let down = topic.median({ topic.vector($0, 3).map { axes.body($0).z * unit } }), down > 4.9 {
        notes.append(
          "\(topic.name.prefix(80)) lies upside down most of the time, if its axes are "
            + (axes == .forwardLeftUp ? "forward, left, up as ROS has them" : "forward, right, down"))
      }
    }
    return sources
  }

  mutating func pressure(_ part: Range<Int>) -> [SampleSource<PressureSample>] {
    var sources: [SampleSource<PressureSample>] = []
    for topic in of(.pressure) {
      // What flies has 300 to 1,100 hPa around it. Between the ranges no unit is sure, and 2,000 Pa is the least that is read.
      let median = topic.median { topic[$0, 0] }
      let unit = factor(
        topic, median,
        [
          (0.3..<1.2, 1e5, "bar instead of Pa"), (30..<120, 1000, "kPa instead of Pa"),
          (300..<1200, 100, "hPa instead of Pa"),
        ])
      if unit == 1, let median, median > 0, median < 2000 {
        notes.append(
          "\(topic.name.prefix(80)) has pressures of about \(Float(median)), which are in no unit that is told by their size "
            + "(Pa, hPa, kPa, bar): they are left out")
      }
      sources.append(
        topic.source(clock(topic), part: part) { row in
          RecordedSamples.pressure(topic[row, 0] * unit, temperature: nil)
        }.source)
    }
    return sources
  }

  /// Beyond its limits, and at ±∞ (REP 117), a range finder sees nothing that it vouches for.
  func range(_ part: Range<Int>) -> [SampleSource<RangeSample>] {
    of(.range).map { topic in
      topic.source(clock(topic), part: part) { row in
        let (distance, least, most) = (topic[row, 0], topic[row, 1], topic[row, 2])
        guard !distance.isNaN else { return .leftOut(RowLoss.notFinite) }
        let isInside = distance >= (least.isNaN ? 0 : least) && (distance <= most || !(most > 0))
        guard distance.isFinite, distance >= 0 else {
          return .sample(RangeSample(distance: 0, isValid: false))
        }
        guard distance < 1000 else { return .leftOut(RowLoss.beyond) }
        return .sample(RangeSample(distance: Float(distance), isValid: isInside))
      }.source.withoutTargetsCounted
    }
  }

  /// The current is negative when it is drawn.
  mutating func power(_ part: Range<Int>) -> [SampleSource<PowerSample>] {
    var sources: [SampleSource<PowerSample>] = []
    for topic in of(.battery) {
      let current = topic.median { topic[$0, 1] }
      if current == nil, topic.count > 0 {
        notes.append("\(topic.name.prefix(80)) has no current: 0 A was taken")
      } else if let current, current > 0.5 {
        notes.append(
          "\(topic.name.prefix(80)) charges the battery most of the time, by the sign of its current")
      }
      sources.append(
        topic.source(clock(topic), part: part) { row in
          if topic[row, 2] == 0 { return .leftOut("that say that no battery is there") }
          // A current that is not measured is NaN.
          let current = topic[row, 1]
          return RecordedSamples.power(voltage: topic[row, 0], current: current.isNaN ? nil : -current)
        }.source)
    }
    return sources
  }

  mutating func magneticField(_ part: Range<Int>) -> [SampleSource<MagneticSample>] {
    let axes = axes
    var sources: [SampleSource<MagneticSample>] = []
    for topic in of(.magneticField) {
      let unit = factor(
        topic, topic.median { Self.length(topic.vector($0, 0)) },
        [
          (0.1..<2, 1e-4, "G instead of T"), (2..<150, 1e-6, "µT instead of T"),
          (150..<2000, 1e-7, "mG instead of T"),
        ])
      sources.append(
        topic.source(clock(topic), part: part) { row in
          RecordedSamples.magnetic(
            topic.vector(row, 0).map { axes.body(($0.x * unit, $0.y * unit, $0.z * unit)) })
        }.source)
    }
    return sources
  }

  /// The orientation in the inertial messages, where they say that they have one.
  func attitude(_ part: Range<Int>) -> [SampleSource<Quaternion>] {
    of(.inertial).map { topic in
      var source = topic.source(clock(topic), part: part) { row -> RowOutcome<Quaternion> in
        if topic[row, 8] == -1 { return .leftOut("that say they have no orientation") }
        switch RecordedSamples.attitude(topic[row, 9], topic[row, 10], topic[row, 11], topic[row, 12]) {
        case .sample(let attitude): return .sample(axes.attitude(attitude))
        case let other: return other
        }
      }.source
      // Drivers that estimate nothing often leave the identity there, and do not say so.
      if source.isConstant {
        source.origins[0].leftOut.append(
          ImportAccount.Loss(
            reason: "with the same orientation as all others: nothing estimates it",
            count: source.origins[0].used))
        source.origins[0].used = 0
        source.samples = []
        source.isConstant = false
      }
      return source
    }
  }
}
