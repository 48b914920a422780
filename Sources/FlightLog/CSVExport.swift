/// Writes the messages of one topic as comma-separated values: `log_time_ns` and a column for each field.
///
/// Numbers are written so that reading them back gives the same bits; lists become a column for each place,
/// and places that a message does not have stay empty. Text is quoted where it must be (RFC 4180).
public struct CSVExport: Sendable {
  /// Rows written.
  public private(set) var rowCount = 0
  /// What could not be read.
  public private(set) var damages: [LogDamage] = []

  /// The most columns, many times those of any topic of Ganglion: each row has them all.
  static let largestColumnCount = 1024

  /// Writes `topic` of the log of `outline`, and of the parts of the run behind it, to `sink`.
  ///
  /// Throws `LogError` when the topic is not in the log, is not CDR with a `ros2msg` schema, when a message does
  /// not fit its schema, or when writing fails.
  ///
  /// - Parameter labels: What columns are called instead of their field and place, such as `network_input[0]`.
  public init(
    _ outline: MCAPOutline, topic: String, labels: [String: String] = [:], to sink: any LogSink
  ) throws(LogError) {
    let registry = outline.completeRegistry()
    guard let channel = registry.channel(of: topic) else {
      let topics = registry.channels.values.map(\.topic).sorted()
      let shown = topics.prefix(50).joined(separator: ", ") + (topics.count > 50 ? ", …" : "")
      throw LogError(.missing, "the log has no topic '\(topic)'", remedy: "It has: \(shown).")
    }
    guard channel.encoding == "cdr", let schema = registry.schemas[channel.schema],
      schema.encoding == "ros2msg"
    else {
      throw LogError(
        .unsupported, "topic '\(topic)' is not CDR with a ros2msg schema", remedy: "Export another topic.")
    }
    let layout = try ROS2Schema(text: schema.text)
    // A list may have other lengths later: the columns are those of all messages, in order of appearance.
    let columns = try Self.columns(outline, topic, registry, layout)
    var line = OutputBuffer()
    line.append(
      csv: (["log_time_ns"] + columns.names.map { labels[$0] ?? $0 }).map(Self.quoted))
    try sink.write(line.bytes)
    var messages = PartedMessages(outline, topic: topic, registry)
    var unfit: LogError?
    var oddTexts = 0
    var cells = [String](repeating: "", count: columns.names.count + 1)
    reading: while true {
      switch messages.next() {
      case .message(let message):
        for index in cells.indices { cells[index] = "" }
        cells[0] = "\(message.time)"
        let values: [(name: String, text: String)]
        do throws(LogError) {
          values = try messages.current.values(of: message, layout, oddTexts: &oddTexts)
        } catch {
          // One message that does not fit its schema costs no other.
          unfit = unfit ?? error
          damages.add(LogDamage(error: error, lostBytes: message.payload.count))
          continue reading
        }
        for value in values {
          if let place = columns.places[value.name] { cells[place + 1] = Self.quoted(value.text) }
        }
        line.clear()
        line.append(csv: cells)
        try sink.write(line.bytes)
        rowCount += 1
      case .damage(let damage): damages.add(damage)
      case .end: break reading
      }
    }
    // Where nothing fits, the schema is wrong, and not a message.
    if rowCount == 0, let first = unfit { throw first }
    if messages.strangers > 0 {
      damages.add(
        LogDamage(
          error: LogError(
            .unsupported,
            "\(messages.strangers) message(s) of topic '\(topic)' are on channels with another schema",
            remedy: "They are left out."),
          lostBytes: 0))
    }
    if oddTexts > 0 {
      damages.add(
        LogDamage(
          error: LogError(
            .malformed,
            "\(oddTexts) text(s) have zeros or bytes that are not UTF-8, in whose place the table has U+FFFD",
            remedy: "Read the log itself for their bytes."),
          lostBytes: 0))
    }
    try sink.close()
  }

  private static func columns(
    _ outline: MCAPOutline, _ topic: String, _ registry: MCAPRegistry, _ layout: ROS2Schema
  ) throws(LogError) -> (names: [String], places: [String: Int]) {
    var names: [String] = []
    var known: Set<String> = []
    var lastCount = -1
    var messages = PartedMessages(outline, topic: topic, registry)
    while true {
      switch messages.next() {
      case .message(let message):
        // Messages of the same length have the same columns, but for the rare swap of two lists' lengths.
        let values: [(name: String, text: String)]
        var ignored = 0
        do throws(LogError) {
          values = try messages.current.values(of: message, layout, oddTexts: &ignored)
        } catch {
          continue
        }
        if values.count == lastCount, values.allSatisfy({ known.contains($0.name) }) { continue }
        lastCount = values.count
        guard known.count + values.count(where: { !known.contains($0.name) }) <= largestColumnCount else {
          throw LogError(
            .tooLarge, at: messages.current.offset(of: message.payload.lowerBound),
            "the messages have more values than the \(largestColumnCount) columns that a table may have",
            remedy: "Export another topic.")
        }
        var place = 0
        for value in values {
          if known.insert(value.name).inserted {
            names.insert(value.name, at: min(place, names.count))
            place += 1
          } else {
            while place < names.count, names[place] != value.name { place += 1 }
            place += 1
          }
        }
      case .damage: continue
      case .end:
        var places: [String: Int] = [:]
        for (index, name) in names.enumerated() { places[name] = index }
        return (names, places)
      }
    }
  }

  private static func quoted(_ text: String) -> String {
    // Names of a schema may have zeros, too, at which readers of tables stop.
    let text = text.utf8.contains(0) ? String(text.map { $0 == "\0" ? "\u{FFFD}" : $0 }) : text
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
      return text
    }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}

extension MCAPMessages {
  /// The values of the last message.
  fileprivate func values(
    of message: MCAPMessage, _ layout: ROS2Schema, oddTexts: inout Int
  ) throws(LogError) -> [(name: String, text: String)] {
    do throws(LogError) {
      return try ROS2Values.read(layout, bytes, message.payload, oddTexts: &oddTexts)
    } catch {
      throw placed(error)
    }
  }
}

extension OutputBuffer {
  /// Appends cells with commas between and a line feed behind.
  mutating func append(csv cells: [String]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      var cell = cell
      cell.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }
    append(UInt8(ascii: "\n"))
  }
}
