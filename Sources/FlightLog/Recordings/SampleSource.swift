import HardwareInterfaces

/// A topic that samples come from.
struct SampleOrigin: Sendable {
  var name: String
  var instance: Int
  var rows: Int
  var used: Int
  var leftOut: [ImportAccount.Loss]
  /// Samples a second; `nil` for fewer than two.
  var rate: Double?
}

/// A topic, or two that belong together, that can serve a quantity: its samples, and what was left out of them.
struct SampleSource<Sample: Sendable>: Sendable {
  /// The topics, most have one.
  var origins: [SampleOrigin]
  /// Topics that could stand in place of one of `origins` and have fewer valid rows.
  var others: [SampleOrigin] = []
  /// The samples in order of time.
  var samples: [SensorRecording.Timed<Sample>]
  /// Whether many samples are there and all of them are the same: a sensor that lives does not do that.
  var isConstant = false
  /// Samples that say that nothing was seen, as those of a range finder without a target.
  var blind = 0
  /// Samples a second above which more are no better; with 0 the first source that has any is the best.
  var enough = Double.infinity

  /// The topics' names: "sensor_gyro and sensor_accel".
  var name: String { origins.map(\.name).joined(separator: " and ") }
  /// Samples a second; `nil` for fewer than two.
  var rate: Double? { origins.first?.rate }

  /// From how many samples on it is odd that all are the same.
  static var manySamples: Int { 20 }

  /// Samples that say something.
  fileprivate var valid: Int { samples.count - blind }

  /// How good it is: how many valid samples there are, but as if it came no faster than is enough.
  fileprivate var worth: Double {
    guard enough > 0 else { return 0 }
    guard let rate, rate > enough else { return Double(valid) }
    return Double(valid) * enough / rate
  }

  fileprivate var rateWords: String { rate.map(rateInWords) ?? "less than two samples" }
}

extension SampleSource where Sample == RangeSample {
  /// The source with the samples counted in which the range finder saw nothing.
  var withoutTargetsCounted: Self {
    var source = self
    source.blind = samples.count { !$0.sample.isValid }
    return source
  }
}

extension RecordedQuantity {
  /// Whether values that are all the same say nothing against their source: a battery at rest may well read the same for
  /// hours, an estimate may stand still, and most vehicles stay disarmed.
  fileprivate var mayStandStill: Bool { self == .power || self == .attitude || self == .armed }
}

/// Samples a second in words: "25 Hz".
func rateInWords(_ rate: Double) -> String {
  let rounded = rate < 10 ? (rate * 10).rounded() / 10 : rate.rounded()
  return rounded == rounded.rounded() && rounded < 1e6 ? "\(Int(rounded)) Hz" : "\(rounded) Hz"
}

/// Samples a second by the median of the steps between times in ns; `nil` for fewer than two.
func medianRate(_ times: [Int64]) -> Double? {
  let steps = zip(times, times.dropFirst()).map { $1 &- $0 }.filter { $0 > 0 }.sorted()
  guard !steps.isEmpty else { return nil }
  return 1e9 / Double(steps[steps.count / 2])
}

extension ImportAccount {
  /// Adds a topic of a source that was chosen or not.
  fileprivate mutating func add(
    _ origin: SampleOrigin, of quantity: RecordedQuantity, isChosen: Bool, why: String
  ) {
    var leftOut = origin.leftOut
    if !isChosen, origin.used > 0 {
      leftOut.insert(Loss(reason: "not needed: \(why)", count: origin.used), at: 0)
    }
    topics.append(
      Topic(
        name: origin.name, instance: origin.instance, quantity: quantity, rows: origin.rows,
        used: isChosen ? origin.used : 0, rate: origin.rate, leftOut: leftOut, isChosen: isChosen, why: why))
  }

  /// Adds a topic that holds a quantity and could be no source of it, with all its rows left out for a reason, unless it
  /// is there.
  mutating func addUnused(
    _ name: String, instance: Int, rows: Int, of quantity: RecordedQuantity, because reason: String
  ) {
    func isIt(_ topic: Topic) -> Bool {
      topic.quantity == quantity && topic.instance == instance && topic.name == name
    }
    guard rows > 0, !topics.contains(where: isIt) else { return }
    topics.append(
      Topic(
        name: name, instance: instance, quantity: quantity, rows: rows,
        leftOut: [Loss(reason: reason, count: rows)], isChosen: false, why: reason))
  }
}

