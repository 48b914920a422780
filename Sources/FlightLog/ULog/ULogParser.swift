/// Walks through the messages of a ULog file.
struct ULogParser {
  private let bytes: LogBytes
  private var position = ULogFormat.headerSize
  /// Where data were appended after the log was closed: messages begin exactly there.
  private var appended: [Int] = []
  /// Place in `subscriptions` of each message number.
  private var slots: [UInt16: Int] = [:]
  /// Place in `subscriptions` of each topic.
  private var topics: [Topic: Int] = [:]
  /// Subscriptions refused after a walk through the formats.
  private var refusals = 0

  private struct Topic: Hashable {
    var name: String
    var instance: UInt8
  }

  /// The most of those: damage makes a few, a hostile file would make a walk of each.
  private static let largestRefusalCount = 100
  private var lastTime: UInt64 = 0

  init(_ bytes: LogBytes) {
    self.bytes = bytes
  }

  mutating func parse(into file: inout ULogFile) throws(LogError) {
    while position < bytes.count {
      if let next = appended.first, position >= next { appended.removeFirst() }
      let limit = appended.first ?? bytes.count
      let start = position
      var header = ByteCursor(bytes, start..<limit)
      if let size = header.integer(UInt16.self), let type = header.integer(UInt8.self),
        let content = header.range(count: UInt64(size)), try take(type, content, &file)
      {
        position = content.upperBound
        continue
      }
      skipDamage(from: start, limit: limit, &file)
    }
  }

  /// Goes on behind damage: at the next mark or plausible messages, or where data were appended, or not at all.
  private mutating func skipDamage(from start: Int, limit: Int, _ file: inout ULogFile) {
    let next = nextMessage(after: start, limit: limit, file)
    position = next ?? limit
    let isEnd = position == bytes.count
    let what =
      isEnd
      ? "the recording is cut off: its last \(position - start) bytes are no whole message"
      : "the recording is damaged; reading goes on at byte \(position)"
    file.damages.add(
      LogDamage(
        error: LogError(
          isEnd ? .truncated : .malformed, at: start, what, remedy: "What is whole is used; the rest is lost."
        ),
        lostBytes: position - start))
  }

  private func nextMessage(after start: Int, limit: Int, _ file: ULogFile) -> Int? {
    var candidate = start + 1
    while candidate + ULogFormat.messageHeader <= limit {
      if let end = plausibleEnd(candidate, limit, file) {
        // Two in a row: the sizes and numbers of chance do not fit together twice. A mark is enough by itself.
        if isSync(candidate) || end == limit || plausibleEnd(end, limit, file) != nil { return candidate }
      }
      candidate += 1
    }
    return nil
  }

  private func isSync(_ offset: Int) -> Bool {
    let start = offset + ULogFormat.messageHeader
    guard start + ULogFormat.sync.count <= bytes.count else { return false }
    return bytes.copy(start..<start + ULogFormat.sync.count) == ULogFormat.sync
  }

  /// The end of a mark or of a message of a known topic at `offset`; `nil` when there is neither.
  private func plausibleEnd(_ offset: Int, _ limit: Int, _ file: ULogFile) -> Int? {
    var cursor = ByteCursor(bytes, offset..<limit)
    guard let size = cursor.integer(UInt16.self), let type = cursor.integer(UInt8.self),
      let content = cursor.range(count: UInt64(size))
    else { return nil }
    switch ULogMessage(rawValue: type) {
    case .sync: return Int(size) == ULogFormat.sync.count && isSync(offset) ? content.upperBound : nil
    case .data:
      var message = ByteCursor(bytes, content)
      guard let number = message.integer(UInt16.self), let slot = slots[number],
        message.remaining >= file.subscriptions[slot].storedSize,
        message.remaining <= file.subscriptions[slot].fullSize
      else { return nil }
      return content.upperBound
    default: return nil
    }
  }

  /// Takes in one message; says `false` when it cannot be what it claims.
  private mutating func take(
    _ type: UInt8, _ content: Range<Int>, _ file: inout ULogFile
  ) throws(LogError) -> Bool {
    var cursor = ByteCursor(bytes, content)
    switch ULogMessage(rawValue: type) {
    case .flagBits: return try takeFlags(&cursor)
    case .format: return file.formats.add(text(content))
    case .information: return takeInformation(&cursor, &file)
    case .multiInformation: return cursor.skip(1) && takeInformation(&cursor, &file)
    case .parameter: return takeParameter(&cursor, &file)
    case .defaultParameter: return content.count >= 2
    case .subscribe: return takeSubscription(&cursor, &file)
    case .unsubscribe: return content.count >= 2
    case .data: return takeData(&cursor, &file)
    case .text: return takeText(&cursor, tagged: false, &file)
    case .taggedText: return takeText(&cursor, tagged: true, &file)
    case .sync: return true
    case .dropout:
      guard let milliseconds = cursor.integer(UInt16.self) else { return false }
      file.dropouts.append(ULogDropout(after: lastTime, milliseconds: Int(milliseconds)))
      return true
    case nil:
      // The format lets newer files have other kinds of messages, to be skipped; but a kind that no one
      // would choose, or nothing sensible behind it, is damage.
      guard type >= 0x41, type <= 0x7A, !content.isEmpty else { return false }
      return content.upperBound == bytes.count || isKnown(content.upperBound)
    }
  }

