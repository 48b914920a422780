import ControlLoop

/// The replay topic `/ganglion/tick`: all that a tick saw and decided, bit for bit.
enum TickCodec {
  static let topic = "/ganglion/tick"
  static let schemaName = "ganglion_msgs/msg/Tick"

  /// The schema as `ros2msg` text, made from the fields themselves.
  static let schemaText: String = {
    var writer = TickSchemaWriter()
    var record = TickRecord.blank
    record.visitFields(&writer)
    return writer.text
  }()

  /// Bytes behind the encapsulation that every tick has, and that no tick exceeds.
  static let (smallestEncoding, largestEncoding): (Int, Int) = {
    var size = TickFieldSize()
    var record = TickRecord.blank
    record.visitFields(&size)
    return (size.smallest, size.largest)
  }()

  /// Encodes `record` as the encoder's next message.
  static func encode(_ record: inout TickRecord, into encoder: inout CDREncoder) {
    encoder.begin()
    encoder.fill(atMost: largestEncoding) { base in
      var store = TickFieldStore(base: base)
      record.visitFields(&store)
      return store.offset
    }
  }

  /// Decodes the message in `range` into `record`, whose contents are undefined after an error.
  ///
  /// Throws `LogError` at the first field that does not fit the message or its type.
  @inline(__always)
  static func decode(
    _ bytes: LogBytes, _ range: Range<Int>, into record: inout TickRecord
  ) throws(LogError) {
    let isDone = bytes.withBytes(in: range) { decode($0, into: &record) }
    if !isDone { throw failure(bytes, range) }
  }

  /// Decodes a message, or says `false` when anything about it is wrong.
  @inline(__always)
  private static func decode(_ message: UnsafeRawBufferPointer, into record: inout TickRecord) -> Bool {
    guard let start = message.baseAddress, message.count >= CDREncoder.encapsulation + smallestEncoding,
      CDRDecoder.isLittleEndian(start.loadUnaligned(as: UInt32.self))
    else { return false }
    var load = TickFieldLoad(
      start + CDREncoder.encapsulation, count: message.count - CDREncoder.encapsulation)
    record.visitFields(&load)
    return load.isSound && load.offset == load.count
  }

  /// Finds out what is wrong with a message.
  @inline(never)
  private static func failure(_ bytes: LogBytes, _ range: Range<Int>) -> LogError {
    guard let decoder = CDRDecoder(bytes, range) else {
      return LogError(
        .malformed, at: range.lowerBound, "a tick record is not little-endian CDR",
        remedy: LogError.recoverRemedy)
    }
    var reader = TickFieldReader(decoder: decoder)
    var record = TickRecord.blank
    record.visitFields(&reader)
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
