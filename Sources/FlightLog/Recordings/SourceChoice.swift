import HardwareInterfaces

extension RecordedQuantity {
  /// Whether values that are all the same say nothing against their source: a battery at rest may well read the same for
  /// hours, an estimate may stand still, and most vehicles stay disarmed.
  fileprivate var mayStandStill: Bool { self == .power || self == .attitude || self == .armed }
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
        used: isChosen ? origin.used : 0, rate: origin.rate, leftOut: leftOut, isChosen: isChosen, why: why,
        standIns: isChosen ? origin.standIns : []))
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
  /// Of sources of a quantity, given in order of preference, takes one, and puts all into the account.
  ///
  /// One that saw nothing loses against any other, then one whose samples are all the same, or stuck most of the time, then one
  /// that covers clearly less of the flight. Of those left the one with the most valid samples is taken: a later one must have a
  /// tenth more.
  /// Returns the number of the one taken.
  @discardableResult
  mutating func choose<Sample>(
    _ quantity: RecordedQuantity, _ sources: [SampleSource<Sample>],
    into samples: WritableKeyPath<SensorRecording, [Timed<Sample>]>
  ) -> Int? {
    var sources = sources
    if quantity.mayStandStill {
      for index in sources.indices { (sources[index].isConstant, sources[index].stuck) = (false, 0) }
    }
    let best = best(of: sources, quantity)
    for (index, source) in sources.enumerated() {
      let isChosen = index == best
      let why = best.map { reason(index, $0, sources, quantity) } ?? "it has no valid row"
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
    noteSilence(of: sources[best], quantity)
    return best
  }

  /// The number of the source to take.
  private func best<Sample>(of sources: [SampleSource<Sample>], _ quantity: RecordedQuantity) -> Int? {
    var left = sources.indices.filter { !sources[$0].samples.isEmpty }
    func prefer(_ isBetter: (Int) -> Bool) {
      let better = left.filter(isBetter)
      if !better.isEmpty { left = better }
    }
    prefer { sources[$0].valid > 0 }
    prefer { !sources[$0].isConstant }
    prefer { !sources[$0].isMostlyStuck }
    if isJudgedByCoverage(quantity) {
      let coverages = sources.map { $0.enough > 0 ? $0.coverage(of: flown) : 0 }
      let most = left.map { coverages[$0] }.max() ?? 0
      prefer { Self.covers(coverages[$0], most) }
    }
    return left.dropFirst().reduce(left.first) { best, index in
      best.map { sources[index].worth > sources[$0].worth * 1.1 ? index : $0 }
    }
  }

  /// Whether sources lose for covering less of the flight. Inertial samples make the flight, and count by the time that they are
  /// fast enough for; a state is told when it changes.
  private func isJudgedByCoverage(_ quantity: RecordedQuantity) -> Bool {
    quantity != .inertial && quantity != .armed
  }

  /// Whether a coverage is about as much as another, in ns.
  private static func covers(_ coverage: Int64, _ other: Int64) -> Bool {
    Double(coverage) >= Double(other) * 0.8
  }

  /// The time of the inertial samples; `nil` without.
  private var flown: ClosedRange<MonotonicTime>? {
    guard let first = inertial.first?.time, let last = inertial.last?.time, first <= last else { return nil }
    return first...last
  }

  /// Says of a source that is taken that it never saw anything, or did not live.
  private mutating func noteSilence<Sample>(of source: SampleSource<Sample>, _ quantity: RecordedQuantity) {
    let count = source.samples.count
    if let words = source.reading { account.notes.append("\(source.name): \(words)") }
    if quantity == .inertial {
      accelerometerStep = source.slowerStep
      if !source.isConstant, source.stuck == 0 { noteStuckParts(of: source.name) }
    }
    if source.valid == 0 {
      account.notes.append("none of the \(count) rows of \(source.name) has seen anything")
    } else if quantity == .range {
      // At rest it sees the same for as long as it likes.
    } else if source.isConstant {
      account.notes.append(
        "all \(count) rows of \(source.name) are the same: a sensor that lives does not do that")
    } else if source.stuck * 10 >= count, source.stuck > 0 {
      account.notes.append(
        "\(source.stuck) of \(count) rows of \(source.name) repeat the one before for a second or more: a sensor that "
          + "lives does not do that"
      )
    }
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

  private func reason<Sample>(
    _ index: Int, _ best: Int, _ sources: [SampleSource<Sample>], _ quantity: RecordedQuantity
  ) -> String {
    let (source, chosen) = (sources[index], sources[best])
    guard index != best else {
      let isAlone = sources.filter { !$0.samples.isEmpty }.count == 1
      return isAlone && source.others.allSatisfy { $0.used == 0 }
        ? sources.count == 1 && source.others.isEmpty ? "the only one" : "the only one with valid rows"
        : source.isConstant || source.isMostlyStuck || source.valid == 0
          ? "no other is better"
          : source.enough <= 0
            ? "nearest to what is wanted"
            : isJudgedByCoverage(quantity) && isLongestOnly(best, sources)
              ? "the most of the flight, \(seconds(source.coverage(of: flown))) s, at \(source.rateWords)"
              : "the highest rate of valid rows, \(source.rateWords)"
    }
    if source.samples.isEmpty { return "it has no valid row" }
    let other =
      chosen.name == source.name ? "instance \(chosen.origins.first?.instance ?? 0)" : chosen.name
    if source.enough == 0 { return "\(other) is nearer to what is wanted" }
    if source.valid == 0, chosen.valid > 0 { return "it never saw anything, \(other) did" }
    if source.isConstant, !chosen.isConstant { return "all its rows are the same, those of \(other) are not" }
    if source.isMostlyStuck, !chosen.isMostlyStuck {
      return
        "\(source.stuck) of its \(source.samples.count) rows repeat the one before, those of \(other) do not"
    }
    if isJudgedByCoverage(quantity) {
      let (own, most) = (source.coverage(of: flown), chosen.coverage(of: flown))
      if !Self.covers(own, most) {
        return "it covers \(seconds(own)) s of the flight, \(other) covers \(seconds(most)) s"
      }
    }
    if source.worth >= chosen.worth * 0.9 {
      return "\(other) is as fast and nearer to what is wanted"
    }
    return
      "\(source.rateWords) with \(source.valid) valid rows, \(other) has \(chosen.rateWords) with \(chosen.valid)"
  }

  /// Whether a source that has more valid rows lost for covering less.
  private func isLongestOnly<Sample>(_ best: Int, _ sources: [SampleSource<Sample>]) -> Bool {
    let most = sources[best].coverage(of: flown)
    return sources.contains { $0.worth > sources[best].worth && !Self.covers($0.coverage(of: flown), most) }
  }

  private func seconds(_ nanoseconds: Int64) -> String { "\((Double(nanoseconds) * 1e-8).rounded() / 10)" }
}
