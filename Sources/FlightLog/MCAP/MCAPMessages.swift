/// One message of a log.
public struct MCAPMessage: Equatable, Sendable {
  /// Number of its channel.
  public var channel: UInt16
  /// Its number within the channel.
  public var sequence: UInt32
  /// When it was logged, in ns.
  public var time: UInt64
  /// Where its content is in the file.
  public var payload: Range<Int>
}

/// What comes next in a log.
public enum MCAPItem: Sendable {
  /// A message.
  case message(MCAPMessage)
  /// A chunk, or the rest of one, that cannot be used; reading may go on behind it.
  case damage(LogDamage)
  /// Nothing more.
  case end
}

/// Walks through the messages of a log in file order, checking each chunk's checksum on entering it.
public struct MCAPMessages: Sendable {
  private let outline: MCAPOutline
  private var nextSegment = 0
  private var nextDamage = 0
  private var hasToldOfFailure = false
  private var cursor: ByteCursor
  /// Schemas known so far: those of the outline, then those met inside chunks.
  public private(set) var schemas: [UInt16: MCAPSchema]
  /// Channels known so far, likewise.
  public private(set) var channels: [UInt16: MCAPChannel]

  /// Starts at the first message.
  public init(_ outline: MCAPOutline) {
    self.outline = outline
    cursor = ByteCursor(outline.bytes, 0..<0)
    (schemas, channels) = (outline.schemas, outline.channels)
  }

  /// The next message or damage.
  public mutating func next() -> MCAPItem {
    while true {
      guard cursor.remaining > 0 else {
        if let damage = damageBeforeNextSegment() { return .damage(damage) }
        guard nextSegment < outline.segments.count else {
          // What could not be read counted as zeros.
          guard !hasToldOfFailure, let failure = outline.bytes.failure else { return .end }
          hasToldOfFailure = true
          return .damage(LogDamage(error: failure, lostBytes: 0))
        }
        if let damage = enterSegment() { return .damage(damage) }
        continue
      }
      let start = cursor.position
      guard let opcode = cursor.integer(UInt8.self), let length = cursor.integer(UInt64.self),
        let content = cursor.range(count: length)
      else { return .damage(leaveSegment(start)) }
      if opcode == MCAPOpcode.message.rawValue {
        var record = ByteCursor(outline.bytes, content)
        guard let channel = record.integer(UInt16.self), let sequence = record.integer(UInt32.self),
          let time = record.integer(UInt64.self), record.skip(8)
        else { return .damage(leaveSegment(start)) }
        return .message(
          MCAPMessage(
            channel: channel, sequence: sequence, time: time, payload: record.position..<content.upperBound))
      }
      if !register(opcode, content) { return .damage(leaveSegment(start)) }
    }
  }

  /// Damage that the outline found in front of the next segment, once each; all that is left at the end.
  private mutating func damageBeforeNextSegment() -> LogDamage? {
    guard nextDamage < outline.damages.count else { return nil }
    let damage = outline.damages[nextDamage]
    if nextSegment < outline.segments.count,
      (damage.error.offset ?? 0) > outline.segments[nextSegment].records.lowerBound
    {
      return nil
    }
    nextDamage += 1
    return damage
  }

  /// Turns to the next segment, or gives what is wrong with it.
  private mutating func enterSegment() -> LogDamage? {
    let segment = outline.segments[nextSegment]
    nextSegment += 1
    if segment.crc != 0 {
      let found = outline.bytes.crc32(of: segment.records)
      guard found == segment.crc else {
        let error = LogError(
          .checksum, at: segment.chunkOffset,
          "the checksum of a chunk does not fit its \(segment.records.count) bytes",
          remedy: LogError.recoverRemedy)
        return LogDamage(error: error, lostBytes: segment.records.count)
      }
    }
    cursor = ByteCursor(outline.bytes, segment.records)
    return nil
  }

  /// Gives up the rest of the segment.
  private mutating func leaveSegment(_ offset: Int) -> LogDamage {
    let lost = cursor.end - offset
    cursor = ByteCursor(outline.bytes, 0..<0)
    let error = LogError(
      .malformed, at: offset, "a record inside a chunk does not fit it", remedy: LogError.recoverRemedy)
    return LogDamage(error: error, lostBytes: lost)
  }

  /// Takes in a schema or channel inside a chunk; says `false` when it is malformed.
  private mutating func register(_ opcode: UInt8, _ content: Range<Int>) -> Bool {
    var record = ByteCursor(outline.bytes, content)
    switch MCAPOpcode(rawValue: opcode) {
    case .schema:
      guard let schema = record.schema() else { return false }
      schemas[schema.id] = schemas[schema.id] ?? schema
    case .channel:
      guard let channel = record.channel() else { return false }
      channels[channel.id] = channels[channel.id] ?? channel
    default: break
    }
    return true
  }
}
