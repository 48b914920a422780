import HardwareInterfaces

/// A topic of a known kind: all its messages as numbers.
struct ROS2Topic: Sendable {
  var name: String
  var kind: ROS2Kind
  private let columns: ROS2Columns
  /// Each message's place among all of the file, when it was logged, and the time in its header, in ns; 0 for none.
  private(set) var places: [Int] = []
  private(set) var logged: [UInt64] = []
  private(set) var stamps: [Int64] = []
  /// The kind's own numbers, message after message.
  private var numbers: [Double] = []
  private let stride: Int
  /// Messages that could not be read, and those of them that are packed with zstd, each by itself.
  private var misfits = 0
  private var packed = 0

  init(_ name: String, _ kind: ROS2Kind, _ columns: ROS2Columns) {
    (self.name, self.kind, self.columns) = (name, kind, columns)
    stride = columns.count - ROS2Kind.first
  }

  var count: Int { logged.count }

  /// Adds a message.
  mutating func add(_ message: MCAPMessage, _ bytes: LogBytes, place: Int) {
    guard let all = columns.read(bytes, message.payload) else {
      let isPacked = bytes.copy(message.payload.prefix(4)) == [0x28, 0xB5, 0x2F, 0xFD]
      if isPacked { packed += 1 } else { misfits += 1 }
      return
    }
    places.append(place)
    logged.append(message.time)
    // Seconds are 32 bits, unless a file's schema says otherwise: the sum must have room.
    if let seconds = UInt32(exactly: all[0]), let nanoseconds = UInt32(exactly: all[1]),
      nanoseconds < 1_000_000_000
    {
      stamps.append(Int64(seconds) * 1_000_000_000 + Int64(nanoseconds))
    } else {
      stamps.append(0)
    }
    numbers += all[ROS2Kind.first...]
  }

  /// The number in a column of a message.
  subscript(_ row: Int, _ column: Int) -> Double { numbers[row * stride + column] }

  /// Three numbers from `first` on; `nil` unless all are finite.
  func vector(_ row: Int, _ first: Int) -> (x: Double, y: Double, z: Double)? {
    let (x, y, z) = (self[row, first], self[row, first + 1], self[row, first + 2])
    return x.isFinite && y.isFinite && z.isFinite ? (x, y, z) : nil
  }

  /// The median over all messages of a number; `nil` when none has it.
  func median(_ value: (Int) -> Double?) -> Double? {
    let sorted = (0..<count).compactMap(value).filter(\.isFinite).sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }

  /// How far the headers' clock is ahead of the recorder's, in ns; `nil` unless nearly all headers have a time and nearly
  /// all of those go on.
  var stampOffset: Int64? {
    let stamped = (0..<count).filter { stamps[$0] > 0 && logged[$0] <= UInt64(Int64.max) }
    guard !stamped.isEmpty, stamped.count * 10 >= count * 9 else { return nil }
    let rising = zip(stamped, stamped.dropFirst()).count { stamps[$1] > stamps[$0] }
    guard rising * 10 >= (stamped.count - 1) * 9 else { return nil }
    let offsets = stamped.map { stamps[$0] - Int64(logged[$0]) }.sorted()
    return offsets[offsets.count / 2]
  }

  /// A source of the messages, at the times of `clock`.
  func source<Sample: RecordedSample>(
    _ clock: ROS2Clock, part: Range<Int>?, judgesGaps: Bool = false, enough: Double = .infinity,
    _ sample: (Int) -> RowOutcome<Sample>
  ) -> (source: SampleSource<Sample>, part: Range<Int>) {
    var rows = RowGatherer<Sample>(name, part: part)
    rows.leaveOut(
      packed,
      "that are compressed one by one (`ros2 bag convert` unpacks them; compress chunks instead, which are read)"
    )
    rows.leaveOut(misfits, "that do not fit their schema, or are not plain CDR")
    for row in 0..<count {
      rows.add(time: clock.time(stamps[row], logged[row]), place: places[row]) { sample(row) }
    }
    return rows.source(judgesGaps: judgesGaps, enough: enough)
  }
}

/// Which of a message's two times counts.
enum ROS2Clock: Equatable, Sendable {
  /// The time in the header.
  case stamp
  /// When it was logged, moved by so many ns to the clock of the headers of the others.
  case logged(Int64)

  /// A message's time in ns, if it can be one.
  func time(_ stamp: Int64, _ logged: UInt64) -> Int64? {
    switch self {
    case .stamp: return stamp > 0 ? stamp : nil
    case .logged(let offset):
      guard let time = Int64(exactly: logged) else { return nil }
      let (moved, isOver) = time.addingReportingOverflow(offset)
      // Steps between times must be numbers too.
      return isOver || moved < 0 || moved > Int64.max / 2 ? nil : moved
    }
  }
}
