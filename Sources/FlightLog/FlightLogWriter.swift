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
  /// How often, at most, a topic for people is written, in Hz.
  static let engineeringRate = 50.0

  private let writer: MCAPWriter
  private var encoder = CDREncoder()
  private var events = EventDetector()
  private let divisor: UInt64
  private var nextEngineering: UInt64 = 0
  private var sequences: (imu: UInt32, barometer: UInt32, range: UInt32, power: UInt32) = (0, 0, 0, 0)
  private let channels: Channels
  private var lastTime: UInt64 = 0

  private struct Channels {
    var tick, dropout, events: UInt16
    var imu, barometer, range, battery: UInt16
    var attitude, altitude, command, motors, network: UInt16
  }

  /// Begins a log in `sink`, with the exact bytes of the configuration and of the model (empty without one).
  public init(
    sink: any LogSink, configuration: [UInt8], model: [UInt8], metadata: FlightLogMetadata
  ) throws(LogError) {
    let writer = try MCAPWriter(sink: sink, library: "ganglion \(metadata.version)")
    self.writer = writer
    var metadata = metadata
    metadata.configurationDigest = configuration.isEmpty ? "" : SHA256.hexDigest(of: configuration)
    metadata.modelDigest = model.isEmpty ? "" : SHA256.hexDigest(of: model)
    try writer.addMetadata(name: FlightLogMetadata.recordName, metadata.entries)
    if !configuration.isEmpty {
      try writer.addAttachment(
        name: Self.configurationName, mediaType: "application/json5", bytes: configuration)
    }
    if !model.isEmpty {
      try writer.addAttachment(name: Self.modelName, mediaType: "application/octet-stream", bytes: model)
    }
    func channel(_ topic: String, _ schema: String, _ text: String) throws(LogError) -> UInt16 {
      try writer.addChannel(topic: topic, schema: writer.addSchema(name: schema, text: text))
    }
    func channel(_ topic: any LogTopic.Type) throws(LogError) -> UInt16 {
      try channel(topic.topic, topic.schemaName, topic.schemaText)
    }
    channels = Channels(
      tick: try channel(TickCodec.topic, TickCodec.schemaName, TickCodec.schemaText),
      dropout: try channel(DropoutTopic.topic, DropoutTopic.schemaName, DropoutTopic.schemaText),
      events: try channel(EventTopic.topic, EventTopic.schemaName, EventTopic.schemaText),
      imu: try channel(ImuTopic.self), barometer: try channel(BarometerTopic.self),
      range: try channel(RangeTopic.self), battery: try channel(BatteryTopic.self),
      attitude: try channel(AttitudeTopic.self), altitude: try channel(AltitudeTopic.self),
      command: try channel(CommandTopic.self), motors: try channel(MotorsTopic.self),
      network: try channel(NetworkTopic.self))
    let ratio = (metadata.tickRate / Self.engineeringRate).rounded()
    divisor = UInt64(exactly: ratio).map { max($0, 1) } ?? 1
  }

  /// Adds a tick.
  public func append(_ record: TickRecord) throws(LogError) {
    var record = record
    let time = UInt64(clamping: record.input.time.nanoseconds)
    lastTime = time
    TickCodec.encode(&record, into: &encoder)
    try writer.write(channel: channels.tick, time: time, payload: encoder.payload)
    for event in events.events(at: record) { try append(event, time: time) }
    guard record.input.tick >= nextEngineering else { return }
    nextEngineering = (record.input.tick / divisor &+ 1) &* divisor
    try appendEngineering(record, time)
  }

  /// Says that `count` ticks are missing just here.
  public func appendDropout(count: UInt32) throws(LogError) {
    encoder.begin()
    DropoutTopic.encode(count: count, into: &encoder)
    try writer.write(channel: channels.dropout, time: lastTime, payload: encoder.payload)
    try append(
      FlightEvent(level: .error, source: "log", text: "\(count) tick(s) dropped: the writer fell behind"),
      time: lastTime)
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
    try writer.write(channel: channels.events, time: time, payload: encoder.payload)
  }

  private func append<Topic: LogTopic>(
    _ topic: Topic.Type, _ channel: UInt16, _ record: TickRecord, _ time: UInt64
  ) throws(LogError) {
    encoder.begin()
    Topic.encode(record, into: &encoder)
    try writer.write(channel: channel, time: time, payload: encoder.payload)
  }

  private func appendEngineering(_ record: TickRecord, _ time: UInt64) throws(LogError) {
    let input = record.input
    let now = (
      imu: input.inertial.sequence, barometer: input.pressure.sequence, range: input.range.sequence,
      power: input.power.sequence
    )
    if now.imu != sequences.imu { try append(ImuTopic.self, channels.imu, record, time) }
    if now.barometer != sequences.barometer {
      try append(BarometerTopic.self, channels.barometer, record, time)
    }
    if now.range != sequences.range { try append(RangeTopic.self, channels.range, record, time) }
    if now.power != sequences.power { try append(BatteryTopic.self, channels.battery, record, time) }
    sequences = now
    try append(AttitudeTopic.self, channels.attitude, record, time)
    try append(AltitudeTopic.self, channels.altitude, record, time)
    try append(CommandTopic.self, channels.command, record, time)
    try append(MotorsTopic.self, channels.motors, record, time)
    if record.output.networkInputs.count > 0 {
      try append(NetworkTopic.self, channels.network, record, time)
    }
  }
}
