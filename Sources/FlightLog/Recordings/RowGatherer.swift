import HardwareInterfaces

/// What a row of a recording becomes.
enum RowOutcome<Sample> {
  case sample(Sample)
  /// Left out, and why: words that read after a number of rows.
  case leftOut(String)
}

/// Reasons that rows of any format are left out for.
enum RowLoss {
  static let notFinite = "with numbers that are not finite"
  static let beyond = "beyond what a sensor can mean"
  static let noTime = "with a time that cannot be"
  static let unhealthy = "of a sensor that the autopilot calls unhealthy"
  static let beside = "of another part than the inertial rows that are used"
  static let noAir = "with a pressure that no air has"
}

/// Makes a source of the rows of a topic: each becomes a sample in order of time, or is counted under a reason.
struct RowGatherer<Sample: Equatable & Sendable> {
  private let name: String
  private let instance: Int
  private let part: Range<Int>?
  private var rows = 0
  private var losses = LossCounts()
  private var samples: [SensorRecording.Timed<Sample>] = []
  private var places: [Int] = []

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
    case .sample(let sample):
      samples.append(.init(time: MonotonicTime(nanoseconds: time), sample: sample))
      places.append(place)
    }
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
    let first = kept.first?.sample
    let origin = SampleOrigin(
      name: name, instance: instance, rows: rows, used: kept.count, leftOut: losses.losses,
      rate: medianRate(kept.map(\.time.nanoseconds)))
    let source = SampleSource(
      origins: [origin], samples: kept,
      isConstant: kept.count >= SampleSource<Sample>.manySamples && kept.allSatisfy { $0.sample == first },
      enough: enough)
    let before = order.part.lowerBound > 0 ? places[order.part.lowerBound - 1] + 1 : 0
    let behind = order.part.upperBound < places.count ? places[order.part.upperBound] : Int.max
    return (source, before..<max(before, behind))
  }
}

/// Samples that formats have in common, from numbers in SI units; a reason where the numbers cannot be one.
enum RecordedSamples {
  static func inertial(
    rate: (x: Double, y: Double, z: Double)?, force: (x: Double, y: Double, z: Double)?, temperature: Double?
  ) -> RowOutcome<InertialSample> {
    guard let rate, let force else { return .leftOut(RowLoss.notFinite) }
    guard max(abs(rate.x), abs(rate.y), abs(rate.z)) < 200,
      max(abs(force.x), abs(force.y), abs(force.z)) < 1000
    else { return .leftOut(RowLoss.beyond) }
    return .sample(
      InertialSample(
        acceleration: (Float(force.x), Float(force.y), Float(force.z)),
        rate: (Float(rate.x), Float(rate.y), Float(rate.z)),
        temperature: finite(temperature) ?? 25))
  }

  /// Air that anything flies in has more than 20 hPa and less than 1,200.
  static func pressure(_ pressure: Double?, temperature: Double?) -> RowOutcome<PressureSample> {
    guard let pressure, pressure.isFinite else { return .leftOut(RowLoss.notFinite) }
    guard pressure > 2000, pressure < 120_000 else { return .leftOut(RowLoss.noAir) }
    return .sample(PressureSample(pressure: Float(pressure), temperature: finite(temperature) ?? 15))
  }

  static func power(voltage: Double?, current: Double?) -> RowOutcome<PowerSample> {
    guard let voltage, voltage.isFinite else { return .leftOut(RowLoss.notFinite) }
    guard voltage > 0, voltage < 1000 else { return .leftOut("with a voltage that no battery has") }
    guard let current = finite(current) else {
      return .sample(PowerSample(voltage: Float(voltage), current: 0))
    }
    guard abs(current) < 10_000 else { return .leftOut(RowLoss.beyond) }
    return .sample(PowerSample(voltage: Float(voltage), current: current))
  }

  /// A field in T; the Earth's is below 100 µT, a magnet's at the sensor below 0.1 T.
  static func magnetic(_ field: (x: Double, y: Double, z: Double)?) -> RowOutcome<MagneticSample> {
    guard let field else { return .leftOut(RowLoss.notFinite) }
    guard max(abs(field.x), abs(field.y), abs(field.z)) < 0.1 else { return .leftOut(RowLoss.beyond) }
    return .sample(MagneticSample(field: (Float(field.x), Float(field.y), Float(field.z))))
  }

  private static func finite(_ value: Double?) -> Float? {
    value.flatMap { $0.isFinite && abs($0) < 1e30 ? Float($0) : nil }
  }
}
