import Files
import Signals

/// Writes a flight: configuration and model in front, then for each tick the replay record, and the topics for
/// people at 50 Hz at most.
///
/// A log that grows too large goes on in another file, the next part, so that neither a file nor what the writer must
/// remember of it grows for ever; see `LogPart`. The bytes follow from the arguments alone, so equal runs give equal files. Not for the real-time loop
/// itself: it does file I/O; there a `TickRing` and a `LogWriterThread` stand between.
public final class FlightLogWriter {
  /// Names of the attachments.
  static let configurationName = "configuration.json5"
  /// The name of a block's model; that of the block `network` has the name that it always had.
  static func modelName(_ block: String) -> String {
    block == FlightLogMetadata.mainNetwork ? "model.safetensors" : "\(block).safetensors"
  }
  static let calibrationName = "calibration.json5"
  /// How often, at most, a topic for people is written, in Hz.
  static let engineeringRate = 50.0

  private var writer: MCAPWriter
  private let parts: any LogPartSource
  private let front: Front
  private var part: LogPart
  /// Log time of the part's first tick; `nil` before it.
  private var partStart: UInt64?
  private var encoder = CDREncoder()
  private var detector: EventDetector
  /// Where the tick's number, its time and the periods missed before it lie.
  private let place: TickNumbers
  private let divisor: UInt64
  private var nextEngineering: UInt64 = 0
  private let codec: TickCodec
  private var table: SignalTable { codec.table }
  /// Holds the tick that is being written, for what is told to people of it.
  private let memory: FrameMemory
  private let beside: FramePatch
  /// The states of networks, every so many ticks; none for 0.
  private let stateEvery: UInt64
  private var nextState: UInt64 = 0
  private var states: [(topic: NetworkStateTopic, channel: UInt16)] = []
  private var tick: UInt16 = 0
  private var dropout: UInt16 = 0
  private var events: UInt16 = 0
  private var topics: [TopicChannel] = []
  private var lastTime: UInt64 = 0

  /// A topic for people, with its channel and the last reading that it was written for.
  private struct TopicChannel {
    let topic: any LogTopic
    let channel: UInt16
    var lastReading: UInt32 = 0
  }

  /// What stands at the front of each part.
  private struct Front {
    let metadata: FlightLogMetadata
    let attachments: [(name: String, mediaType: String, bytes: [UInt8])]
  }

  /// Begins a log of the ticks of a vehicle in `sink`, with the exact bytes of the configuration, of the models by their blocks and
  /// of the calibration that was taken off the sensors' readings (each empty without one).
  public convenience init(
    sink: any LogSink, signals table: SignalTable, configuration: [UInt8], models: [String: [UInt8]],
    calibration: [UInt8] = [], metadata: FlightLogMetadata
  ) throws(LogError) {
    try self.init(
      parts: SingleLogPart(sink), signals: table, configuration: configuration, models: models,
      calibration: calibration, metadata: metadata)
  }

  /// Begins a log whose parts go where `parts` says; the states of networks are written every `stateEvery` ticks, where the vehicle has
  /// them as signals.
  public init(
    parts: any LogPartSource, signals table: SignalTable, configuration: [UInt8], models: [String: [UInt8]],
    calibration: [UInt8] = [], stateEvery: Int = 0, metadata: FlightLogMetadata
  ) throws(LogError) {
    codec = TickCodec(table)
    detector = EventDetector(table)
    place = TickNumbers(table)
    memory = FrameMemory(table)
    beside = FramePatch(besideRecordOf: table)
    self.stateEvery = UInt64(max(stateEvery, 0))
    self.parts = parts
    var metadata = metadata
    metadata.configurationDigest = configuration.isEmpty ? "" : SHA256.hexDigest(of: configuration)
    metadata.modelDigests = models.filter { !$0.value.isEmpty }.mapValues { SHA256.hexDigest(of: $0) }
    metadata.calibrationDigest = calibration.isEmpty ? "" : SHA256.hexDigest(of: calibration)
    front = Front(
      metadata: metadata,
      attachments: ([(Self.configurationName, "application/json5", configuration)]
        + models.sorted { $0.key < $1.key }.map {
          (Self.modelName($0.key), "application/octet-stream", $0.value)
        } + [(Self.calibrationName, "application/json5", calibration)]).filter { !$0.2.isEmpty })
    part = LogPart(run: Self.run(metadata), number: 1, firstTick: 0, vehicle: parts.vehicle)
    writer = try Self.writer(parts.sink(part: 1), metadata)
    let ratio = (metadata.tickRate / Self.engineeringRate).rounded()
    divisor = UInt64(exactly: ratio).map { max($0, 1) } ?? 1
    try writeFront()
  }

  private static func writer(
    _ sink: any LogSink, _ metadata: FlightLogMetadata
  ) throws(LogError) -> MCAPWriter {
    try MCAPWriter(sink: sink, profile: "ros2", library: "ganglion \(metadata.version)")
  }

  /// A run's name, from all that is known of it: with the time of its start on a board, and equal for equal simulated runs.
  private static func run(_ metadata: FlightLogMetadata) -> String {
    let text = metadata.entries.map { "\($0.key)=\($0.value)\n" }.joined()
    return String(SHA256.hexDigest(of: Array(text.utf8)).prefix(16))
  }

