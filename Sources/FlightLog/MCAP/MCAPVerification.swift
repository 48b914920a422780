/// Checks all of an MCAP file that can be checked: every checksum, the index and statistics at its end against
/// what is really there, and each message against its channel.
public struct MCAPVerification: Sendable {
  /// What is wrong, in no particular order; empty for a sound file.
  public private(set) var findings: [LogError] = []
  /// Messages that can be read, in all and by channel.
  public private(set) var messageCounts: [UInt16: UInt64] = [:]
  /// Log time of the earliest and the latest message; `nil` without any.
  public private(set) var times: ClosedRange<UInt64>?
  /// All schemas and channels, those inside chunks too.
  public private(set) var registry: MCAPRegistry
  /// Records that were skipped, as the format wants, those inside chunks too.
  public private(set) var skippedRecords = 0
  /// Bytes of the file that cannot be used: of damaged chunks and records, of a tail that was cut off, of messages on
  /// channels that are unknown. What only its checksum speaks against is not lost.
  public private(set) var lostBytes = 0
  /// Findings beyond those that are kept.
  public private(set) var moreFindings = 0
  /// The most findings that are kept.
  public static let limit = 100

  /// All messages that can be read.
  public var messageCount: UInt64 { messageCounts.values.reduce(0, &+) }

  /// Verifies the file of `outline`.
  public init(_ outline: MCAPOutline) {
    registry = outline.registry
    checkMessages(outline)
    for error in outline.checksumFindings { add(error) }
    for error in registry.conflicts { add(error) }
    moreFindings += registry.moreConflicts
    checkOrder(outline)
    checkChunkIndexes(outline)
    checkStatistics(outline)
    if let cause = outline.endedEarly {
      add(
        LogError(
          .missing, "the log ended before its run: \(cause)",
          remedy: "The rest of the run has no log; see log.budget_mb of its configuration."))
    }
  }

  private mutating func add(_ error: LogError) {
    if findings.count < Self.limit { findings.append(error) } else { moreFindings += 1 }
  }

  private mutating func checkMessages(_ outline: MCAPOutline) {
    var messages = MCAPMessages(outline)
    // Times of the messages of the chunk that is being read, which is segment `place`.
    var place = 0
    var chunkTimes: ClosedRange<UInt64>?
    while true {
      let item = messages.next()
      if messages.nextSegment != place {
        checkTimes(outline, place, chunkTimes)
        (place, chunkTimes) = (messages.nextSegment, nil)
      }
      switch item {
      case .message(let message):
        messageCounts[message.channel, default: 0] &+= 1
        times = times.widened(to: message.time)
        chunkTimes = chunkTimes.widened(to: message.time)
        checkChannel(of: message, messages)
      case .damage(let damage):
        add(damage.error)
        lostBytes += damage.lostBytes
      case .end:
        checkTimes(outline, place, chunkTimes)
        registry = messages.registry
        skippedRecords = outline.skippedRecords + messages.skippedRecords.count
        return
      }
    }
  }

  private mutating func checkChannel(of message: MCAPMessage, _ messages: MCAPMessages) {
    let what: String
    if let channel = messages.registry.channels[message.channel] {
      guard channel.schema != 0, messages.registry.schemas[channel.schema] == nil else { return }
      what = "a message is on channel \(message.channel), whose schema \(channel.schema) is unknown"
    } else {
      what = "a message is on channel \(message.channel), which is unknown"
      lostBytes += message.payload.count
    }
    add(
      LogError(
        .malformed, at: messages.offset(of: message.payload.lowerBound), what, remedy: LogError.recoverRemedy)
    )
  }

  /// Compares what a chunk says of its messages' times with what they are; `place` counts from 1.
  private mutating func checkTimes(_ outline: MCAPOutline, _ place: Int, _ found: ClosedRange<UInt64>?) {
    guard place > 0, let found else { return }
    let segment = outline.segments[place - 1]
    guard let offset = segment.chunkOffset,
      segment.start != found.lowerBound || segment.end != found.upperBound
    else { return }
    add(
      LogError(
        .malformed, at: offset,
        "a chunk says that its messages are from \(segment.start) to \(segment.end) ns, but they are from "
          + "\(found.lowerBound) to \(found.upperBound) ns",
        remedy: LogError.recoverRemedy))
  }

  /// Looks at what a finished file must have, and in which order.
  private mutating func checkOrder(_ outline: MCAPOutline) {
    if let offset = outline.dataBehindEnd {
      add(
        LogError(
          .malformed, at: offset, "data stand behind the record that ends the data",
          remedy: LogError.recoverRemedy))
    }
    guard let footer = outline.footer else { return }
    guard let end = outline.dataEnd else {
      return add(
        LogError(
          .malformed, at: footer.offset,
          "the log is finished, but the record that ends its data is gone, and with it the checksum of the data",
          remedy: LogError.recoverRemedy))
    }
    if footer.summaryStart != 0, footer.summaryStart != UInt64(end.end) {
      add(
        LogError(
          .malformed, at: footer.offset,
          "the summary is said to begin at byte \(footer.summaryStart), but the data end at byte \(end.end)",
          remedy: LogError.recoverRemedy))
    }
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

extension ClosedRange<UInt64>? {
  fileprivate func widened(to time: UInt64) -> ClosedRange<UInt64> {
    Swift.min(self?.lowerBound ?? time, time)...Swift.max(self?.upperBound ?? time, time)
  }
}
