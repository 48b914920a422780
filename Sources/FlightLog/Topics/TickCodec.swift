import ControlLoop

/// The replay topic `/ganglion/tick` of one layout: all that a tick saw and decided, bit for bit.
struct TickCodec: Sendable {
  static let topic = "/ganglion/tick"

  /// What a tick has.
  let layout: TickLayout
  /// The schema as `ros2msg` text, made from the fields themselves.
  let schemaText: String
  /// Bytes behind the encapsulation that every tick has, and that no tick exceeds.
  private let smallestEncoding, largestEncoding: Int

  init(_ layout: TickLayout) {
    self.layout = layout
    var (writer, size) = (TickSchemaWriter(), TickFieldSize())
    var record = TickRecord.blank
    record.visitFields(of: layout, &writer)
    record.visitFields(of: layout, &size)
    schemaText = writer.text
    (smallestEncoding, largestEncoding) = (size.smallest, size.largest)
  }

  /// Full name of the schema.
  var schemaName: String {
    switch (layout.vehicle, layout.hasSpares) {
    case (.quadrotor, false): "ganglion_msgs/msg/Tick"
    case (.quadrotor, true): "ganglion_msgs/msg/RedundantTick"
    case (.balancingRobot, false): "ganglion_msgs/msg/BalancingRobotTick"
    case (.balancingRobot, true): "ganglion_msgs/msg/RedundantBalancingRobotTick"
    }
  }

  /// Encodes `record` as the encoder's next message.
  func encode(_ record: inout TickRecord, into encoder: inout CDREncoder) {
    encoder.begin()
    encoder.fill(atMost: largestEncoding) { base in
      var store = TickFieldStore(base: base)
      record.visitFields(of: layout, &store)
      return store.offset
    }
  }

  /// Decodes the message in `range` into `record`, whose contents are undefined after an error.
  ///
  /// Throws `LogError` at the first field that does not fit the message or its type.
  @inline(__always)
  func decode(
    _ bytes: LogBytes, _ range: Range<Int>, into record: inout TickRecord
  ) throws(LogError) {
    let isDone = bytes.withBytes(in: range) { decode($0, into: &record) }
    if !isDone { throw failure(bytes, range) }
  }

  /// Decodes a message, or says `false` when anything about it is wrong.
  @inline(__always)
  private func decode(_ message: UnsafeRawBufferPointer, into record: inout TickRecord) -> Bool {
    guard let start = message.baseAddress, message.count >= CDREncoder.encapsulation + smallestEncoding,
      CDRDecoder.isLittleEndian(start.loadUnaligned(as: UInt32.self))
    else { return false }
    var load = TickFieldLoad(
      start + CDREncoder.encapsulation, count: message.count - CDREncoder.encapsulation)
    record.visitFields(of: layout, &load)
    return load.isSound && load.offset == load.count
  }

  /// Finds out what is wrong with a message.
  @inline(never)
  private func failure(_ bytes: LogBytes, _ range: Range<Int>) -> LogError {
    guard let decoder = CDRDecoder(bytes, range) else {
      return LogError(
        .malformed, at: range.lowerBound, "a tick record is not little-endian CDR",
        remedy: LogError.recoverRemedy)
    }
    var reader = TickFieldReader(decoder: decoder)
    var record = TickRecord.blank
    record.visitFields(of: layout, &reader)
    if let failure = reader.failure {
      return LogError(
        .malformed, at: failure.offset, "field \(failure.name) of a tick record is cut or has no such value",
        remedy: LogError.recoverRemedy)
    }
    return LogError(
      .malformed, at: reader.decoder.position, "a tick record has \(reader.decoder.remaining) bytes too many",
      remedy: LogError.recoverRemedy)
  }
}

extension TickRecord {
  /// A record to decode into.
  static var blank: TickRecord { TickRecord(input: TickInput(), output: TickOutput()) }
}
