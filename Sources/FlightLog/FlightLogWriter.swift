import ControlLoop
import LiquidModel

/// Writes a flight: configuration and model in front, then for each tick the replay record, and the topics for
/// people at 50 Hz at most.
///
/// The bytes follow from the arguments alone, so equal runs give equal files. Not for the real-time loop
/// itself: it does file I/O; there a `TickRing` and a `LogWriterThread` stand between.
public final class FlightLogWriter {
  /// Names of the attachments.
  static let configurationName = "configuration.json5"
  static let modelName = "model.safetensors"
  static let calibrationName = "calibration.json5"
  /// How often, at most, a topic for people is written, in Hz.
  static let engineeringRate = 50.0

  private let writer: MCAPWriter
  private var encoder = CDREncoder()
  private var detector = EventDetector()
  private let divisor: UInt64
  private var nextEngineering: UInt64 = 0
  private let codec: TickCodec
  private let tick, dropout, events: UInt16
  private var topics: [TopicChannel] = []
  private var lastTime: UInt64 = 0

  /// A topic for people, with its channel and the last reading that it was written for.
  private struct TopicChannel {
    let topic: any LogTopic.Type
    let channel: UInt16
    var lastReading: UInt32 = 0
  }

  /// Begins a log of ticks of a layout in `sink`, with the exact bytes of the configuration, of the model and of the
  /// calibration that was taken off the sensors' readings (each empty without one).
  public init(
    sink: any LogSink, layout: TickLayout, configuration: [UInt8], model: [UInt8],
    calibration: [UInt8] = [], metadata: FlightLogMetadata
  ) throws(LogError) {
    codec = TickCodec(layout)
    let writer = try MCAPWriter(sink: sink, library: "ganglion \(metadata.version)")
    self.writer = writer
    var metadata = metadata
    metadata.configurationDigest = configuration.isEmpty ? "" : SHA256.hexDigest(of: configuration)
    metadata.modelDigest = model.isEmpty ? "" : SHA256.hexDigest(of: model)
    metadata.calibrationDigest = calibration.isEmpty ? "" : SHA256.hexDigest(of: calibration)
    try writer.addMetadata(name: FlightLogMetadata.recordName, metadata.entries)
    if !configuration.isEmpty {
      try writer.addAttachment(
        name: Self.configurationName, mediaType: "application/json5", bytes: configuration)
    }
    if !model.isEmpty {
      try writer.addAttachment(name: Self.modelName, mediaType: "application/octet-stream", bytes: model)
    }
    if !calibration.isEmpty {
      try writer.addAttachment(
        name: Self.calibrationName, mediaType: "application/json5", bytes: calibration)
    }
    func channel(_ topic: String, _ schema: String, _ text: String) throws(LogError) -> UInt16 {
      try writer.addChannel(topic: topic, schema: writer.addSchema(name: schema, text: text))
    }
    tick = try channel(TickCodec.topic, codec.schemaName, codec.schemaText)
    dropout = try channel(DropoutTopic.topic, DropoutTopic.schemaName, DropoutTopic.schemaText)
    events = try channel(EventTopic.topic, EventTopic.schemaName, EventTopic.schemaText)
    for topic in layout.topics {
      topics.append(
        TopicChannel(
          topic: topic, channel: try channel(topic.topic, topic.schemaName, topic.schemaText)))
    }
    let ratio = (metadata.tickRate / Self.engineeringRate).rounded()
    divisor = UInt64(exactly: ratio).map { max($0, 1) } ?? 1
  }

  /// Adds a tick.
  public func append(_ record: TickRecord) throws(LogError) {
    var record = record
    let time = UInt64(clamping: record.input.time.nanoseconds)
    lastTime = time
    codec.encode(&record, into: &encoder)
    try writer.write(channel: tick, time: time, payload: encoder.payload)
    for event in detector.events(at: record) { try append(event, time: time) }
    guard record.input.tick >= nextEngineering else { return }
    nextEngineering = (record.input.tick / divisor &+ 1) &* divisor
    try appendEngineering(record, time)
  }

  /// Says that `count` ticks are missing just here.
  public func appendDropout(count: UInt32) throws(LogError) {
    encoder.begin()
    DropoutTopic.encode(count: count, into: &encoder)
    try writer.write(channel: dropout, time: lastTime, payload: encoder.payload)
    try append(
      FlightEvent(level: .error, source: "log", text: "\(count) tick(s) dropped: the writer fell behind"),
      time: lastTime)
  }

  /// Says under `/events`, at the time of the last tick, what no tick can know: for example that the vehicle crashed.
  public func appendError(source: String, _ text: String) throws(LogError) {
    try append(FlightEvent(level: .error, source: source, text: text), time: lastTime)
  }

  /// Adds what is known only when a run has ended, such as how punctual its loop was.
  public func addRunRecord(_ entries: [(key: String, value: String)]) throws(LogError) {
    try writer.addMetadata(name: FlightLogMetadata.runRecordName, entries)
  }

  /// Writes what is left, with the index, and closes the sink.
  public func finish() throws(LogError) {
    try writer.finish()
  }

  private func append(_ event: FlightEvent, time: UInt64) throws(LogError) {
    encoder.begin()
    EventTopic.encode(event, time: time, into: &encoder)
    try writer.write(channel: events, time: time, payload: encoder.payload)
  }

  private func appendEngineering(_ record: TickRecord, _ time: UInt64) throws(LogError) {
    for index in topics.indices {
      let topic = topics[index].topic
      switch topic.occasion(record) {
      case .always: break
      case .never: continue
      case .reading(let sequence):
        guard sequence != topics[index].lastReading else { continue }
        topics[index].lastReading = sequence
      }
      encoder.begin()
      topic.encode(record, into: &encoder)
      try writer.write(channel: topics[index].channel, time: time, payload: encoder.payload)
    }
  }
}
