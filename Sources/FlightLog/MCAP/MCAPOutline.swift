/// A piece of a file that cannot be used.
public struct LogDamage: Equatable, Sendable {
  /// What is wrong, and where.
  public var error: LogError
  /// Bytes that are lost by it.
  public var lostBytes: Int
}

extension [LogDamage] {
  /// Adds damage; from a thousand on only its bytes are added up, so a hostile file cannot fill the memory.
  mutating func add(_ damage: LogDamage) {
    if count < 1000 {
      append(damage)
    } else {
      self[count - 1].lostBytes += damage.lostBytes
    }
  }
}

/// A run of schema, channel and message records: a chunk's content, or records that stand outside chunks.
public struct MCAPSegment: Equatable, Sendable {
  /// Where the records are in the file.
  public var records: Range<Int>
  /// Where the chunk record begins; `nil` outside chunks.
  public var chunkOffset: Int?
  /// The checksum of the records; 0 for none.
  public var crc: UInt32
  /// Earliest and latest log time as the chunk says.
  public var start, end: UInt64
}

/// What stands in an MCAP file and where, found front to back without trusting the index at its end, so that a
/// file cut off in mid-write has an outline too.
public struct MCAPOutline: Sendable {
  /// The file.
  public let bytes: LogBytes
  /// Profile from the header.
  public internal(set) var profile = ""
  /// What wrote the file, from the header.
  public internal(set) var library = ""
  /// Schemas outside chunks, by number, from the data section and from the summary.
  public internal(set) var schemas: [UInt16: MCAPSchema] = [:]
  /// Channels outside chunks, by number, from the data section and from the summary.
  public internal(set) var channels: [UInt16: MCAPChannel] = [:]
  /// The pieces that hold messages, in file order.
  public internal(set) var segments: [MCAPSegment] = []
  /// Files inside the log.
  public internal(set) var attachments: [MCAPAttachment] = []
  /// Named texts inside the log; keys in file order.
  public internal(set) var metadata: [(name: String, entries: [(key: String, value: String)])] = []
  /// Whether the file ends as a finished file does.
  public internal(set) var isComplete = false
  /// What cannot be used, in file order.
  public internal(set) var damages: [LogDamage] = []

  /// Attachment and summary records, for `MCAPVerification`.
  var attachmentRecords: [Range<Int>] = []
  var dataEnd: (offset: Int, crc: UInt32)?
  var footer: (offset: Int, summaryStart: UInt64, offsetStart: UInt64, crc: UInt32)?
  var chunkIndexes: [Range<Int>] = []
  var statistics: Range<Int>?
  /// Top-level records of kinds this reader does not know.
  var unknownRecords = 0

  /// Bytes that are lost in all.
  public var lostBytes: Int { damages.reduce(0) { $0 + $1.lostBytes } }

  /// The outline of a file.
  ///
  /// Damage is listed, not thrown. Throws `LogError` only when the file is not MCAP at all.
  public init(_ bytes: LogBytes) throws(LogError) {
    self.bytes = bytes
    let magic = MCAPFormat.magic
    guard bytes.count >= magic.count, bytes.copy(0..<magic.count) == magic else {
      try bytes.checkFailure()
      throw bytes.refusal(wanted: "an MCAP log", elseRemedy: "Name a log written by Ganglion.")
    }
    scan()
  }

  /// The first attachment with this name, as bytes.
  public func attachment(named name: String) -> [UInt8]? {
    attachments.first { $0.name == name }.map { bytes.copy($0.range) }
  }

  private mutating func scan() {
    var cursor = ByteCursor(bytes, MCAPFormat.magic.count..<bytes.count)
    var resync = MCAPResync(bytes)
    while true {
      let start = cursor.position
      if footer != nil {
        finish(start)
        return
      }
      guard let opcode = cursor.integer(UInt8.self), let length = cursor.integer(UInt64.self),
        let content = cursor.range(count: length), take(opcode, start, content)
      else {
        // Not a record: cut off, or damaged. Go on at the next chunk that is whole, if there is one.
        let next = resync.nextChunk(after: start)
        damages.add(Self.damage(at: start, until: next, of: bytes.count))
        guard let next else { return }
        cursor = ByteCursor(bytes, next..<bytes.count)
        continue
      }
    }
  }

