/// Rewrites all that is whole in a cut or damaged MCAP file into a sound one.
public struct MCAPRecovery: Sendable {
  /// Messages that were saved.
  public private(set) var messageCount: UInt64 = 0
  /// What could not be saved.
  public private(set) var damages: [LogDamage] = []

  /// Name of the metadata record that says what was lost when a log was rewritten; a log of which nothing was lost has none.
  public static let recordName = "ganglion recovery"
  /// The most losses that are named in that record, each with its place.
  private static let mostNamed = 100

  /// Bytes that were lost in all.
  public var lostBytes: Int { damages.reduce(0) { $0 + $1.lostBytes } }

  /// Copies the file of `outline` to `sink`: attachments, metadata and every message in a whole chunk.
  ///
  /// Messages keep their times and contents; channels and sequence numbers are numbered anew.
  /// What was lost is said in metadata of the new file.
  ///
  /// - Parameter nextPart: The number of the part of the run that follows, where the log was cut before it could say so.
  /// - Throws: `LogError` when the new file cannot be written.
  public init(_ outline: MCAPOutline, to sink: any LogSink, nextPart: Int? = nil) throws(LogError) {
    // What is written anew gets checksums that fit: it must be said here that the old ones did not.
    for error in outline.checksumFindings {
      damages.add(LogDamage(error: error, lostBytes: 0))
    }
    let writer = try MCAPWriter(sink: sink, profile: outline.profile, library: outline.library)
    for entry in outline.metadata { try writer.addMetadata(name: entry.name, entry.entries) }
    for attachment in outline.attachments {
      try writer.addAttachment(
        name: attachment.name, mediaType: attachment.mediaType, bytes: outline.bytes.copy(attachment.range),
        logTime: attachment.logTime, createTime: attachment.createTime)
    }
    var schemas: [UInt16: UInt16] = [:]
    var channels: [UInt16: UInt16] = [:]
    func place(_ schema: MCAPSchema) throws(LogError) -> UInt16 {
      if let known = schemas[schema.id] { return known }
      let id = try writer.addSchema(name: schema.name, encoding: schema.encoding, text: schema.text)
      schemas[schema.id] = id
      return id
    }
    func place(_ channel: MCAPChannel, _ known: [UInt16: MCAPSchema]) throws(LogError) -> UInt16 {
      if let id = channels[channel.id] { return id }
      let schema = try known[channel.schema].map { schema throws(LogError) in try place(schema) } ?? 0
      let id = try writer.addChannel(
        topic: channel.topic, schema: schema, encoding: channel.encoding, metadata: channel.metadata)
      channels[channel.id] = id
      return id
    }
    // In the order of the first writing, so that an undamaged log comes out byte for byte the same.
    for channel in outline.channels.values.sorted(by: { $0.id < $1.id }) {
      _ = try place(channel, outline.schemas)
    }
    for schema in outline.schemas.values.sorted(by: { $0.id < $1.id }) { _ = try place(schema) }
    var messages = MCAPMessages(outline)
    reading: while true {
      switch messages.next() {
      case .message(let message):
        guard let channel = messages.channels[message.channel] else {
          damages.add(
            LogDamage(
              error: LogError(
                .malformed, at: messages.offset(of: message.payload.lowerBound),
                "a message is on channel \(message.channel), which is unknown", remedy: "It is left out."),
              lostBytes: message.payload.count))
          continue
        }
        let id = try place(channel, messages.schemas)
        try messages.bytes.withBytes(in: message.payload) { payload throws(LogError) in
          try writer.write(
            channel: id, time: message.time, publishTime: message.publishTime, payload: payload)
        }
        messageCount &+= 1
      case .damage(let damage): damages.add(damage)
      case .end: break reading
      }
    }
    noteSkipped(
      outline.skippedRecords + messages.skippedRecords.count,
      bytes: outline.skippedBytes + messages.skippedRecords.bytes)
    if let nextPart { try writer.addMetadata(name: LogPart.nextRecordName, [("part", String(nextPart))]) }
    if !damages.isEmpty { try writer.addMetadata(name: Self.recordName, entries) }
    try writer.finish()
  }

  /// Bytes that were lost when the log of `outline` was rewritten, by what it says itself; `nil` for one that says nothing of it.
  public static func lostBytes(before outline: MCAPOutline) -> Int? {
    let said = outline.metadata.filter { $0.name == recordName }
    if said.isEmpty { return nil }
    return said.reduce(0) { sum, record in
      let bytes = record.entries.first { $0.key == lostBytesKey }.flatMap { Int($0.value) } ?? 0
      return sum.addingReportingOverflow(max(bytes, 0)).partialValue
    }
  }

  private static let lostBytesKey = "lost_bytes"

  /// What the new file says of the old one; places are those in the old one.
  private var entries: [(key: String, value: String)] {
    var entries = [
      (key: "messages", value: "\(messageCount)"), (key: Self.lostBytesKey, value: "\(lostBytes)"),
    ]
    for (number, damage) in damages.prefix(Self.mostNamed).enumerated() {
      let place = damage.error.offset.map { "at byte \($0): " } ?? ""
      entries.append(("finding \(number + 1)", place + damage.error.what))
    }
    if damages.count > Self.mostNamed {
      entries.append(("more findings", "\(damages.count - Self.mostNamed)"))
    }
    return entries
  }

  /// Records of other programs mean what only they know, and may point into the old file: they are not copied.
  private mutating func noteSkipped(_ count: Int, bytes: Int) {
    guard count > 0 else { return }
    damages.add(
      LogDamage(
        error: LogError(
          .unsupported, "\(count) record(s) of other programs, or of a later version of MCAP, are left out",
          remedy: "Keep the old file if another program needs them."),
        lostBytes: bytes))
  }
}
