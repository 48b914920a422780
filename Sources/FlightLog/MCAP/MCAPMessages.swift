/// One message of a log.
public struct MCAPMessage: Equatable, Sendable {
  /// Number of its channel.
  public var channel: UInt16
  /// Its number within the channel.
  public var sequence: UInt32
  /// When it was logged, in ns.
  public var time: UInt64
  /// When it was published, in ns.
  public var publishTime: UInt64
  /// Where its content is in `MCAPMessages.bytes`.
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
  /// Records inside chunks that were skipped, as the format wants, and their bytes.
  private(set) var skippedRecords = (count: 0, bytes: 0)
  private var nextDamage = 0
  private var hasToldOfFailure = false
  private var cursor: ByteCursor
  /// The segment that comes next, by its place in the outline.
  private(set) var nextSegment = 0
  /// What the last message's content lies in: the file, or the content of a packed chunk.
  public private(set) var bytes: LogBytes
  /// Schemas and channels known so far: those of the outline, then those met inside chunks.
  public private(set) var registry: MCAPRegistry
  /// Schemas known so far.
  public var schemas: [UInt16: MCAPSchema] { registry.schemas }
  /// Channels known so far.
  public var channels: [UInt16: MCAPChannel] { registry.channels }

  /// Starts at the first message.
  public init(_ outline: MCAPOutline) {
    self.outline = outline
    bytes = outline.bytes
    cursor = ByteCursor(outline.bytes, 0..<0)
    registry = outline.registry
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
      guard let opcode = cursor.integer(UInt8.self), opcode != 0, let length = cursor.integer(UInt64.self),
        let content = cursor.range(count: length)
      else { return .damage(leaveSegment(start)) }
      if opcode == MCAPOpcode.message.rawValue {
        var record = ByteCursor(bytes, content)
        guard let channel = record.integer(UInt16.self), let sequence = record.integer(UInt32.self),
          let time = record.integer(UInt64.self), let published = record.integer(UInt64.self)
        else { return .damage(leaveSegment(start)) }
        return .message(
          MCAPMessage(
            channel: channel, sequence: sequence, time: time, publishTime: published,
            payload: record.position..<content.upperBound))
      }
      guard opcode == MCAPOpcode.schema.rawValue || opcode == MCAPOpcode.channel.rawValue else {
        skippedRecords.count += 1
        skippedRecords.bytes += MCAPFormat.recordHeader + content.count
        continue
      }
      if !register(opcode, content) { return .damage(leaveSegment(start)) }
    }
  }

  /// Where in the file a place in `bytes` is: the place itself, or the chunk that was unpacked.
  func offset(of place: Int) -> Int {
    guard nextSegment > 0 else { return place }
    let segment = outline.segments[nextSegment - 1]
    return segment.compression == .none ? place : segment.chunkOffset ?? place
  }

  /// An error about the last message's content, with its place in the file.
  func placed(_ error: LogError) -> LogError {
    var error = error
    error.offset = error.offset.map(offset(of:))
    return error
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
    do throws(LogError) {
      let content = try segment.content(of: outline.bytes)
      bytes = content.bytes
      cursor = ByteCursor(content.bytes, content.records)
      return nil
    } catch {
      return LogDamage(error: error, lostBytes: segment.records.count)
    }
  }

  /// Gives up the rest of the segment.
  private mutating func leaveSegment(_ start: Int) -> LogDamage {
    let lost = cursor.end - start
    cursor = ByteCursor(outline.bytes, 0..<0)
    let error = LogError(
      .malformed, at: offset(of: start), "a record inside a chunk does not fit it",
      remedy: LogError.recoverRemedy)
    return LogDamage(error: error, lostBytes: lost)
  }

  /// Takes in a schema or channel inside a chunk; says `false` when it is malformed.
  private mutating func register(_ opcode: UInt8, _ content: Range<Int>) -> Bool {
    var record = ByteCursor(bytes, content)
    let place = offset(of: content.lowerBound)
    if opcode == MCAPOpcode.schema.rawValue {
      guard let schema = record.schema() else { return false }
      registry.take(schema, at: place)
    } else {
      guard let channel = record.channel() else { return false }
      registry.take(channel, at: place)
    }
    return true
  }
}
