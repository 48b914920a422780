/// Writes an MCAP file, front to back.
///
/// Schemas, channels, attachments and metadata are put in front of the first chunk and once more (or their
/// index) into the summary, so that both a cut file and a seeking reader find them. Chunks are uncompressed,
/// carry a CRC, and are closed at 64 KiB or 250 ms of log time, whichever comes first: that is the most a
/// power cut loses. What is in no chunk is covered by an `MCAPGuard` behind it. The bytes depend on the arguments only, never on the clock.
public final class MCAPWriter {
  /// A chunk is closed before it grows over this many bytes, unless a single message is larger.
  public static let largestChunk = 64 * 1024
  /// A chunk is closed when its messages span this much log time, in ns.
  public static let longestChunk: UInt64 = 250_000_000

  private let sink: any LogSink
  /// Bytes written so far.
  private var offset = 0
  /// CRC of everything in front of the last guard, and of everything from there on.
  private var guardedChecksum: UInt32 = 0
  private var openChecksum: UInt32 = 0
  /// Where the last guard begins and ends.
  private var lastGuard = 0..<0
  /// Bytes of the file so far, the open chunk included.
  public var byteCount: Int { offset + chunk.count }
  /// Entries that are remembered for the index at the end.
  var rememberedEntries: Int { summary.chunks.reduce(0) { $0 + 1 + $1.indexOffsets.count } }
  private var isFinished = false

  private var record = OutputBuffer()
  private var chunk = OutputBuffer(capacity: largestChunk + 4096)
  /// Earliest, latest and first log time in the open chunk.
  private var chunkTimes: (start: UInt64, end: UInt64, first: UInt64) = (0, 0, 0)
  /// For each channel, log time and offset of its messages in the open chunk.
  private var indexes: [[(time: UInt64, offset: UInt64)]] = []
  /// The channels that have messages in the open chunk: a log may have thousands that have none.
  private var indexed: [Int] = []
  private var summary = MCAPSummary()

  /// Begins a file: magic and header. `library` says what wrote it.
  public init(sink: any LogSink, profile: String = "", library: String) throws(LogError) {
    self.sink = sink
    for byte in MCAPFormat.magic { record.append(byte) }
    try emit(record.bytes)
    record.beginRecord(.header)
    record.append(text: profile)
    record.append(text: library)
    record.endRecord()
    try emit(record.bytes)
    try emitGuard()
  }

  /// Adds a schema and gives its number.
  public func addSchema(name: String, encoding: String = "ros2msg", text: String) throws(LogError) -> UInt16 {
    guard let id = UInt16(exactly: summary.schemas.count + 1) else {
      throw LogError(.tooLarge, "a log holds at most 65,535 schemas", remedy: "Use fewer.")
    }
    let schema = MCAPSchema(id: id, name: name, encoding: encoding, text: text)
    summary.schemas.append(schema)
    record.setSchema(schema)
    try emit(record.bytes)
    return id
  }

  /// Adds a channel and gives its number.
  public func addChannel(
    topic: String, schema: UInt16, encoding: String = "cdr", metadata: [String: String] = [:]
  ) throws(LogError) -> UInt16 {
    guard let id = UInt16(exactly: summary.channels.count) else {
      throw LogError(.tooLarge, "a log holds at most 65,536 channels", remedy: "Use fewer.")
    }
    let channel = MCAPChannel(id: id, schema: schema, topic: topic, encoding: encoding, metadata: metadata)
    summary.channels.append((channel, 0))
    indexes.append([])
    record.setChannel(channel)
    try emit(record.bytes)
    return id
  }

  /// Puts a file into the log; before the first message, so that a cut log has it too.
  public func addAttachment(
    name: String, mediaType: String, bytes: [UInt8], logTime: UInt64 = 0, createTime: UInt64 = 0
  ) throws(LogError) {
    try closeChunk()
    bytes.withUnsafeBytes {
      record.setAttachment(
        name: name, mediaType: mediaType, bytes: $0, logTime: logTime, createTime: createTime)
    }
    summary.attachments.append(
      .init(
        offset: offset, length: record.count, size: bytes.count, logTime: logTime, createTime: createTime,
        name: name, mediaType: mediaType))
    try emit(record.bytes)
    try emitGuard()
  }

