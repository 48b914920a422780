import HardwareInterfaces

/// Columns of a topic of a ULog file.
struct ULogTable {
  let file: ULogFile
  let subscription: ULogSubscription
  private let time: ULogField
  private let columns: [ULogField?]

  /// The columns at `paths` of a topic; `nil` when it has no message, no time, or lacks a path that does not end in "?".
  init?(_ file: ULogFile, _ subscription: ULogSubscription, _ paths: [String]) {
    guard subscription.count > 0, let time = subscription.time else { return nil }
    var columns: [ULogField?] = []
    for path in paths {
      let isOptional = path.hasSuffix("?")
      let column = file.field(isOptional ? String(path.dropLast()) : path, of: subscription)
      guard isOptional || column != nil else { return nil }
      columns.append(column)
    }
    (self.file, self.subscription, self.time, self.columns) = (file, subscription, time, columns)
  }

  /// The latest time in µs that can be one: 146 years, of which twice as many ns are still a number.
  private static let latest = UInt64(Int64.max / 2000)

  /// Time of a row in ns, if it can be one.
  func time(_ row: Int) -> Int64? {
    guard case .unsigned(let microseconds)? = file.value(time, row, of: subscription),
      microseconds <= Self.latest
    else { return nil }
    return Int64(microseconds) * 1000
  }

  /// The numbers of one row.
  struct Row {
    fileprivate let table: ULogTable
    fileprivate let row: Int

    /// The number in a column; `nil` where the topic has no such column.
    subscript(_ column: Int) -> Double? {
      guard table.columns.indices.contains(column), let field = table.columns[column] else { return nil }
      return table.file.value(field, row, of: table.subscription)?.double
    }

    /// The row's time in ns, if it can be one.
    var time: Int64? { table.time(row) }

    /// The numbers of three columns from `first` on; `nil` unless all are there and finite.
    func vector(_ first: Int) -> (x: Double, y: Double, z: Double)? {
      guard let x = self[first], let y = self[first + 1], let z = self[first + 2], x.isFinite, y.isFinite,
        z.isFinite
      else { return nil }
      return (x, y, z)
    }
  }

  /// What a row becomes.
  enum Outcome<Sample> {
    case sample(Sample)
    /// The sample, taken at another time in ns than the row has.
    case sampleAt(Int64, Sample)
    /// Left out, and why: words that read after a number of rows.
    case leftOut(String)
  }

  static let notFinite = "with numbers that are not finite"

  /// The rows as samples in order of time. Rows outside `part`, a range of places in the file, are left out.
  func source<Sample: Equatable>(
    part: Range<Int>?, judgesGaps: Bool = false, _ sample: (Row) -> Outcome<Sample>
  ) -> (source: SampleSource<Sample>, part: Range<Int>) {
    var losses = LossCounts()
    var samples: [SensorRecording.Timed<Sample>] = []
    var places: [Int] = []
    for row in 0..<subscription.count {
      let place = subscription.offsets[row]
      guard part?.contains(place) ?? true else {
        losses.add(RowLoss.beside)
        continue
      }
      guard var time = time(row) else {
        losses.add("with a time that cannot be")
        continue
      }
      switch sample(Row(table: self, row: row)) {
      case .leftOut(let reason):
        losses.add(reason)
        continue
      case .sampleAt(let other, let value):
        time = other
        samples.append(.init(time: MonotonicTime(nanoseconds: time), sample: value))
      case .sample(let value):
        samples.append(.init(time: MonotonicTime(nanoseconds: time), sample: value))
      }
      places.append(place)
    }
    let order = RowOrder(samples.map(\.time.nanoseconds), judgesGaps: judgesGaps)
    losses.add(order.losses)
    let kept = order.kept.map { samples[$0] }
    let first = kept.first?.sample
    let origin = SampleOrigin(
      name: subscription.name, instance: subscription.instance, rows: subscription.count, used: kept.count,
      leftOut: losses.losses, rate: medianRate(kept.map(\.time.nanoseconds)))
    let source = SampleSource(
      origins: [origin], samples: kept,
      isConstant: kept.count >= SampleSource<Sample>.manySamples && kept.allSatisfy { $0.sample == first })
    let before = order.part.lowerBound > 0 ? places[order.part.lowerBound - 1] + 1 : 0
    let behind = order.part.upperBound < places.count ? places[order.part.upperBound] : Int.max
    return (source, before..<max(before, behind))
  }
}

extension ULogFile {
  /// The tables of all instances of a topic that have these columns, the first instance in front.
  func tables(_ topic: String, _ paths: [String]) -> [ULogTable] {
    subscriptions.filter { $0.name == topic }.sorted { $0.instance < $1.instance }
      .compactMap { ULogTable(self, $0, paths) }
  }
}
