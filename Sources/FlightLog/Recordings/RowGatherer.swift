import HardwareInterfaces

/// What a row of a recording becomes.
enum RowOutcome<Sample> {
  case sample(Sample)
  /// The sample, taken at another time in ns than the row has.
  case sampleAt(Int64, Sample)
  /// The sample, with something in the place of a number that cannot be one: words that read after a number of rows.
  case sampleWith(Sample, standIn: String)
  /// Left out, and why: words that read after a number of rows.
  case leftOut(String)
}

/// The numbers of one row of a recording, by column.
protocol RecordedRow {
  /// The number in a column; `nil` where there is no such column.
  subscript(_ column: Int) -> Double? { get }
}

extension RecordedRow {
  /// The numbers of three columns from `first` on; `nil` unless all are there and finite.
  func vector(_ first: Int) -> (x: Double, y: Double, z: Double)? {
    guard let x = self[first], let y = self[first + 1], let z = self[first + 2], x.isFinite, y.isFinite,
      z.isFinite
    else { return nil }
    return (x, y, z)
  }
}

/// Reasons that rows of any format are left out for.
enum RowLoss {
  /// Words for a battery's current that cannot be one, or is not told: 0 A stands in.
  static let currentNotFinite = "with a current that is not finite (0 A stands in)"
  static let currentBeyond = "with a current of 10 kA or more (0 A stands in)"
  static let currentUnknown = "without a current (0 A stands in)"
  static let temperatureNotFinite = "with a temperature that is not finite (a usual one stands in)"
  static let notFinite = "with numbers that are not finite"
  static let beyond = "beyond what a sensor can mean"
  static let noTime = "with a time that cannot be"
  static let unhealthy = "of a sensor that the autopilot calls unhealthy"
  static let beside = "of another part than the inertial rows that are used"
  static let noAir = "with a pressure that no air has"
  static let noRotation = "with a quaternion that is no rotation"
}

/// Makes a source of the rows of a topic: each becomes a sample in order of time, or is counted under a reason.
struct RowGatherer<Sample: RecordedSample> {
  private let name: String
  private let instance: Int
  private let part: Range<Int>?
  private var rows = 0
  private var losses = LossCounts()
  private var samples: [SensorRecording.Timed<Sample>] = []
  private var places: [Int] = []
  /// By the number of the sample, what stands in for what.
  private var standIns: [Int: String] = [:]

  /// A gatherer for a topic; rows whose place in the file is outside `part` are left out.
  init(_ name: String, instance: Int = 0, part: Range<Int>?) {
    (self.name, self.instance, self.part) = (name, instance, part)
  }

  /// Adds a row: its time in ns, if it has one, and its place in the file, which must not go back.
  mutating func add(time: Int64?, place: Int, _ outcome: () -> RowOutcome<Sample>) {
    rows += 1
    guard part?.contains(place) ?? true else { return losses.add(RowLoss.beside) }
    guard let time else { return losses.add(RowLoss.noTime) }
    switch outcome() {
    case .leftOut(let reason): losses.add(reason)
    case .sample(let sample): append(time, sample, place)
    case .sampleWith(let sample, let reason):
      standIns[samples.count] = reason
      append(time, sample, place)
    case .sampleAt(let other, let sample): append(other, sample, place)
    }
  }

  private mutating func append(_ time: Int64, _ sample: Sample, _ place: Int) {
    samples.append(.init(time: MonotonicTime(nanoseconds: time), sample: sample))
    places.append(place)
  }

  /// Counts rows that cannot be read at all.
  mutating func leaveOut(_ count: Int, _ reason: String) {
    rows += count
    if count > 0 { losses.add(reason, count) }
  }

  /// The source, and the places in the file of the part that its samples are from.
  func source(judgesGaps: Bool = false, enough: Double = .infinity) -> (
    source: SampleSource<Sample>, part: Range<Int>
  ) {
    var losses = losses
    let order = RowOrder(samples.map(\.time.nanoseconds), judgesGaps: judgesGaps)
    losses.add(order.losses)
    let kept = order.kept.map { samples[$0] }
    let times = kept.map(\.time.nanoseconds)
    let first = kept.first?.sample
    var replaced = LossCounts()
    if !standIns.isEmpty {
      for number in order.kept { if let reason = standIns[number] { replaced.add(reason) } }
    }
    let origin = SampleOrigin(
      name: name, instance: instance, rows: rows, used: kept.count, leftOut: losses.losses,
      rate: medianRate(times), standIns: replaced.losses)
    let repeats = [Range<Int>](repeatsIn: times) { kept[$0].sample.isSameReading(as: kept[$1].sample) }
    let source = SampleSource(
      origins: [origin], samples: kept,
      isConstant: kept.count >= SampleSource<Sample>.manySamples
        && kept.allSatisfy { first?.isSameReading(as: $0.sample) ?? true },
      stuck: repeats.rows, enough: enough)
    let before = order.part.lowerBound > 0 ? places[order.part.lowerBound - 1] + 1 : 0
    let behind = order.part.upperBound < places.count ? places[order.part.upperBound] : Int.max
    return (source, before..<max(before, behind))
  }
}