  /// Writes what makes a part readable by itself.
  private func writeFront() throws(LogError) {
    let writer = writer
    try writer.addMetadata(name: FlightLogMetadata.recordName, front.metadata.entries)
    try writer.addMetadata(name: LogPart.recordName, part.entries)
    for attachment in front.attachments {
      try writer.addAttachment(
        name: attachment.name, mediaType: attachment.mediaType, bytes: attachment.bytes)
    }
    func channel(_ topic: String, _ schema: String, _ text: String) throws(LogError) -> UInt16 {
      // The profile wants the publishers' settings to be named; nobody published.
      try writer.addChannel(
        topic: topic, schema: writer.addSchema(name: schema, text: text),
        metadata: ["offered_qos_profiles": "[]"])
    }
    tick = try channel(TickCodec.topic, codec.schemaName, codec.schemaText)
    dropout = try channel(DropoutTopic.topic, DropoutTopic.schemaName, DropoutTopic.schemaText)
    events = try channel(EventTopic.topic, EventTopic.schemaName, EventTopic.schemaText)
    states.removeAll(keepingCapacity: true)
    for state in stateEvery == 0 ? [] : NetworkStateTopic.all(table) {
      states.append(
        (state, try channel(state.name, NetworkStateTopic.schemaName, NetworkStateTopic.schemaText)))
    }
    let last = topics
    topics.removeAll(keepingCapacity: true)
    for (index, topic) in table.topics.enumerated() {
      topics.append(
        TopicChannel(
          topic: topic,
          channel: try channel(topic.name, type(of: topic).schemaName, type(of: topic).schemaText),
          lastReading: last.indices.contains(index) ? last[index].lastReading : 0))
    }
  }

  /// Goes on in the next part when this one is full; `number` is that of the next tick, or of the first missed before it.
  private func turnPage(_ number: UInt64, _ time: UInt64) throws(LogError) {
    guard let start = partStart else {
      partStart = time
      return
    }
    let isFull =
      parts.largestPart.map { writer.byteCount >= $0 } == true
      || parts.longestPart.map { time >= start && time - start >= $0 } == true
    guard isFull else { return }
    let sink: any LogSink
    do throws(LogError) {
      sink = try parts.sink(part: part.number + 1)
    } catch {
      // What there is stays a whole log, and says that the run went on.
      try writer.addMetadata(name: LogPart.endedEarlyName, [("cause", "\(error)")])
      try writer.finish()
      throw error
    }
    try writer.addMetadata(name: LogPart.nextRecordName, [("part", String(part.number + 1))])
    try writer.finish()
    (part.number, part.firstTick, partStart) = (part.number + 1, number, time)
    writer = try Self.writer(sink, front.metadata)
    try writeFront()
  }

  /// Adds the tick in a frame of the vehicle.
  public func append(_ frame: Frame) throws(LogError) {
    codec.encode(frame, into: &encoder)
    try append(encoded: frame)
  }

  /// Adds a tick's record, as it was taken out of a frame of the vehicle.
  func append(record: UnsafeRawBufferPointer) throws(LogError) {
    codec.put(record, to: memory.frame)
    beside.write(UnsafeRawBufferPointer(rebasing: record.dropFirst(codec.size)), to: memory.frame)
    codec.encode(record, into: &encoder)
    try append(encoded: memory.frame)
  }

  /// Adds the tick that was encoded just now.
  private func append(encoded frame: Frame) throws(LogError) {
    let (number, time) = (place.number(frame), UInt64(clamping: place.time(frame)))
    try turnPage(number &- UInt64(place.missed(frame)), time)
    lastTime = time
    try writer.write(channel: tick, time: time, payload: encoder.payload)
    for event in detector.events(at: frame) { try append(event, time: time) }
    if !states.isEmpty, number >= nextState {
      nextState = (number / stateEvery &+ 1) &* stateEvery
      for state in states {
        encoder.begin()
        state.topic.encode(frame, into: &encoder)
        try writer.write(channel: state.channel, time: time, payload: encoder.payload)
      }
    }
    guard number >= nextEngineering else { return }
    nextEngineering = (number / divisor &+ 1) &* divisor
    try appendEngineering(frame, time)
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

  /// Adds what was taken from a recording of another vehicle, and what was not.
  public func addRecordingRecord(_ entries: [(key: String, value: String)]) throws(LogError) {
    try writer.addMetadata(name: FlightLogMetadata.recordingRecordName, entries)
  }

  /// Entries that are remembered for the index of the part that is being written.
  var rememberedEntries: Int { writer.rememberedEntries }

  /// Writes what is left, with the index, and closes the sink.
  public func finish() throws(LogError) {
    try writer.finish()
  }

  private func append(_ event: FlightEvent, time: UInt64) throws(LogError) {
    encoder.begin()
    EventTopic.encode(event, time: time, into: &encoder)
    try writer.write(channel: events, time: time, payload: encoder.payload)
  }

  private func appendEngineering(_ frame: Frame, _ time: UInt64) throws(LogError) {
    for index in topics.indices {
      let topic = topics[index].topic
      switch topic.occasion(frame) {
      case .always: break
      case .reading(let sequence):
        guard sequence != topics[index].lastReading else { continue }
        topics[index].lastReading = sequence
      }
      encoder.begin()
      topic.encode(frame, into: &encoder)
      try writer.write(channel: topics[index].channel, time: time, payload: encoder.payload)
    }
  }
}
