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

  /// Encodes `record` as the encoder's next message.
  static func encode(_ record: inout TickRecord, into encoder: inout CDREncoder) {
    encoder.begin()
    record.visitFields(&encoder)
  }

  /// Decodes the message in `range` into `record`.
  ///
  /// Throws `LogError` at the first field that does not fit the message or its type.
  @inline(__always)
  static func decode(
    _ bytes: LogBytes, _ range: Range<Int>, into record: inout TickRecord
  ) throws(LogError) {
    guard let decoder = CDRDecoder(bytes, range) else {
      throw LogError(
        .malformed, at: range.lowerBound, "a tick record is not little-endian CDR",
        remedy: LogError.recoverRemedy)
    }
    var reader = TickFieldReader(decoder: decoder)
    record.visitFields(&reader)
    if let failure = reader.failure {
      throw LogError(
        .malformed, at: failure.offset, "field \(failure.name) of a tick record is cut or has no such value",
        remedy: LogError.recoverRemedy)
    }
    guard reader.decoder.remaining == 0 else {
      throw LogError(
        .malformed, at: reader.decoder.position,
        "a tick record has \(reader.decoder.remaining) bytes too many",
        remedy: LogError.recoverRemedy)
    }
  }
}

extension TickRecord {
  /// A record to decode into.
  static var blank: TickRecord { TickRecord(input: TickInput(), output: TickOutput()) }
}
