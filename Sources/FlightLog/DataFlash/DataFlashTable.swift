/// The messages of one instance of a kind as rows with named columns.
struct DataFlashTable {
  let bytes: LogBytes
  /// The kind's name in the file.
  let name: String
  let instance: Int
  private let offsets: [Int]
  private let time: DataFlashFormat.Field
  /// What a unit of `time` is in ns.
  private let nanoseconds: Int64
  private let columns: [DataFlashFormat.Field?]

  /// The numbers of one row.
  struct Row: RecordedRow {
    fileprivate let table: DataFlashTable
    fileprivate let offset: Int

    /// The number in a column; `nil` where the kind has no such column.
    subscript(_ column: Int) -> Double? {
      table.columns[column].flatMap { table.bytes.number($0, at: offset) }
    }

    /// The text in a column.
    func text(_ column: Int) -> String? {
      table.columns[column].flatMap { table.bytes.text($0, at: offset) }
    }
  }

  /// Makes a source of the rows.
  func source<Sample: Equatable & Sendable>(
    part: Range<Int>?, judgesGaps: Bool = false, enough: Double = .infinity,
    _ sample: (Row) -> RowOutcome<Sample>
  ) -> (source: SampleSource<Sample>, part: Range<Int>) {
    var rows = RowGatherer<Sample>(name, instance: instance, part: part)
    for offset in offsets {
      rows.add(time: time(offset), place: offset) { sample(Row(table: self, offset: offset)) }
    }
    return rows.source(judgesGaps: judgesGaps, enough: enough)
  }

  /// Time of a row in ns, if it can be one.
  private func time(_ offset: Int) -> Int64? {
    let start = offset + time.offset
    var cursor = ByteCursor(bytes, start..<start + time.type.size)
    let value: UInt64?
    switch time.type {
    case .uint64, .int64: value = cursor.integer(UInt64.self)
    case .uint32, .int32: value = cursor.integer(UInt32.self).map { UInt64($0) }
    default: return nil
    }
    guard let value, value <= UInt64(Int64.max / 2 / nanoseconds) else { return nil }
    return Int64(value) * nanoseconds
  }

  fileprivate init?(
    _ file: DataFlashFile, _ kind: DataFlashFile.Kind, _ instance: Int, _ offsets: [Int], _ paths: [String],
    time preferred: String?
  ) {
    let format = kind.format
    let sampled = preferred.flatMap { format.field($0) }
    guard let time = sampled ?? format.field("TimeUS", "TimeMS") else { return nil }
    var columns: [DataFlashFormat.Field?] = []
    for path in paths {
      let isOptional = path.hasSuffix("?")
      let column = format.field(isOptional ? String(path.dropLast()) : path)
      guard isOptional || column != nil else { return nil }
      columns.append(column)
    }
    (bytes, name, self.instance, self.offsets) = (file.bytes, format.name, instance, offsets)
    (self.time, self.columns) = (time, columns)
    nanoseconds = time.name == "TimeMS" ? 1_000_000 : 1000
  }
}

extension DataFlashFile {
  /// The tables of all instances of kinds that have these columns (those that end in "?" may be missing), the first
  /// instance in front. `names` are those of the first, second and third instance before kinds had instances; `time` is
  /// the column of a better time than the message's.
  func tables(_ names: [String], _ paths: [String], time: String? = nil) -> [DataFlashTable] {
    var tables: [DataFlashTable] = []
    for (number, name) in names.enumerated() {
      for kind in kinds where kind.format.name == name && kind.count > 0 {
        for (instance, offsets) in instances(of: kind, else: number) {
          if let table = DataFlashTable(self, kind, instance, offsets, paths, time: time) {
            tables.append(table)
          }
        }
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
