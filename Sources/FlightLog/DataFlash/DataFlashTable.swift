/// The messages of one instance of a kind as rows with named columns.
struct DataFlashTable {
  let bytes: LogBytes
  /// The kind's name in the file.
  let name: String
  let instance: Int
  private var layouts: [Layout] = []
  /// The rows in the order of the file: where each begins, and which of the layouts it has.
  private var rows: [(offset: Int, layout: Int)] = []

  /// Where the columns are in the messages of a format; one that a file gives anew has its own.
  private struct Layout {
    var time: DataFlashFormat.Field
    /// What a unit of `time` is in ns.
    var nanoseconds: Int64
    var columns: [DataFlashFormat.Field?]
    /// What the number of each column is multiplied with.
    var factors: [Double]
  }

  /// The numbers of one row.
  struct Row: RecordedRow {
    fileprivate let table: DataFlashTable
    fileprivate let offset: Int
    fileprivate let layout: Int

    /// The number in a column; `nil` where the kind has no such column.
    subscript(_ column: Int) -> Double? {
      let layout = table.layouts[layout]
      return layout.columns[column].flatMap { table.bytes.number($0, at: offset) }.map {
        $0 * layout.factors[column]
      }
    }

    /// The text in a column.
    func text(_ column: Int) -> String? {
      table.layouts[layout].columns[column].flatMap { table.bytes.text($0, at: offset) }
    }
  }

  /// Makes a source of the rows.
  func source<Sample: RecordedSample>(
    part: Range<Int>?, judgesGaps: Bool = false, enough: Double = .infinity,
    _ sample: (Row) -> RowOutcome<Sample>
  ) -> (source: SampleSource<Sample>, part: Range<Int>) {
    var gatherer = RowGatherer<Sample>(name, instance: instance, part: part)
    for (offset, layout) in rows {
      gatherer.add(time: time(offset, layouts[layout]), place: offset) {
        sample(Row(table: self, offset: offset, layout: layout))
      }
    }
    return gatherer.source(judgesGaps: judgesGaps, enough: enough)
  }

  /// Time of a row in ns, if it can be one.
  private func time(_ offset: Int, _ layout: Layout) -> Int64? {
    let start = offset + layout.time.offset
    var cursor = ByteCursor(bytes, start..<start + layout.time.type.size)
    let value: UInt64?
    switch layout.time.type {
    case .uint64, .int64: value = cursor.integer(UInt64.self)
    case .uint32, .int32: value = cursor.integer(UInt32.self).map { UInt64($0) }
    default: return nil
    }
    guard let value, value <= UInt64(Int64.max / 2 / layout.nanoseconds) else { return nil }
    return Int64(value) * layout.nanoseconds
  }

  fileprivate init(_ bytes: LogBytes, _ name: String, _ instance: Int) {
    (self.bytes, self.name, self.instance) = (bytes, name, instance)
  }

  /// Adds the messages of a format; does nothing for one that lacks a column.
  fileprivate mutating func add(
    _ file: DataFlashFile, _ format: DataFlashFormat, _ offsets: [Int], _ paths: [String],
    time preferred: String?
  ) {
    let sampled = preferred.flatMap { format.field($0) }
    guard let time = sampled ?? format.field("TimeUS", "TimeMS") else { return }
    var columns: [DataFlashFormat.Field?] = []
    for path in paths {
      let isOptional = path.hasSuffix("?")
      let column = format.field(isOptional ? String(path.dropLast()) : path)
      guard isOptional || column != nil else { return }
      columns.append(column)
    }
    rows += offsets.map { ($0, layouts.count) }
    layouts.append(
      Layout(
        time: time, nanoseconds: time.name == "TimeMS" ? 1_000_000 : 1000, columns: columns,
        factors: columns.map { $0.flatMap { file.factor(of: $0, in: format) } ?? 1 }))
  }

  /// Puts rows of several formats in the order of the file.
  fileprivate mutating func sort() { if layouts.count > 1 { rows.sort { $0.offset < $1.offset } } }

  fileprivate var isEmpty: Bool { rows.isEmpty }
}

extension DataFlashFile {
  /// The tables of all instances of kinds that have these columns (those that end in "?" may be missing), the first
  /// instance in front. `names` are those of the first, second and third instance before kinds had instances; `time` is
  /// the column of a better time than the message's. A kind whose format is given anew goes on in the same table.
  func tables(_ names: [String], _ paths: [String], time: String? = nil) -> [DataFlashTable] {
    var tables: [DataFlashTable] = []
    for (number, name) in names.enumerated() {
      var found: [Int: DataFlashTable] = [:]
      for kind in kinds where kind.format.name == name && kind.count > 0 {
        for (instance, offsets) in instances(of: kind, else: number) {
          found[instance, default: DataFlashTable(bytes, name, instance)].add(
            self, kind.format, offsets, paths, time: time)
        }
      }
      for (_, table) in found.sorted(by: { $0.key < $1.key }) where !table.isEmpty {
        var table = table
        table.sort()
        tables.append(table)
      }
    }
    return tables.sorted { $0.instance < $1.instance }
  }

  /// The messages of a kind by the instance that they name.
  func instances(of kind: Kind, else number: Int) -> [(Int, [Int])] {
    guard let field = kind.format.field("I", "Instance", "Inst") else { return [(number, kind.offsets)] }
    var offsets: [Int: [Int]] = [:]
    for offset in kind.offsets {
      let value = bytes.number(field, at: offset).flatMap { UInt8(exactly: $0) }.map { Int($0) } ?? number
      offsets[value, default: []].append(offset)
    }
    return offsets.sorted { $0.key < $1.key }
  }
}
