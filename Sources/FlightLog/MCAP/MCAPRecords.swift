/// How single records are laid out.
extension OutputBuffer {
  /// Starts a record of its own in the buffer; `endRecord` fills the length in.
  mutating func beginRecord(_ opcode: MCAPOpcode) {
    clear()
    append(opcode.rawValue)
    append(UInt64(0))
  }

  /// Completes the length of the record that the buffer holds.
  mutating func endRecord() {
    replace(at: 1, with: UInt64(count - MCAPFormat.recordHeader))
  }

  /// Leaves room for a 32-bit length and gives its place.
  mutating func beginLength() -> Int {
    append(UInt32(0))
    return count
  }

  /// Fills in the length of what was appended since `mark`.
  mutating func endLength(_ mark: Int) {
    replace(at: mark - 4, with: UInt32(truncatingIfNeeded: count - mark))
  }

  mutating func setSchema(_ schema: MCAPSchema) {
    beginRecord(.schema)
    append(schema.id)
    append(text: schema.name)
    append(text: schema.encoding)
    append(text: schema.text)
    endRecord()
  }

  mutating func setChannel(_ channel: MCAPChannel) {
    beginRecord(.channel)
    append(channel.id)
    append(channel.schema)
    append(text: channel.topic)
    append(text: channel.encoding)
    let mark = beginLength()
    // In an order that does not depend on hashing.
    for entry in channel.metadata.sorted(by: { $0.key < $1.key }) {
      append(text: entry.key)
      append(text: entry.value)
    }
    endLength(mark)
    endRecord()
  }

  mutating func setMetadata(name: String, _ entries: [(key: String, value: String)]) {
    beginRecord(.metadata)
    append(text: name)
    let mark = beginLength()
    for entry in entries {
      append(text: entry.key)
      append(text: entry.value)
    }
    endLength(mark)
    endRecord()
  }

  mutating func setAttachment(
    name: String, mediaType: String, bytes: UnsafeRawBufferPointer, logTime: UInt64, createTime: UInt64
  ) {
    beginRecord(.attachment)
    append(logTime)
    append(createTime)
    append(text: name)
    append(text: mediaType)
    append(UInt64(bytes.count))
    append(bytes)
    // The CRC covers the record's content up to itself, not the opcode and length.
    append(checksum(UnsafeRawBufferPointer(rebasing: self.bytes.dropFirst(MCAPFormat.recordHeader))))
    endRecord()
  }
}
