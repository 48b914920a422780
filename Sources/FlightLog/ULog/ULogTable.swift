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
  struct Row: RecordedRow {
    fileprivate let table: ULogTable
    fileprivate let row: Int

    /// The number in a column; `nil` where the topic has no such column.
    subscript(_ column: Int) -> Double? {
      guard table.columns.indices.contains(column), let field = table.columns[column] else { return nil }
      return table.file.value(field, row, of: table.subscription)?.double
    }

    /// The row's time in ns, if it can be one.
    var time: Int64? { table.time(row) }
  }

  /// Makes a source of the rows. Rows outside `part`, a range of places in the file, are left out.
  func source<Sample: RecordedSample>(
    part: Range<Int>?, judgesGaps: Bool = false, enough: Double = .infinity,
    _ sample: (Row) -> RowOutcome<Sample>
  ) -> (source: SampleSource<Sample>, part: Range<Int>) {
    var rows = RowGatherer<Sample>(subscription.name, instance: subscription.instance, part: part)
    for (row, place) in subscription.offsets.enumerated() {
      rows.add(time: time(row), place: place) { sample(Row(table: self, row: row)) }
    }
    return rows.source(judgesGaps: judgesGaps, enough: enough)
  }
}

extension ULogFile {
  /// The tables of all instances of a topic that have these columns, the first instance in front.
  func tables(_ topic: String, _ paths: [String]) -> [ULogTable] {
    subscriptions.filter { $0.name == topic }.sorted { $0.instance < $1.instance }
      .compactMap { ULogTable(self, $0, paths) }
  }
}
