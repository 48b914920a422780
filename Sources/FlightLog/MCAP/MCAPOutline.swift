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
  /// How the records are packed.
  var compression = MCAPCompression.none
  /// Bytes of the records when they are not packed.
  var size = 0
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
  /// Schemas and channels outside chunks, from the data section and, in a finished file, from the summary.
  public internal(set) var registry = MCAPRegistry()
  /// Schemas outside chunks, by number.
  public var schemas: [UInt16: MCAPSchema] { registry.schemas }
  /// Channels outside chunks, by number.
  public var channels: [UInt16: MCAPChannel] { registry.channels }
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

  /// Checksums and summary records, for `MCAPVerification`.
  var guards: [MCAPGuard] = []
  /// Records that no checksum covers so far, in a log that has guards: nothing tells whether they are what was written.
  var unguarded: (offset: Int, count: Int)?
  /// Offsets of the record of data's end and of the byte behind it.
  var dataEnd: (offset: Int, end: Int, crc: UInt32)?
  /// Offset of the first record behind the data's end that belongs in front of it.
  var dataBehindEnd: Int?
  var footer: (offset: Int, summaryStart: UInt64, offsetStart: UInt64, crc: UInt32)?
  var chunkIndexes: [Range<Int>] = []
  var statistics: Range<Int>?
  /// Top-level records that were skipped, as the format wants: of later versions of MCAP, and other programs' own.
  public internal(set) var skippedRecords = 0
  /// Bytes of those.
  var skippedBytes = 0
  var previousOpcode: MCAPOpcode?
  /// Bytes that the packed chunks so far unpack to.
  var unpackedBytes = 0
  /// What was known when the data ended: a summary that was cut off is not believed.
  var registryOfData: MCAPRegistry?

  /// Whether a file begins as MCAP does.
  static func isOne(_ bytes: LogBytes) -> Bool { bytes.copy(0..<MCAPFormat.magic.count) == MCAPFormat.magic }

  /// Bytes that are lost in all.
  public var lostBytes: Int { damages.reduce(0) { $0 + $1.lostBytes } }

  /// The outline of a file.
  ///
  /// Damage is listed, not thrown. Throws `LogError` only when the file is not MCAP at all.
  public init(_ bytes: LogBytes) throws(LogError) {
    self.bytes = bytes
    guard Self.isOne(bytes) else {
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
        previousOpcode = nil
        guard let next else {
          forgetSummary()
          return
        }
        cursor = ByteCursor(bytes, next..<bytes.count)
        continue
      }
    }
  }

  /// Drops what a summary said that was cut off: no checksum tells whether it is what was written.
  mutating func forgetSummary() {
    guard let registryOfData else { return }
    registry = registryOfData
    (statistics, chunkIndexes) = (nil, [])
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
      forgetSummary()
      damages.add(
        LogDamage(
          error: LogError(
            .malformed, at: position, "the log does not end with its closing mark behind the footer",
            remedy: LogError.recoverRemedy),
          lostBytes: max(bytes.count - position, 0)))
    }
  }
}
