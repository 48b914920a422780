/// Walks through the messages of a ULog file.
///
/// A message that is framed well is taken in, or skipped by its length and counted when its content is odd. Only where
/// the framing itself is broken is the next message looked for.
struct ULogParser {
  let bytes: LogBytes
  private var position = ULogFormat.headerSize
  /// Where data were appended after the log was closed: messages begin exactly there.
  var appended: [Int] = []
  /// Place in `subscriptions` of each message number.
  var slots: [UInt16: Int] = [:]
  /// Place in `subscriptions` of each topic.
  var topics: [Topic: Int] = [:]
  var lastTime: UInt64 = 0
  /// Up to here messages are known to follow one another.
  private var sureUntil = 0

  struct Topic: Hashable {
    var name: String
    var instance: UInt8
  }

  /// A message by its kind and the place of its content.
  struct Frame {
    var type: UInt8
    var content: Range<Int>
  }

  init(_ bytes: LogBytes) {
    self.bytes = bytes
  }

  mutating func parse(into file: inout ULogFile) throws(LogError) {
    while position < bytes.count {
      if let next = appended.first, position >= next {
        appended.removeFirst()
        continue
      }
      let limit = appended.first ?? bytes.count
      guard let frame = frame(at: position, limit: limit), frame.type != 0 else {
        if limit < bytes.count, isInsideAMessage(limit, file) {
          appended.removeFirst()
          file.note(.appended)
        } else {
          skipDamage(limit: limit, &file)
        }
        continue
      }
      guard let oddity = try take(frame, &file) else {
        position = frame.content.upperBound
        continue
      }
      if frame.content.upperBound <= sureUntil || goesOn(at: frame.content.upperBound, limit: limit, file) {
        file.note(oddity)
        position = frame.content.upperBound
      } else {
        skipDamage(limit: limit, &file)
      }
    }
  }

  /// The message at `offset`, if it ends before `limit`.
  func frame(at offset: Int, limit: Int) -> Frame? {
    var cursor = ByteCursor(bytes, offset..<max(offset, limit))
    guard let size = cursor.integer(UInt16.self), let type = cursor.integer(UInt8.self),
      let content = cursor.range(count: UInt64(size))
    else { return nil }
    return Frame(type: type, content: content)
  }

  /// Whether a place for appended data is none: a message goes over it, and messages go on behind that.
  private func isInsideAMessage(_ place: Int, _ file: ULogFile) -> Bool {
    guard let frame = frame(at: position, limit: bytes.count), frame.type != 0 else { return false }
    return messagesFollow(frame.content.upperBound, limit: bytes.count, file) != nil
      && messagesFollow(place, limit: bytes.count, file) == nil
  }

  // MARK: - Framing

  /// How many messages may stand between an odd one, or one behind damage, and the next that nothing else looks like.
  private static let longestRun = 4096, longestDoubt = 256

  /// Whether messages go on at `offset`.
  private mutating func goesOn(at offset: Int, limit: Int, _ file: ULogFile) -> Bool {
    guard let place = messagesFollow(offset, limit: limit, file, within: Self.longestRun) else {
      return false
    }
    sureUntil = place
    return true
  }

  /// The place that makes sure of the messages that seem to follow at `offset`: the end, or a message that nothing else
  /// looks like; `nil` when there is neither.
  private func messagesFollow(
    _ offset: Int, limit: Int, _ file: ULogFile, within most: Int = Self.longestDoubt
  ) -> Int? {
    var place = offset
    for _ in 0..<most {
      if place == limit { return place }
      guard let frame = frame(at: place, limit: limit), frame.type != 0 else { return nil }
      if isTelling(frame, file) { return place }
      place = frame.content.upperBound
    }
    return nil
  }

