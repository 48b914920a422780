/// What each record of a file means to its outline.
extension MCAPOutline {
  /// Takes in one record; says `false` when its content cannot be what its opcode says.
  mutating func take(_ opcode: UInt8, _ start: Int, _ content: Range<Int>) -> Bool {
    // Opcode 0 is never valid; it is what a file system leaves of a block that was not written in time.
    guard opcode != 0 else { return false }
    let kind = MCAPOpcode(rawValue: opcode)
    guard takeContent(kind, start, content) else { return false }
    note(kind, start)
    return true
  }

  private mutating func takeContent(_ kind: MCAPOpcode?, _ start: Int, _ content: Range<Int>) -> Bool {
    var cursor = ByteCursor(bytes, content)
    switch kind {
    case .header:
      guard let profile = cursor.string(), let library = cursor.string() else { return false }
      (self.profile, self.library) = (profile, library)
    case .schema:
      guard let schema = cursor.schema() else { return false }
      registry.take(schema, at: start)
    case .channel:
      guard let channel = cursor.channel() else { return false }
      registry.take(channel, at: start)
    case .message:
      addLoose(start..<content.upperBound)
    case .chunk:
      guard let chunk = cursor.chunk(at: start) else { return false }
      guard let segment = chunk.segment else {
        damages.add(Self.unreadable(chunk.compression, chunk.size, start..<content.upperBound))
        return true
      }
      guard fits(segment) else {
        damages.add(tooDense(start..<content.upperBound))
        return true
      }
      segments.append(segment)
    case .attachment:
      guard let attachment = cursor.attachment() else { return false }
      attachments.append(attachment)
    case .metadata:
      guard let entry = cursor.metadata() else { return false }
      metadata.append(entry)
    case .dataEnd:
      guard let crc = cursor.integer(UInt32.self) else { return false }
      dataEnd = (start, content.upperBound, crc)
      if registryOfData == nil { registryOfData = registry }
    case .footer:
      guard let summary = cursor.integer(UInt64.self), let offsets = cursor.integer(UInt64.self),
        let crc = cursor.integer(UInt32.self)
      else { return false }
      footer = (start, summary, offsets, crc)
    case .integrityGuard:
      if let found = cursor.integrityGuard(at: start) {
        guards.append(found)
      } else {
        skip(content)
      }
    case .chunkIndex: chunkIndexes.append(content)
    case .statistics: statistics = content
    case .messageIndex: return cursor.isMessageIndex()
    case .attachmentIndex, .metadataIndex, .summaryOffset: break
    case nil: skip(content)
    }
    return true
  }

  private mutating func skip(_ content: Range<Int>) {
    skippedRecords += 1
    skippedBytes += MCAPFormat.recordHeader + content.count
  }

  /// Keeps account of what a checksum covers, and of what stands where it must not.
  private mutating func note(_ kind: MCAPOpcode?, _ start: Int) {
    defer { previousOpcode = kind }
    switch kind {
    case .integrityGuard where guards.last?.offset == start: unguarded = nil
    // A chunk has a checksum of its own, and nothing is read from the index behind it.
    case .chunk: break
    case .messageIndex where previousOpcode == .chunk || previousOpcode == .messageIndex: break
    // These end what guards are for.
    case .dataEnd, .footer: break
    default: unguarded = (unguarded?.offset ?? start, (unguarded?.count ?? 0) + 1)
    }
    if dataEnd != nil, dataBehindEnd == nil,
      [.header, .message, .chunk, .messageIndex, .attachment, .metadata, .integrityGuard].contains(kind)
    {
      dataBehindEnd = start
    }
  }

  /// Counts what a packed chunk unpacks to; says `false` when it is more than a file of this length may hold.
  private mutating func fits(_ segment: MCAPSegment) -> Bool {
    guard segment.compression != .none else { return true }
    let (sum, isOver) = unpackedBytes.addingReportingOverflow(segment.size)
    guard !isOver, sum <= MCAPCompression.largestContent(ofFile: bytes.count) else { return false }
    unpackedBytes = sum
    return true
  }

  private func tooDense(_ record: Range<Int>) -> LogDamage {
    LogDamage(
      error: LogError(
        .tooLarge, at: record.lowerBound,
        "a chunk is left out: with it the chunks unpack to more than the "
          + "\(MCAPCompression.largestContent(ofFile: bytes.count)) bytes that are read of a file of \(bytes.count)",
        remedy: "Rewrite the log without compression, for example with `mcap compress --compression none`."),
      lostBytes: record.count)
  }

  private static func unreadable(_ compression: String, _ size: UInt64, _ record: Range<Int>) -> LogDamage {
    let what: String
    let remedy: String
    if MCAPCompression(rawValue: compression) == nil {
      what = "a chunk is compressed with '\(compression)'"
      remedy = "Rewrite the log without compression, for example with `mcap compress --compression none`."
    } else {
      what =
        "a chunk says that it unpacks to \(size) bytes, more than the \(MCAPCompression.largestContent) that are read"
      remedy = "Rewrite the log with smaller chunks, for example with `mcap compress --chunk-size 4194304`."
    }
    return LogDamage(
      error: LogError(.unsupported, at: record.lowerBound, what, remedy: remedy), lostBytes: record.count)
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