  /// Puts named texts into the log, in the given order; before the first message, so that a cut log has them.
  public func addMetadata(name: String, _ entries: [(key: String, value: String)]) throws(LogError) {
    try closeChunk()
    record.setMetadata(name: name, entries)
    summary.metadata.append(.init(offset: offset, length: record.count, name: name))
    try emit(record.bytes)
    try emitGuard()
  }

  /// Adds a message of `channel`, a number from `addChannel`, at log time `time` in ns; it was published at
  /// `publishTime`, or just then.
  public func write(
    channel: UInt16, time: UInt64, publishTime: UInt64? = nil, payload: UnsafeRawBufferPointer
  ) throws(LogError) {
    let slot = Int(channel)
    guard summary.channels.indices.contains(slot) else { return }
    let content = 22 + payload.count
    if chunk.count > 0 {
      let span = time >= chunkTimes.first ? time - chunkTimes.first : 0
      let size = chunk.count + MCAPFormat.recordHeader + content
      if size > Self.largestChunk || span >= Self.longestChunk { try closeChunk() }
    }
    if chunk.count == 0 { chunkTimes = (time, time, time) }
    chunkTimes.start = min(chunkTimes.start, time)
    chunkTimes.end = max(chunkTimes.end, time)
    if indexes[slot].isEmpty { indexed.append(slot) }
    indexes[slot].append((time, UInt64(chunk.count)))
    chunk.append(MCAPOpcode.message.rawValue)
    chunk.append(UInt64(content))
    chunk.append(channel)
    chunk.append(UInt32(truncatingIfNeeded: summary.channels[slot].count))
    chunk.append(time)
    chunk.append(publishTime ?? time)
    chunk.append(payload)
    summary.channels[slot].count &+= 1
    summary.firstTime = min(summary.firstTime ?? time, time)
    summary.lastTime = max(summary.lastTime, time)
  }

  /// Writes the open chunk out, with its index, if there is one.
  private func closeChunk() throws(LogError) {
    guard chunk.count > 0 else { return }
    try emitGuard()
    record.beginRecord(.chunk)
    record.append(chunkTimes.start)
    record.append(chunkTimes.end)
    record.append(UInt64(chunk.count))
    record.append(checksum(chunk.bytes))
    record.append(text: "")
    record.append(UInt64(chunk.count))
    let length = record.count + chunk.count
    record.replace(at: 1, with: UInt64(length - MCAPFormat.recordHeader))
    var entry = MCAPSummary.Chunk(
      start: chunkTimes.start, end: chunkTimes.end, offset: offset, length: length, indexLength: 0,
      size: chunk.count, indexOffsets: [])
    try emit(record.bytes)
    try emit(chunk.bytes)
    chunk.clear()
    let indexStart = offset
    indexed.sort()
    for slot in indexed {
      let channel = summary.channels[slot].channel.id
      entry.indexOffsets.append((channel, offset))
      record.beginRecord(.messageIndex)
      record.append(channel)
      let mark = record.beginLength()
      for item in indexes[slot] {
        record.append(item.time)
        record.append(item.offset)
      }
      record.endLength(mark)
      record.endRecord()
      indexes[slot].removeAll(keepingCapacity: true)
      try emit(record.bytes)
    }
    indexed.removeAll(keepingCapacity: true)
    entry.indexLength = offset - indexStart
    summary.chunks.append(entry)
    try emitGuard()
    try sink.checkpoint()
  }

  /// Writes the open chunk, the summary and the footer, and closes the sink. Nothing can be added afterwards.
  public func finish() throws(LogError) {
    guard !isFinished else { return }
    isFinished = true
    try closeChunk()
    try emitGuard()
    record.beginRecord(.dataEnd)
    record.append(
      checksum(guardedChecksum, followedBy: openChecksum, count: offset - lastGuard.lowerBound))
    record.endRecord()
    try emit(record.bytes)
    let section = summary.section(at: offset)
    try emit(section.bytes)
    try sink.close()
  }

  /// Vouches for what was written since the last guard, if anything was.
  private func emitGuard() throws(LogError) {
    guard offset > lastGuard.upperBound else { return }
    let start = offset
    record.setGuard(start: lastGuard.lowerBound, crc: openChecksum)
    guardedChecksum = checksum(
      guardedChecksum, followedBy: openChecksum, count: start - lastGuard.lowerBound)
    openChecksum = 0
    try emit(record.bytes)
    lastGuard = start..<offset
  }

  private func emit(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
    try sink.write(bytes)
    openChecksum = checksum(bytes, after: openChecksum)
    offset += bytes.count
  }
}
