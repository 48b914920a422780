extension ULogParser {
  /// Takes in one message that is framed well; says what is odd about one that is left out.
  mutating func take(_ frame: Frame, _ file: inout ULogFile) throws(LogError) -> ULogOddity? {
    var cursor = ByteCursor(bytes, frame.content)
    switch ULogMessage(rawValue: frame.type) {
    case .flagBits: return try takeFlags(&cursor, &file)
    case .format:
      switch file.formats.add(text(frame.content)) {
      case .taken: return nil
      case .fieldTwice: return .formatTwice
      case .unreadable: return .format
      case .contradiction: return .formatAgain
      }
    case .information: return takeInformation(&cursor, &file) ? nil : .information
    case .multiInformation: return cursor.skip(1) && takeInformation(&cursor, &file) ? nil : .information
    case .parameter: return takeParameter(&cursor, &file) ? nil : .parameter
    // What a parameter would be by default is of no use here.
    case .defaultParameter: return cursor.remaining >= 2 ? nil : .parameter
    case .subscribe: return takeSubscription(&cursor, &file)
    case .unsubscribe: return cursor.remaining >= 2 ? nil : .unsubscription
    case .data: return takeData(&cursor, &file)
    case .text: return takeText(&cursor, tagged: false, &file) ? nil : .text
    case .taggedText: return takeText(&cursor, tagged: true, &file) ? nil : .text
    case .sync: return isMark(frame.content) ? nil : .sync
    case .dropout:
      guard let milliseconds = cursor.integer(UInt16.self) else { return .dropout }
      file.dropouts.append(ULogDropout(after: lastTime, milliseconds: Int(milliseconds)))
      file.dropoutPlaces.append(frame.content.lowerBound)
      return nil
    // The format lets newer files have other kinds of messages, to be skipped.
    case nil: return .unknownKind
    }
  }

  private mutating func takeFlags(_ cursor: inout ByteCursor, _ file: inout ULogFile) throws(LogError)
    -> ULogOddity?
  {
    let start = cursor.position
    // A file has them once, in front of everything.
    guard start == ULogFormat.headerSize + ULogFormat.messageHeader, cursor.skip(8),
      let flags = cursor.integer(UInt64.self)
    else { return .flags }
    guard flags & ~1 == 0 else {
      throw LogError(
        .unsupported, at: start + 8,
        "the recording has incompatible flags 0x\(String(flags, radix: 16)) that this reader does not know",
        remedy: "Convert it with a tool of the PX4 version that made it.")
    }
    guard flags & 1 != 0 else { return nil }
    for _ in 0..<3 {
      guard let offset = cursor.integer(UInt64.self) else { return .flags }
      // 0 stands for none. Where the file ends, nothing was appended after all.
      if offset == 0 || offset == UInt64(bytes.count) { continue }
      if let place = Int(exactly: offset), place > start, place < bytes.count {
        appended.append(place)
      } else {
        file.note(.appendedOutside)
      }
    }
    appended.sort()
    return nil
  }

  private func takeInformation(_ cursor: inout ByteCursor, _ file: inout ULogFile) -> Bool {
    guard let (type, name) = key(&cursor) else { return false }
    let value: String
    if let type = ULogType(rawValue: type) {
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
    // The format knows parameters of these two types only.
    guard let (word, name) = key(&cursor), let type = ULogType(rawValue: word),
      type == .int32 || type == .float, let number = cursor.number(type)
    else { return false }
    if file.parameters[name] == nil { file.parameters[name] = number.double }
    return true
  }

  /// The type and the name that a value is stored under.
  private func key(_ cursor: inout ByteCursor) -> (type: String, name: String)? {
    guard let length = cursor.integer(UInt8.self), let range = cursor.range(count: UInt64(length)) else {
      return nil
    }
    let words = text(range).split(separator: " ")
    guard words.count == 2 else { return nil }
    return (String(words[0]), String(words[1]))
  }

  private mutating func takeSubscription(_ cursor: inout ByteCursor, _ file: inout ULogFile) -> ULogOddity? {
    guard let instance = cursor.integer(UInt8.self), let number = cursor.integer(UInt16.self),
      cursor.remaining > 0
    else { return .subscription }
    let topic = Topic(name: text(cursor.position..<cursor.end), instance: instance)
    if let known = topics[topic] {
      slots[number] = known
      file.subscriptions[known].startsAgain()
      return nil
    }
    guard file.subscriptions.count < ULogFile.largestSubscriptionCount else { return .subscriptionLimit }
    guard let sizes = file.formats.sizes(of: topic.name) else { return .subscriptionFormat }
    // Every struct of PX4 begins with its time, but nothing says that it must.
    let time = file.formats.field("timestamp", of: topic.name)
    topics[topic] = file.subscriptions.count
    slots[number] = file.subscriptions.count
    file.subscriptions.append(
      ULogSubscription(
        name: topic.name, instance: Int(instance), storedSize: sizes.stored, fullSize: sizes.full,
        time: time?.type == .uint64 ? time : nil))
    return nil
  }

  private mutating func takeData(_ cursor: inout ByteCursor, _ file: inout ULogFile) -> ULogOddity? {
    guard let number = cursor.integer(UInt16.self), let slot = slots[number] else { return .dataUnknown }
    guard file.subscriptions[slot].fits(cursor.remaining) else { return .dataSize }
    file.subscriptions[slot].offsets.append(cursor.position)
    if let time = file.subscriptions[slot].time, cursor.skip(time.offset),
      let value = cursor.integer(UInt64.self)
    {
      lastTime = value
    }
    return nil
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