  /// Whether a message of a known kind may begin at `offset`.
  private func isKnown(_ offset: Int) -> Bool {
    var cursor = ByteCursor(bytes, offset..<bytes.count)
    guard let size = cursor.integer(UInt16.self), let type = cursor.integer(UInt8.self) else { return false }
    return ULogMessage(rawValue: type) != nil && Int(size) <= cursor.remaining
  }

  private func text(_ range: Range<Int>) -> String {
    bytes.withBytes(in: range) { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func takeFlags(_ cursor: inout ByteCursor) throws(LogError) -> Bool {
    let start = cursor.position
    // A file has them once, in front of everything.
    guard start == ULogFormat.headerSize + ULogFormat.messageHeader, cursor.skip(8),
      let flags = cursor.integer(UInt64.self)
    else { return false }
    guard flags & ~1 == 0 else {
      throw LogError(
        .unsupported, at: start + 8,
        "the recording has incompatible flags 0x\(String(flags, radix: 16)) that this reader does not know",
        remedy: "Convert it with a tool of the PX4 version that made it.")
    }
    guard flags & 1 != 0 else { return true }
    for _ in 0..<3 {
      guard let offset = cursor.integer(UInt64.self) else { return false }
      if let place = Int(exactly: offset), place > start, place < bytes.count { appended.append(place) }
    }
    appended.sort()
    return true
  }

  private func takeInformation(_ cursor: inout ByteCursor, _ file: inout ULogFile) -> Bool {
    guard let length = cursor.integer(UInt8.self), let range = cursor.range(count: UInt64(length)) else {
      return false
    }
    let words = text(range).split(separator: " ")
    guard words.count == 2 else { return false }
    let name = String(words[1])
    let value: String
    if let type = ULogType(rawValue: String(words[0])) {
      guard let number = cursor.number(type) else { return false }
      switch number {
      case .signed(let integer): value = "\(integer)"
      case .unsigned(let integer): value = "\(integer)"
      case .real(let real): value = "\(real)"
      }
    } else {
      value = text(cursor.position..<cursor.end)
    }
    if file.information[name] == nil { file.information[name] = value }
    return true
  }

  private func takeParameter(_ cursor: inout ByteCursor, _ file: inout ULogFile) -> Bool {
    guard let length = cursor.integer(UInt8.self), let range = cursor.range(count: UInt64(length)) else {
      return false
    }
    let words = text(range).split(separator: " ")
    // The format knows parameters of these two types only.
    guard words.count == 2, let type = ULogType(rawValue: String(words[0])), type == .int32 || type == .float,
      let number = cursor.number(type)
    else { return false }
    let name = String(words[1])
    if file.parameters[name] == nil { file.parameters[name] = number.double }
    return true
  }

  private mutating func takeSubscription(_ cursor: inout ByteCursor, _ file: inout ULogFile) -> Bool {
    guard let instance = cursor.integer(UInt8.self), let number = cursor.integer(UInt16.self) else {
      return false
    }
    let topic = Topic(name: text(cursor.position..<cursor.end), instance: instance)
    if let known = topics[topic] {
      slots[number] = known
      return true
    }
    guard file.subscriptions.count < ULogFile.largestSubscriptionCount,
      refusals < Self.largestRefusalCount
    else { return false }
    // Every struct begins with its time.
    guard let sizes = file.formats.sizes(of: topic.name),
      file.formats.field("timestamp", of: topic.name) == ULogField(type: .uint64, offset: 0)
    else {
      refusals += 1
      return false
    }
    topics[topic] = file.subscriptions.count
    slots[number] = file.subscriptions.count
    file.subscriptions.append(
      ULogSubscription(
        name: topic.name, instance: Int(instance), storedSize: sizes.stored, fullSize: sizes.full))
    return true
  }

  private mutating func takeData(_ cursor: inout ByteCursor, _ file: inout ULogFile) -> Bool {
    guard let number = cursor.integer(UInt16.self), let slot = slots[number],
      cursor.remaining >= file.subscriptions[slot].storedSize,
      let offset = UInt32(exactly: cursor.position), let time = cursor.integer(UInt64.self)
    else { return false }
    file.subscriptions[slot].offsets.append(offset)
    lastTime = time
    return true
  }

  private func takeText(_ cursor: inout ByteCursor, tagged: Bool, _ file: inout ULogFile) -> Bool {
    guard let level = cursor.integer(UInt8.self), !tagged || cursor.skip(2),
      let time = cursor.integer(UInt64.self)
    else { return false }
    if file.texts.count < ULogFile.largestTextCount {
      // Levels are the characters "0" to "7".
      file.texts.append(
        ULogText(level: Int(level & 7), time: time, text: text(cursor.position..<cursor.end)))
    }
    return true
  }
}