  private static func damage(at start: Int, until next: Int?, of count: Int) -> LogDamage {
    if let next {
      let error = LogError(
        .malformed, at: start, "a record is damaged; reading goes on at byte \(next)",
        remedy: LogError.recoverRemedy)
      return LogDamage(error: error, lostBytes: next - start)
    }
    let what =
      start == count
      ? "the log ends without its index: it was not finished"
      : "the log is cut off in mid-write: the last \(count - start) bytes are not a whole record"
    return LogDamage(
      error: LogError(.truncated, at: start, what, remedy: LogError.recoverRemedy), lostBytes: count - start)
  }

  /// Checks what stands behind the footer.
  private mutating func finish(_ position: Int) {
    let magic = MCAPFormat.magic
    if bytes.count - position == magic.count, bytes.copy(position..<bytes.count) == magic {
      isComplete = true
    } else {
      damages.add(
        LogDamage(
          error: LogError(
            .malformed, at: position, "the log does not end with its closing mark behind the footer",
            remedy: LogError.recoverRemedy),
          lostBytes: max(bytes.count - position, 0)))
    }
  }

  /// Takes in one record; says `false` when its content cannot be what its opcode says.
  private mutating func take(_ opcode: UInt8, _ start: Int, _ content: Range<Int>) -> Bool {
    var cursor = ByteCursor(bytes, content)
    switch MCAPOpcode(rawValue: opcode) {
    case .header:
      guard let profile = cursor.string(), let library = cursor.string() else { return false }
      (self.profile, self.library) = (profile, library)
    case .schema:
      guard let schema = cursor.schema() else { return false }
      schemas[schema.id] = schemas[schema.id] ?? schema
    case .channel:
      guard let channel = cursor.channel() else { return false }
      channels[channel.id] = channels[channel.id] ?? channel
    case .message:
      addLoose(start..<content.upperBound)
    case .chunk:
      guard let chunk = cursor.chunk(at: start) else { return false }
      guard let segment = chunk.segment else {
        damages.add(
          LogDamage(
            error: LogError(
              .unsupported, at: start, "a chunk is compressed with '\(chunk.compression)'",
              remedy:
                "Rewrite the log without compression, for example with `mcap compress --compression none`."),
            lostBytes: content.upperBound - start))
        return true
      }
      segments.append(segment)
    case .attachment:
      guard let attachment = cursor.attachment() else { return false }
      attachments.append(attachment)
      attachmentRecords.append(content)
    case .metadata:
      guard let entry = cursor.metadata() else { return false }
      metadata.append(entry)
    case .dataEnd:
      guard let crc = cursor.integer(UInt32.self) else { return false }
      dataEnd = (start, crc)
    case .footer:
      guard let summary = cursor.integer(UInt64.self), let offsets = cursor.integer(UInt64.self),
        let crc = cursor.integer(UInt32.self)
      else { return false }
      footer = (start, summary, offsets, crc)
    case .chunkIndex: chunkIndexes.append(content)
    case .statistics: statistics = content
    case .messageIndex, .attachmentIndex, .metadataIndex, .summaryOffset: break
    // Opcode 0 is never valid; it is what a file system leaves of a block that was not written in time.
    case nil where opcode == 0: return false
    case nil: unknownRecords += 1
    }
    return true
  }

  /// Messages outside chunks: neighbours make one segment.
  private mutating func addLoose(_ record: Range<Int>) {
    if let last = segments.last, last.chunkOffset == nil, last.records.upperBound == record.lowerBound {
      segments[segments.count - 1].records = last.records.lowerBound..<record.upperBound
    } else {
      segments.append(MCAPSegment(records: record, chunkOffset: nil, crc: 0, start: 0, end: 0))
    }
  }
}
