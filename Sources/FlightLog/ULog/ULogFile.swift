/// A topic in a ULog file, with the places of its messages.
public struct ULogSubscription: Sendable {
  /// Name of the topic, and of its struct.
  public let name: String
  /// Number of the instance, 0 for the first.
  public let instance: Int
  /// Offsets in the file of the structs, in file order.
  var offsets: [Int] = []
  /// Bytes of the struct in a message at least, and with the padding at its end.
  let storedSize, fullSize: Int
  /// Where a message has its time in µs; `nil` for a struct without one.
  let time: ULogField?
  /// Messages that were there when the topic was subscribed to for the last time: more than 0 where a file has a second
  /// part. Other readers forget these.
  public private(set) var countBeforeLastStart = 0

  init(name: String, instance: Int, storedSize: Int, fullSize: Int, time: ULogField?) {
    (self.name, self.instance, self.storedSize, self.fullSize) = (name, instance, storedSize, fullSize)
    self.time = time
  }

  /// Messages of the topic.
  public var count: Int { offsets.count }

  /// Whether a message may have so many bytes: padding at the end may be left out.
  func fits(_ bytes: Int) -> Bool { bytes >= storedSize && bytes <= fullSize }

  /// Notes that the topic was subscribed to again.
  mutating func startsAgain() { countBeforeLastStart = offsets.count }
}

/// Time during which the autopilot could not write its log.
public struct ULogDropout: Equatable, Sendable {
  /// Timestamp of the last message before it, in µs.
  public var after: UInt64
  /// Length in ms.
  public var milliseconds: Int
}

/// A text that the autopilot logged.
public struct ULogText: Equatable, Sendable {
  /// Level, 0 (emergency) to 7 (debug), as of syslog.
  public var level: Int
  /// Timestamp in µs.
  public var time: UInt64
  /// The words.
  public var text: String
}

/// A flight log of PX4, read in one pass; messages stay in the file and are decoded where they are asked for.
///
/// A message with odd content costs itself, and is counted in `skipped`. Damage to the framing costs what lies between it
/// and the next synchronisation mark or plausible messages; a cut end costs the last message. Both are listed in
/// `damages`.
public struct ULogFile: Sendable {
  /// Largest number of topics, hundreds of times what PX4 logs.
  static let largestSubscriptionCount = 4096
  /// Largest number of texts that are kept.
  static let largestTextCount = 10_000

  /// The file.
  let bytes: LogBytes
  var formats = ULogFormats()
  /// The version of the format that the header names.
  public private(set) var version: UInt8 = 0
  /// Start of the log in µs since the autopilot's own.
  public internal(set) var startTime: UInt64 = 0
  /// Topics in the order of their first subscription.
  public internal(set) var subscriptions: [ULogSubscription] = []
  /// Times without a log.
  public internal(set) var dropouts: [ULogDropout] = []
  /// Where in the file each of them is noted.
  var dropoutPlaces: [Int] = []
  /// Logged texts, the first ten thousand.
  public internal(set) var texts: [ULogText] = []
  /// Information by name, such as `ver_hw`: texts and numbers as text.
  public internal(set) var information: [String: String] = [:]
  /// Parameters by name, as of the start of the log.
  public internal(set) var parameters: [String: Double] = [:]
  /// What cannot be used, in file order.
  public internal(set) var damages: [LogDamage] = []
  /// Messages that were skipped for their content, by what is odd about it.
  public private(set) var skipped: [ULogOddity: Int] = [:]

  mutating func note(_ oddity: ULogOddity) { skipped[oddity, default: 0] += 1 }

  /// Reads the file at `path`.
  ///
  /// Throws `LogError` when it is not ULog, or of a kind that must not be read (unknown incompatible flags).
  public init(path: String) throws(LogError) {
    try self.init(LogBytes(path: path))
  }

  /// Whether a file begins as a ULog does.
  static func isOne(_ bytes: LogBytes) -> Bool { bytes.copy(0..<ULogFormat.magic.count) == ULogFormat.magic }

  /// Reads a file in memory.
  public init(_ bytes: LogBytes) throws(LogError) {
    self.bytes = bytes
    var header = ByteCursor(bytes, 0..<bytes.count)
    guard !Self.isOne(bytes) || bytes.count >= ULogFormat.headerSize else {
      throw LogError(
        .truncated, at: bytes.count,
        "the PX4 log (ULog) is cut off in its header of \(ULogFormat.headerSize) bytes: there is nothing in it",
        remedy: "Use another copy, or another log.")
    }
    guard bytes.count >= ULogFormat.headerSize, Self.isOne(bytes), header.skip(7),
      let version = header.integer(UInt8.self), let start = header.integer(UInt64.self)
    else {
      try bytes.checkFailure()
      throw bytes.refusal(wanted: "a PX4 log (ULog)", elseRemedy: "Name a .ulg file of PX4.")
    }
    (self.version, startTime) = (version, start)
    var parser = ULogParser(bytes)
    try parser.parse(into: &self)
    try bytes.checkFailure()
  }

  /// The topic `name`, instance `instance`, if it is in the log.
  public func subscription(_ name: String, instance: Int = 0) -> ULogSubscription? {
    subscriptions.first { $0.name == name && $0.instance == instance }
  }

  /// The value at `path`, such as `q[0]`, in the messages of `subscription`; `nil` when they have none.
  public func field(_ path: String, of subscription: ULogSubscription) -> ULogField? {
    formats.field(path, of: subscription.name)
  }

  /// The paths of all values in the messages of `subscription`, at most 4,096.
  public func paths(of subscription: ULogSubscription) -> [String] {
    formats.paths(of: subscription.name)
  }

  /// The value of `field` in message `row`; `nil` outside the messages or, in a shortened one, outside of it.
  public func value(_ field: ULogField, _ row: Int, of subscription: ULogSubscription) -> ULogNumber? {
    guard subscription.offsets.indices.contains(row),
      field.offset + field.type.size <= subscription.storedSize
    else { return nil }
    let start = subscription.offsets[row] + field.offset
    var cursor = ByteCursor(bytes, start..<start + field.type.size)
    return cursor.number(field.type)
  }
}

extension ByteCursor {
  /// The next value of `type`.
  mutating func number(_ type: ULogType) -> ULogNumber? {
    switch type {
    case .int8: integer(Int8.self).map { .signed(Int64($0)) }
    case .int16: integer(Int16.self).map { .signed(Int64($0)) }
    case .int32: integer(Int32.self).map { .signed(Int64($0)) }
    case .int64: integer(Int64.self).map { .signed($0) }
    case .uint8, .bool, .char: integer(UInt8.self).map { .unsigned(UInt64($0)) }
    case .uint16: integer(UInt16.self).map { .unsigned(UInt64($0)) }
    case .uint32: integer(UInt32.self).map { .unsigned(UInt64($0)) }
    case .uint64: integer(UInt64.self).map { .unsigned($0) }
    case .float: integer(UInt32.self).map { .real(Double(Float(bitPattern: $0))) }
    case .double: integer(UInt64.self).map { .real(Double(bitPattern: $0)) }
    }
  }
}
