/// The content of single records; `nil` when the bytes do not fit. Fields of later versions stand behind the known ones
/// and are ignored.
extension ByteCursor {
  mutating func schema() -> MCAPSchema? {
    guard let id = integer(UInt16.self), let name = string(), let encoding = string(),
      let text = string()
    else { return nil }
    return MCAPSchema(id: id, name: name, encoding: encoding, text: text)
  }

  mutating func channel() -> MCAPChannel? {
    guard let id = integer(UInt16.self), let schema = integer(UInt16.self), let topic = string(),
      let encoding = string(), let metadata = map()
    else { return nil }
    let entries = Dictionary(metadata.map { ($0.key, $0.value) }) { first, _ in first }
    return MCAPChannel(id: id, schema: schema, topic: topic, encoding: encoding, metadata: entries)
  }

  mutating func attachment() -> MCAPAttachment? {
    let start = position
    guard let logTime = integer(UInt64.self), let createTime = integer(UInt64.self), let name = string(),
      let type = string(), let size = integer(UInt64.self), let range = range(count: size)
    else { return nil }
    let covered = start..<position
    guard let crc = integer(UInt32.self) else { return nil }
    return MCAPAttachment(
      name: name, mediaType: type, range: range, logTime: logTime, createTime: createTime, covered: covered,
      crc: crc)
  }

  mutating func metadata() -> (name: String, entries: [(key: String, value: String)])? {
    guard let name = string(), let entries = map() else { return nil }
    return (name, entries)
  }

  /// A map of texts, in its order.
  private mutating func map() -> [(key: String, value: String)]? {
    guard let range = prefixedRange() else { return nil }
    var map = ByteCursor(bytes, range)
    var entries: [(key: String, value: String)] = []
    while map.remaining > 0 {
      guard let key = map.string(), let value = map.string() else { return nil }
      entries.append((key, value))
    }
    return entries
  }

  /// Whether this is the content of a message index: a channel, and pairs of time and offset.
  mutating func isMessageIndex() -> Bool {
    guard skip(2), let pairs = prefixedRange() else { return false }
    return pairs.count.isMultiple(of: 16)
  }

  /// Bytes of the longest name of a compression that is believed: where chunks are looked for, any bytes may stand there.
  private static let longestCompression = 64

  /// A chunk; its segment is `nil` when it is packed in a way, or to a size, that this reader does not unpack.
  mutating func chunk(at offset: Int) -> (segment: MCAPSegment?, compression: String, size: UInt64)? {
    guard let start = integer(UInt64.self), let end = integer(UInt64.self), let size = integer(UInt64.self),
      let crc = integer(UInt32.self), let name = prefixedRange(), name.count <= Self.longestCompression,
      let length = integer(UInt64.self), let records = range(count: length)
    else { return nil }
    let compression = String(decoding: bytes.copy(name), as: UTF8.self)
    let known = MCAPCompression(rawValue: compression)
    if known == MCAPCompression.none, size != length { return nil }
    guard let known, known == .none || size <= MCAPCompression.largestContent else {
      return (nil, compression, size)
    }
    let segment = MCAPSegment(
      records: records, chunkOffset: offset, crc: crc, start: start, end: end, compression: known,
      size: Int(size))
    return (segment, compression, size)
  }
}

/// Finds the next whole chunk behind damage.
///
/// MCAP has no marks to synchronise on, but a chunk's two sizes, compression and checksum are mark
/// enough. The checksums tried are limited to a few times the file, so a hostile file cannot make the search
/// quadratic.
struct MCAPResync {
  private let bytes: LogBytes
  private var budget: Int

  init(_ bytes: LogBytes) {
    self.bytes = bytes
    budget = bytes.count * 4 + (64 << 20)
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
    budget -= max(segment.size, segment.records.count)
    return budget > 0 && (try? segment.content(of: bytes)) != nil
  }
}
