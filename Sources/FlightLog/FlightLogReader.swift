import Files
import Signals

/// A flight's log: what flew, and tick by tick what it saw and decided.
public struct FlightLogReader: Sendable {
  /// What stands where in the file, with what is damaged.
  public let outline: MCAPOutline
  /// What flew.
  public let content: FlightLogContent
  /// What the log says about the run.
  public var metadata: FlightLogMetadata { content.metadata }
  private let codec: TickCodec
  private let tickChannel: UInt16
  private let dropoutChannel: UInt16?

  /// The signals of its ticks.
  public var table: SignalTable { codec.table }

  /// Opens a log whose outline is known.
  ///
  /// - Parameter signals: Gives the signals of what flew; a log whose ticks have others is refused.
  /// - Throws: `LogError` when it is no log of Ganglion, or not of this version.
  public init(
    _ outline: MCAPOutline, signals: TickSignals
  ) throws(LogError) {
    let content = try FlightLogContent(outline)
    try self.init(outline, content, signals: signals(content))
  }

  /// Opens a log whose outline, content and signals are known.
  ///
  /// - Throws: `LogError` when it has no ticks, or ticks with other signals.
  public init(
    _ outline: MCAPOutline, _ content: FlightLogContent, signals table: SignalTable
  ) throws(LogError) {
    (self.outline, self.content) = (outline, content)
    // Tools that rewrite logs put schemas and channels into the chunks.
    let registry = outline.completeRegistry()
    guard let channel = registry.channel(of: TickCodec.topic) else {
      throw LogError(
        .missing, "the log has no topic \(TickCodec.topic)", remedy: "Use a log written by `ganglion run`.")
    }
    let codec = TickCodec(table)
    guard channel.encoding == "cdr", registry.schemas[channel.schema]?.text == codec.schemaText else {
      throw LogError(
        .unsupported,
        "the log was written by Ganglion \(content.metadata.version), whose tick records have other fields",
        remedy: "Replay it with that version.")
    }
    self.codec = codec
    tickChannel = channel.id
    dropoutChannel = registry.channel(of: DropoutTopic.topic)?.id
  }

  /// What the log says of itself as a part of a run; a log from before there were parts says nothing.
  public var part: LogPart? { outline.part }

  /// The ticks from the first of this part to the last of the run's last part, as if all were one log.
  public func ticks() -> TickCursor { TickCursor(self) }

  /// What the cursor needs of a part.
  fileprivate var source: TickCursor.Source {
    TickCursor.Source(
      outline: outline, codec: codec, tickChannel: tickChannel, dropoutChannel: dropoutChannel)
  }
}

/// What comes next in a flight.
public enum TickEvent: Sendable {
  /// A tick, now in the cursor's frame.
  case tick
  /// Ticks that happened but were not logged; the replay is not reproducible from here on.
  case dropout(count: UInt32)
  /// Ticks that cannot be read; the replay is not reproducible from here on.
  case damage(LogDamage)
  /// The end; a cut behind it was reported as damage before.
  case end
}

/// Walks through the ticks of a log and of the parts of the run behind it.
public struct TickCursor: ~Copyable {
  fileprivate struct Source {
    let outline: MCAPOutline
    let codec: TickCodec
    let tickChannel: UInt16
    let dropoutChannel: UInt16?
  }

  private var source: Source
  private let memory: FrameMemory
  /// The signals of the last tick.
  public var frame: Frame { memory.frame }
  /// The same by name.
  public var view: FrameView { FrameView(source.codec.table, memory.frame) }
  private var messages: MCAPMessages
  private var bytes: LogBytes { source.outline.bytes }
  /// Why the part that was come to ended before its run; `nil` when it did not.
  public var endedEarly: String? { source.outline.endedEarly }
  /// Whether no part can follow any more.
  private var isLast = false
  /// Bytes that were lost before the parts that were come to so far were recovered; `nil` where none of them was.
  public private(set) var lostBeforeRecovery: Int?

  fileprivate init(_ reader: FlightLogReader) {
    source = reader.source
    memory = FrameMemory(reader.table)
    messages = MCAPMessages(reader.outline)
    lostBeforeRecovery = MCAPRecovery.lostBytes(before: reader.outline)
  }

  /// Turns to the next part of the run, if there is one; gives the damage when it is missing.
  private mutating func turnPage() throws(LogError) -> LogDamage? {
    switch source.outline.following() {
    case .nothing: isLast = true
    case .part(let path, let outline):
      do throws(LogError) {
        let reader = try FlightLogReader(
          outline, FlightLogContent(outline), signals: source.codec.table)
        source = reader.source
      } catch {
        // Whoever goes on nevertheless finds the end, and not this part once more.
        isLast = true
        throw LogError(error.cause, at: error.offset, "\(path): \(error.what)", remedy: error.remedy)
      }
      messages = MCAPMessages(outline)
      if let lost = MCAPRecovery.lostBytes(before: outline) {
        lostBeforeRecovery = (lostBeforeRecovery ?? 0) &+ lost
      }
    case .missing(let error):
      isLast = true
      return LogDamage(error: error, lostBytes: 0)
    }
    return nil
  }

  /// Goes on to the next tick, dropout or damage; a tick is put into `frame`.
  ///
  /// Throws `LogError` for a record that has its checksum right and its content wrong, and when the file can no longer be
  /// read.
  public mutating func next() throws(LogError) -> TickEvent {
    while true {
      switch messages.next() {
      case .message(let message) where message.channel == source.tickChannel:
        do throws(LogError) {
          try source.codec.decode(messages.bytes, message.payload, into: memory.frame)
        } catch {
          throw messages.placed(error)
        }
        try bytes.checkFailure()
        return .tick
      case .message(let message) where message.channel == source.dropoutChannel:
        return .dropout(count: try DropoutTopic.decode(messages.bytes, message.payload))
      case .message: continue
      case .damage(let damage):
        try bytes.checkFailure()
        return .damage(damage)
      case .end:
        if isLast { return .end }
        if let damage = try turnPage() { return .damage(damage) }
        if isLast { return .end }
      }
    }
  }
}