  /// Goes on behind damage: at the next mark or telling message, or where data were appended, or not at all.
  private mutating func skipDamage(limit: Int, _ file: inout ULogFile) {
    let start = position
    position = nextMessage(after: start, limit: limit, file) ?? limit
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
    // A message's kind is the third of its bytes.
    while let kind = nextTellingKind(in: candidate + 2..<max(limit, candidate + 2)) {
      candidate = kind - 2
      if let frame = frame(at: candidate, limit: limit), isTelling(frame, file) {
        // The sizes and numbers of chance do not fit together twice. A mark is enough by itself.
        if ULogMessage(rawValue: frame.type) == .sync
          || messagesFollow(frame.content.upperBound, limit: limit, file) != nil
        {
          return candidate
        }
      }
      candidate += 1
    }
    return nil
  }

  /// The first byte that is the kind of a message which can be told from chance.
  private func nextTellingKind(in range: Range<Int>) -> Int? {
    var found: Int?
    bytes.forEachPiece(in: range) { start, piece in
      // Much of what is damaged are zeros, for megabytes.
      guard !piece.isAllZeros, let index = piece.firstIndex(where: { Self.isTellingKind[Int($0)] }) else {
        return true
      }
      found = start + index
      return false
    }
    return found
  }

  /// By a message's kind, whether `isTelling` can be true of it.
  private static let isTellingKind: [Bool] = (0...UInt8.max).map {
    switch ULogMessage(rawValue: $0) {
    case .flagBits, .unsubscribe, .dropout, nil: false
    default: true
    }
  }

  /// Whether a message has what chance does not give: a mark's bytes, the number and size of a known topic's data, the
  /// words of a declaration.
  private func isTelling(_ frame: Frame, _ file: ULogFile) -> Bool {
    var cursor = ByteCursor(bytes, frame.content)
    switch ULogMessage(rawValue: frame.type) {
    case .sync: return isMark(frame.content)
    case .data:
      guard let number = cursor.integer(UInt16.self), let slot = slots[number] else { return false }
      return file.subscriptions[slot].fits(cursor.remaining)
    case .format:
      guard let colon = bytes.firstOffset(of: 0x3A, in: frame.content.prefix(Self.longestName)) else {
        return false
      }
      return isName(frame.content.lowerBound..<colon) && bytes.copy(frame.content.suffix(1)) == [0x3B]
    case .subscribe:
      guard cursor.skip(3), cursor.remaining > 0, cursor.remaining <= Self.longestName,
        isName(cursor.position..<cursor.end)
      else { return false }
      return file.formats.knows(text(cursor.position..<cursor.end))
    case .information, .parameter: return isKey(&cursor)
    case .multiInformation, .defaultParameter: return cursor.skip(1) && isKey(&cursor)
    case .text, .taggedText:
      guard let level = cursor.integer(UInt8.self), (0x30...0x37).contains(level) else { return false }
      return cursor.skip(frame.type == ULogMessage.taggedText.rawValue ? 10 : 8)
    case .flagBits, .unsubscribe, .dropout, nil: return false
    }
  }

  /// Longest name of a topic that tells a message from chance.
  private static let longestName = 128

  func isMark(_ content: Range<Int>) -> Bool {
    content.count == ULogFormat.sync.count && bytes.copy(content) == ULogFormat.sync
  }

  /// Whether a key of type and name follows its length.
  private func isKey(_ cursor: inout ByteCursor) -> Bool {
    guard let length = cursor.integer(UInt8.self), let range = cursor.range(count: UInt64(length)),
      let space = bytes.firstOffset(of: 0x20, in: range)
    else { return false }
    return isName(range.lowerBound..<space) && isName(space + 1..<range.upperBound)
  }

  /// Whether there are letters, digits and what else names and types consist of, and nothing else.
  private func isName(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    return bytes.withBytes(in: range) { characters in
      characters.allSatisfy { character in
        switch character {
        // Digits, letters, "_", "-", "/", ".", "[" and "]".
        case 0x2D...0x39, 0x41...0x5B, 0x5D, 0x5F, 0x61...0x7A: true
        default: false
        }
      }
    }
  }

  func text(_ range: Range<Int>) -> String {
    bytes.withBytes(in: range) { String(decoding: $0, as: UTF8.self) }
  }
}
