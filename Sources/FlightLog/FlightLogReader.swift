import ControlLoop
import LiquidModel
import Signals

/// A flight's log: what flew, and tick by tick what it saw and decided.
public struct FlightLogReader: Sendable {
  /// What stands where in the file, with what is damaged.
  public let outline: MCAPOutline
  /// What the log says about the run.
  public let metadata: FlightLogMetadata
  /// The configuration's bytes; empty without one.
  public let configuration: [UInt8]
  /// By the names of their blocks the bytes of the models.
  public let models: [String: [UInt8]]
  /// The bytes of a template's model; empty without one.
  public var model: [UInt8] { models[FlightLogMetadata.mainNetwork] ?? [] }
  /// The bytes of the calibration that was taken off the sensors' readings; empty without one.
  public let calibration: [UInt8]
  private let codec: TickCodec
  private let tickChannel: UInt16
  private let dropoutChannel: UInt16?

  /// The signals of its ticks.
  public var vehicle: VehicleFrame { codec.vehicle }

  /// Opens the log at `path`; throws `LogError` when it is no log of Ganglion, or not of this version.
  public init(path: String) throws(LogError) {
    try self.init(LogBytes(path: path))
  }

  /// Opens a log in memory.
  public init(_ bytes: LogBytes) throws(LogError) {
    try self.init(MCAPOutline(bytes))
  }

  /// Opens a log whose outline is known.
  public init(_ outline: MCAPOutline) throws(LogError) {
    self.outline = outline
    guard let record = outline.metadata.first(where: { $0.name == FlightLogMetadata.recordName }) else {
      throw LogError(
        .missing, "the log has no metadata of Ganglion", remedy: "Use a log written by `ganglion run`.")
    }
    metadata = try FlightLogMetadata(entries: record.entries)
    configuration = try Self.attachment(
      FlightLogWriter.configurationName, metadata.configurationDigest, in: outline)
    var models: [String: [UInt8]] = [:]
    for (block, digest) in metadata.modelDigests {
      models[block] = try Self.attachment(FlightLogWriter.modelName(block), digest, in: outline)
    }
    self.models = models
    calibration = try Self.attachment(
      FlightLogWriter.calibrationName, metadata.calibrationDigest, in: outline)
    // Tools that rewrite logs put schemas and channels into the chunks.
    let registry = outline.completeRegistry()
    guard let channel = registry.channel(of: TickCodec.topic) else {
      throw LogError(
        .missing, "the log has no topic \(TickCodec.topic)", remedy: "Use a log written by `ganglion run`.")
    }
    let codec = TickCodec(
      try Self.vehicle(configuration, calibration, hasNetwork: models[FlightLogMetadata.mainNetwork] != nil))
    guard channel.encoding == "cdr", registry.schemas[channel.schema]?.text == codec.schemaText else {
      throw LogError(
        .unsupported,
        "the log was written by Ganglion \(metadata.version), whose tick records have other fields",
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

  /// The signals of the vehicle of a log's configuration.
  private static func vehicle(
    _ configuration: [UInt8], _ calibration: [UInt8], hasNetwork: Bool
  ) throws(LogError) -> VehicleFrame {
    var reason = "it is not UTF-8 text"
    if let text = String(validating: configuration, as: UTF8.self),
      let calibration = String(validating: calibration, as: UTF8.self)
    {
      do {
        return try VehicleFrame(
          VehicleTables.load(
            text: text, directory: nil, calibration: calibration.isEmpty ? nil : calibration,
            hasNetwork: hasNetwork))
      } catch {
        reason = "\(error)".replacing("\n", with: "; ")
      }
    }
    throw LogError(
      .unsupported, "the configuration in the log cannot be read: \(reason)",
      remedy: "Use a log written by `ganglion run` of this version.")
  }

  private static func attachment(
    _ name: String, _ digest: String, in outline: MCAPOutline
  ) throws(LogError) -> [UInt8] {
    if digest.isEmpty { return [] }
    guard let attachment = outline.attachments.first(where: { $0.name == name }) else {
      throw LogError(
        .missing, "the log has lost its attachment \(name)",
        remedy: "The front of the file is damaged; use another copy.")
    }
    let bytes = outline.bytes.copy(attachment.range)
    guard SHA256.hexDigest(of: bytes) == digest else {
      throw LogError(
        .checksum, at: attachment.range.lowerBound,
        "the attachment \(name) does not fit its SHA-256 in the metadata",
        remedy: "The file is damaged there, or was changed; use another copy.")
    }
    return bytes
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
  public var view: FrameView { FrameView(source.codec.vehicle.table, memory.frame) }
  private var messages: MCAPMessages
  private var bytes: LogBytes { source.outline.bytes }
  /// Whether no part can follow any more.
  private var isLast = false
  /// Bytes that were lost before the parts that were come to so far were recovered; `nil` where none of them was.
  public private(set) var lostBeforeRecovery: Int?

  fileprivate init(_ reader: FlightLogReader) {
    source = reader.source
    memory = FrameMemory(reader.vehicle.table)
    messages = MCAPMessages(reader.outline)
    lostBeforeRecovery = MCAPRecovery.lostBytes(before: reader.outline)
  }

  /// Turns to the next part of the run, if there is one; gives the damage when it is missing.
  private mutating func turnPage() throws(LogError) -> LogDamage? {
    switch source.outline.following() {
    case .nothing: isLast = true
    case .part(let path, let outline):
      do throws(LogError) {
        let reader = try FlightLogReader(outline)
        guard reader.vehicle.table == source.codec.vehicle.table else {
          throw LogError(
            .malformed, "its ticks have other signals than those of the part before it",
            remedy: "Use the part that belongs to the run.")
        }
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
