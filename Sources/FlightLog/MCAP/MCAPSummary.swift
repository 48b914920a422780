/// What the writer remembers for the end of the file: where everything is and how much of it.
struct MCAPSummary {
  struct Chunk {
    var start, end: UInt64
    var offset, length, indexLength, size: Int
    var indexOffsets: [(channel: UInt16, offset: Int)]
  }

  struct Attachment {
    var offset, length, size: Int
    var logTime, createTime: UInt64
    var name, mediaType: String
  }

  struct Metadata {
    var offset, length: Int
    var name: String
  }

  var schemas: [MCAPSchema] = []
  var channels: [(channel: MCAPChannel, count: UInt64)] = []
  var chunks: [Chunk] = []
  var attachments: [Attachment] = []
  var metadata: [Metadata] = []
  /// Log time of the earliest and latest message; the first is `nil` before any message.
  var firstTime: UInt64?
  var lastTime: UInt64 = 0

  /// The summary section, the summary offsets, the footer and the closing magic, as bytes that begin at
  /// `start` in the file.
  func section(at start: Int) -> OutputBuffer {
    var section = OutputBuffer()
    var record = OutputBuffer()
    var groups: [(opcode: MCAPOpcode, start: Int, length: Int)] = []
    var groupStart = 0
    func endGroup(_ opcode: MCAPOpcode, _ end: Int) {
      if end > groupStart { groups.append((opcode, start + groupStart, end - groupStart)) }
      groupStart = end
    }

    for schema in schemas {
      record.setSchema(schema)
      section.append(record.bytes)
    }
    endGroup(.schema, section.count)
    for entry in channels {
      record.setChannel(entry.channel)
      section.append(record.bytes)
    }
    endGroup(.channel, section.count)
    setStatistics(&record)
    section.append(record.bytes)
    endGroup(.statistics, section.count)
    for chunk in chunks {
      chunk.setIndex(&record)
      section.append(record.bytes)
    }
    endGroup(.chunkIndex, section.count)
    for attachment in attachments {
      attachment.setIndex(&record)
      section.append(record.bytes)
    }
    endGroup(.attachmentIndex, section.count)
    for entry in metadata {
      entry.setIndex(&record)
      section.append(record.bytes)
    }
    endGroup(.metadataIndex, section.count)

    let offsetStart = start + section.count
    for group in groups {
      record.beginRecord(.summaryOffset)
      record.append(group.opcode.rawValue)
      record.append(UInt64(group.start))
      record.append(UInt64(group.length))
      record.endRecord()
      section.append(record.bytes)
    }
    section.append(MCAPOpcode.footer.rawValue)
    section.append(UInt64(20))
    section.append(UInt64(start))
    section.append(UInt64(offsetStart))
    section.append(checksum(section.bytes))
    for byte in MCAPFormat.magic { section.append(byte) }
    return section
  }

  private func setStatistics(_ record: inout OutputBuffer) {
    record.beginRecord(.statistics)
    record.append(channels.reduce(UInt64(0)) { $0 &+ $1.count })
    record.append(UInt16(truncatingIfNeeded: schemas.count))
    record.append(UInt32(truncatingIfNeeded: channels.count))
    record.append(UInt32(truncatingIfNeeded: attachments.count))
    record.append(UInt32(truncatingIfNeeded: metadata.count))
    record.append(UInt32(truncatingIfNeeded: chunks.count))
    record.append(firstTime ?? 0)
    record.append(lastTime)
    let mark = record.beginLength()
    for entry in channels {
      record.append(entry.channel.id)
      record.append(entry.count)
    }
    record.endLength(mark)
    record.endRecord()
  }
}

extension MCAPSummary.Chunk {
  func setIndex(_ record: inout OutputBuffer) {
    record.beginRecord(.chunkIndex)
    record.append(start)
    record.append(end)
    record.append(UInt64(offset))
    record.append(UInt64(length))
    let mark = record.beginLength()
    for item in indexOffsets {
      record.append(item.channel)
      record.append(UInt64(item.offset))
    }
    record.endLength(mark)
    record.append(UInt64(indexLength))
    record.append(text: "")
    record.append(UInt64(size))
    record.append(UInt64(size))
    record.endRecord()
  }
}

extension MCAPSummary.Attachment {
  func setIndex(_ record: inout OutputBuffer) {
    record.beginRecord(.attachmentIndex)
    record.append(UInt64(offset))
    record.append(UInt64(length))
    record.append(logTime)
    record.append(createTime)
    record.append(UInt64(size))
    record.append(text: name)
    record.append(text: mediaType)
    record.endRecord()
  }
}

extension MCAPSummary.Metadata {
  func setIndex(_ record: inout OutputBuffer) {
    record.beginRecord(.metadataIndex)
    record.append(UInt64(offset))
    record.append(UInt64(length))
    record.append(text: name)
    record.endRecord()
  }
}
