extension ImportAccount {
  /// Topics, losses and notes that are put into words: a file of somebody else's may have any number.
  static let mostInWords = 100

  /// The account in words, a line for each topic, for what was skipped and for each note.
  public var lines: [String] { entries.map { "\($0.key): \($0.value)" } }

  /// The account as names and values, as it goes into a log's metadata.
  public var entries: [(key: String, value: String)] {
    var entries = [(key: "format", value: format)]
    for topic in topics.prefix(Self.mostInWords) {
      let instance = topic.instance == 0 ? "" : " \(topic.instance)"
      entries.append(("\(topic.quantity.rawValue) from \(topic.name)\(instance)", topic.words))
    }
    if topics.count > Self.mostInWords {
      entries.append(("more topics", "\(topics.count - Self.mostInWords)"))
    }
    if !skipped.isEmpty { entries.append(("skipped", Self.words(skipped, ", "))) }
    for (number, note) in notes.prefix(Self.mostInWords).enumerated() {
      entries.append(("note \(number + 1)", note))
    }
    if notes.count > Self.mostInWords { entries.append(("more notes", "\(notes.count - Self.mostInWords)")) }
    return entries
  }

  /// All that was left out and skipped, in brackets for behind a cause; empty for nothing. `rows` leads to a topic's name.
  func losses(_ rows: String) -> String {
    let topics = topics.flatMap { topic in
      topic.leftOut.map { "\($0.count) \(rows) \(topic.name) \($0.reason)" }
    }
    let all = topics + skipped.map { "\($0.count) \($0.reason)" }
    return all.isEmpty ? "" : " (left out: \(all.prefix(Self.mostInWords).joined(separator: "; ")))"
  }

  /// What was skipped, in one line; `nil` for nothing.
  public var lossText: String? {
    skipped.isEmpty
      ? nil
      : "not all of it could be used: " + skipped.map { "\($0.count) \($0.reason)" }.joined(separator: "; ")
  }

  fileprivate static func words(_ losses: [Loss], _ separator: String) -> String {
    losses.map { "\($0.count) \($0.reason)" }.joined(separator: separator)
  }

  /// Notes that what was recorded of a quantity is not used, and why.
  public mutating func leaveOut(_ quantity: RecordedQuantity, because reason: String) {
    for index in topics.indices where topics[index].quantity == quantity && topics[index].isChosen {
      topics[index].leftOut.insert(Loss(reason: reason, count: topics[index].used), at: 0)
      (topics[index].used, topics[index].isChosen, topics[index].why) = (0, false, reason)
      topics[index].standIns = []
    }
  }
}

extension ImportAccount.Topic {
  /// What became of the topic: "350 of 350 rows used, 25 Hz; the only one".
  var words: String {
    var words = "\(used) of \(rows) rows used"
    if let rate { words += ", \(rateInWords(rate))" }
    // A reason that all were left out for stands there once.
    let losses = leftOut.filter { !$0.reason.hasSuffix(why) }
    words += isChosen ? " (\(why))" : "; present and not used: \(why)"
    if !losses.isEmpty { words += "; left out: " + ImportAccount.words(losses, ", ") }
    if !standIns.isEmpty { words += "; used although: " + ImportAccount.words(standIns, ", ") }
    return words
  }
}
