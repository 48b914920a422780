/// The content of single records; `nil` when the bytes do not fit.
extension ByteCursor {
  mutating func schema() -> MCAPSchema? {
    guard let id = integer(UInt16.self), id != 0, let name = string(), let encoding = string(),
      let text = string()
    else { return nil }
    return MCAPSchema(id: id, name: name, encoding: encoding, text: text)
  }

  mutating func channel() -> MCAPChannel? {
    guard let id = integer(UInt16.self), let schema = integer(UInt16.self), let topic = string(),
      let encoding = string()
    else { return nil }
    return MCAPChannel(id: id, schema: schema, topic: topic, encoding: encoding)
  }

  mutating func attachment() -> MCAPAttachment? {
    guard skip(16), let name = string(), let type = string(), let size = integer(UInt64.self),
      let range = range(count: size), remaining == 4
    else { return nil }
    return MCAPAttachment(name: name, mediaType: type, range: range)
  }

  mutating func metadata() -> (name: String, entries: [(key: String, value: String)])? {
    guard let name = string(), let range = prefixedRange() else { return nil }
    var map = ByteCursor(bytes, range)
    var entries: [(key: String, value: String)] = []
    while map.remaining > 0 {
      guard let key = map.string(), let value = map.string() else { return nil }
      entries.append((key, value))
    }
    return (name, entries)
  }

  /// A chunk; its segment is `nil` when it is compressed.
  mutating func chunk(at offset: Int) -> (segment: MCAPSegment?, compression: String)? {
    guard let start = integer(UInt64.self), let end = integer(UInt64.self), let size = integer(UInt64.self),
      let crc = integer(UInt32.self), let compression = string(), let length = integer(UInt64.self),
      let records = range(count: length), remaining == 0
    else { return nil }
    guard compression.isEmpty else { return (nil, compression) }
    guard size == length else { return nil }
    return (MCAPSegment(records: records, chunkOffset: offset, crc: crc, start: start, end: end), "")
  }
}

/// Finds the next whole chunk behind damage.
///
/// MCAP has no marks to synchronise on, but a chunk's two sizes, empty compression and checksum are mark
/// enough. The checksums tried are limited to a few times the file, so a hostile file cannot make the search
/// quadratic.
struct MCAPResync {
  private let bytes: LogBytes
  private var budget: Int

  init(_ bytes: LogBytes) {
    self.bytes = bytes
    budget = bytes.count * 4 + 1_000_000
  }

  /// The offset of the first whole chunk behind `offset`.
  mutating func nextChunk(after offset: Int) -> Int? {
    var position = min(offset + 1, bytes.count)
    while let found = bytes.firstOffset(of: MCAPOpcode.chunk.rawValue, in: position..<bytes.count) {
      if isChunk(found) { return found }
      guard budget > 0 else { return nil }
      position = found + 1
    }
    return nil
  }

  private mutating func isChunk(_ offset: Int) -> Bool {
    var cursor = ByteCursor(bytes, offset + 1..<bytes.count)
    // Cheap checks first: nearly every candidate fails at its length.
    guard let length = cursor.integer(UInt64.self), length >= 40, let content = cursor.range(count: length)
    else { return false }
    var inner = ByteCursor(bytes, content)
    guard let segment = inner.chunk(at: offset)?.segment, segment.crc != 0 else { return false }
    budget -= segment.records.count
    return budget > 0 && bytes.crc32(of: segment.records) == segment.crc
  }
}
