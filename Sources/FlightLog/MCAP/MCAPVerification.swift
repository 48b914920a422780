/// Checks all of an MCAP file that can be checked: every checksum, the index and statistics at its end against
/// what is really there, and each message against its channel.
public struct MCAPVerification: Sendable {
  /// What is wrong, in no particular order; empty for a sound file.
  public private(set) var findings: [LogError] = []
  /// Messages that can be read, in all and by channel.
  public private(set) var messageCounts: [UInt16: UInt64] = [:]
  /// Log time of the earliest and the latest message; `nil` without any.
  public private(set) var times: ClosedRange<UInt64>?
  /// The most findings that are kept.
  static let limit = 100

  /// All messages that can be read.
  public var messageCount: UInt64 { messageCounts.values.reduce(0, &+) }

  /// Verifies the file of `outline`.
  public init(_ outline: MCAPOutline) {
    checkMessages(outline)
    checkAttachments(outline)
    checkDataSection(outline)
    checkSummary(outline)
    if outline.unknownRecords > 0 {
      add(
        LogError(
          .malformed, "\(outline.unknownRecords) record(s) are of no known kind",
          remedy: "They were skipped; the log may be damaged, or newer than this program."))
    }
  }

  private mutating func add(_ error: LogError) {
    if findings.count < Self.limit { findings.append(error) }
  }

  private mutating func checkMessages(_ outline: MCAPOutline) {
    var messages = MCAPMessages(outline)
    while true {
      switch messages.next() {
      case .message(let message):
        messageCounts[message.channel, default: 0] &+= 1
        times =
          min(
            times?.lowerBound ?? message.time, message.time)...max(
            times?.upperBound ?? message.time, message.time)
        if messages.channels[message.channel] == nil {
          add(
            LogError(
              .malformed, at: message.payload.lowerBound,
              "a message is on channel \(message.channel), which is unknown",
              remedy: LogError.recoverRemedy))
        }
      case .damage(let damage): add(damage.error)
      case .end: return
      }
    }
  }

  private mutating func checkAttachments(_ outline: MCAPOutline) {
    for content in outline.attachmentRecords where content.count >= 4 {
      let body = content.lowerBound..<content.upperBound - 4
      var cursor = ByteCursor(outline.bytes, body.upperBound..<content.upperBound)
      guard let crc = cursor.integer(UInt32.self), crc != 0, crc != outline.bytes.crc32(of: body) else {
        continue
      }
      add(
        LogError(
          .checksum, at: content.lowerBound, "the checksum of an attachment does not fit",
          remedy: "Use another copy of the log: what it holds of its configuration or model is damaged."))
    }
  }

  private mutating func checkDataSection(_ outline: MCAPOutline) {
    guard let end = outline.dataEnd, end.crc != 0 else { return }
    if outline.bytes.crc32(of: 0..<end.offset) != end.crc {
      add(
        LogError(
          .checksum, at: end.offset, "the checksum of the data section does not fit",
          remedy: LogError.recoverRemedy))
    }
  }

  private mutating func checkSummary(_ outline: MCAPOutline) {
    guard let footer = outline.footer else { return }
    if footer.crc != 0 {
      // The checksum ends just in front of itself: 9 bytes of header and two offsets into the footer.
      let start = Int(clamping: footer.summaryStart == 0 ? UInt64(footer.offset) : footer.summaryStart)
      let end = footer.offset + MCAPFormat.recordHeader + 16
      if start > end || outline.bytes.crc32(of: start..<end) != footer.crc {
        add(
          LogError(
            .checksum, at: footer.offset, "the checksum of the index does not fit",
            remedy: LogError.recoverRemedy))
      }
    }
    checkChunkIndexes(outline)
    checkStatistics(outline)
  }

  private mutating func checkChunkIndexes(_ outline: MCAPOutline) {
    guard !outline.chunkIndexes.isEmpty else { return }
    let offsets = Set(outline.segments.compactMap(\.chunkOffset))
    var indexed: Set<Int> = []
    for content in outline.chunkIndexes {
      var cursor = ByteCursor(outline.bytes, content)
      guard cursor.skip(16), let offset = cursor.integer(UInt64.self), let place = Int(exactly: offset),
        offsets.contains(place)
      else {
        add(
          LogError(
            .malformed, at: content.lowerBound, "the index points to a chunk that is not there",
            remedy: LogError.recoverRemedy))
        continue
      }
      indexed.insert(place)
    }
    if let missing = offsets.subtracting(indexed).min() {
      add(
        LogError(
          .malformed, at: missing, "\(offsets.count - indexed.count) chunk(s) are not in the index",
          remedy: LogError.recoverRemedy))
    }
  }

  private mutating func checkStatistics(_ outline: MCAPOutline) {
    guard let statistics = outline.statistics else { return }
    var cursor = ByteCursor(outline.bytes, statistics)
    guard let count = cursor.integer(UInt64.self) else {
      return add(
        LogError(
          .malformed, at: statistics.lowerBound, "the statistics are cut", remedy: LogError.recoverRemedy))
    }
    if count != messageCount {
      add(
        LogError(
          .malformed, at: statistics.lowerBound,
          "the statistics count \(count) messages, but \(messageCount) can be read",
          remedy: LogError.recoverRemedy))
    }
  }
}