extension SensorRecording {
  /// Of sources of a quantity, given in order of preference, takes the one with the most valid samples: a later one must
  /// have a tenth more. One that saw nothing loses against any other, and so does one whose samples are all the same. All
  /// are put into the account.
  /// Returns the number of the one taken.
  @discardableResult
  mutating func choose<Sample>(
    _ quantity: RecordedQuantity, _ sources: [SampleSource<Sample>],
    into samples: WritableKeyPath<SensorRecording, [Timed<Sample>]>
  ) -> Int? {
    var sources = sources
    if quantity.mayStandStill { for index in sources.indices { sources[index].isConstant = false } }
    var best: Int?
    for (index, source) in sources.enumerated() where !source.samples.isEmpty {
      guard let current = best else {
        best = index
        continue
      }
      let other = sources[current]
      if (source.valid > 0) != (other.valid > 0) {
        if source.valid > 0 { best = index }
      } else if source.isConstant != other.isConstant {
        if other.isConstant { best = index }
      } else if source.worth > other.worth * 1.1 {
        best = index
      }
    }
    for (index, source) in sources.enumerated() {
      let isChosen = index == best
      let why = best.map { Self.reason(index, $0, sources) } ?? "it has no valid row"
      for origin in source.origins { account.add(origin, of: quantity, isChosen: isChosen, why: why) }
      for origin in source.others {
        let better = source.origins.first { $0.name == origin.name }?.instance ?? 0
        account.add(
          origin, of: quantity, isChosen: false,
          why: origin.used > 0 ? "instance \(better) is as good or better" : "it has no valid row")
      }
    }
    guard let best else { return nil }
    self[keyPath: samples] = sources[best].samples
    if sources[best].isConstant, quantity == .inertial || quantity == .pressure {
      account.notes.append(
        "all \(sources[best].samples.count) rows of \(sources[best].name) are the same: a sensor that lives does not "
          + "do that")
    }
    return best
  }

  /// Takes the best of the sources that tell when the vehicle was armed, as changes; says when none does.
  mutating func chooseArmed(_ sources: [SampleSource<Bool>]) {
    choose(.armed, sources, into: \.armed)
    var changes: [Timed<Bool>] = []
    for row in armed where row.sample != changes.last?.sample { changes.append(row) }
    armed = changes
    if armed.isEmpty {
      account.notes.append(Self.armedIsUnknown)
    }
  }

  static let armedIsUnknown =
    "nothing in the recording tells whether the vehicle was armed: it is replayed as disarmed, with the estimator's "
    + "gains of that state"

  /// Puts the topics of the account that were chosen in front of the others.
  mutating func putChosenFirst() {
    account.topics = account.topics.filter(\.isChosen) + account.topics.filter { !$0.isChosen }
  }

  private static func reason<Sample>(_ index: Int, _ best: Int, _ sources: [SampleSource<Sample>]) -> String {
    let (source, chosen) = (sources[index], sources[best])
    guard index != best else {
      let isAlone = sources.filter { !$0.samples.isEmpty }.count == 1
      return isAlone && source.others.allSatisfy { $0.used == 0 }
        ? sources.count == 1 && source.others.isEmpty ? "the only one" : "the only one with valid rows"
        : source.isConstant || source.valid == 0
          ? "no other is better"
          : source.enough > 0
            ? "the highest rate of valid rows, \(source.rateWords)" : "nearest to what is wanted"
    }
    if source.samples.isEmpty { return "it has no valid row" }
    let other =
      chosen.name == source.name ? "instance \(chosen.origins.first?.instance ?? 0)" : chosen.name
    if source.enough == 0 { return "\(other) is nearer to what is wanted" }
    if source.valid == 0, chosen.valid > 0 { return "it never saw anything, \(other) did" }
    if source.isConstant, !chosen.isConstant { return "all its rows are the same, those of \(other) are not" }
    if source.worth >= chosen.worth * 0.9 {
      return "\(other) is as fast and nearer to what is wanted"
    }
    return
      "\(source.rateWords) with \(source.valid) valid rows, \(other) has \(chosen.rateWords) with \(chosen.valid)"
  }
}
