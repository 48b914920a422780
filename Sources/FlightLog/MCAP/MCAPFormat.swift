/// Facts of the MCAP container, version 0 (mcap.dev/spec).
///
/// A file is magic, records, magic; a record is an opcode, a 64-bit length and as many bytes; integers are
/// little-endian, strings carry a 32-bit length.
public enum MCAPFormat {
  /// First and last bytes of a file: 0x89, "MCAP", "0", CR, LF.
  public static let magic: [UInt8] = [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]

  /// Opcode and length in front of every record.
  static let recordHeader = 9
}

/// The kinds of records. From 0x80 on opcodes belong to applications; those below and without a name here, to later versions
/// of MCAP.
enum MCAPOpcode: UInt8 {
  case header = 0x01
  case footer = 0x02
  case schema = 0x03
  case channel = 0x04
  case message = 0x05
  case chunk = 0x06
  case messageIndex = 0x07
  case chunkIndex = 0x08
  case attachment = 0x09
  case attachmentIndex = 0x0A
  case statistics = 0x0B
  case metadata = 0x0C
  case metadataIndex = 0x0D
  case summaryOffset = 0x0E
  case dataEnd = 0x0F
  /// Ganglion's own: `MCAPGuard`. No flip of one bit makes it of another kind that is named here, or the reverse.
  case integrityGuard = 0xF0
}

/// A schema: how the messages of its channels are laid out.
public struct MCAPSchema: Equatable, Sendable {
  /// Its number in the file; 0 is none, and to be ignored.
  public var id: UInt16
  /// Full name, such as `sensor_msgs/msg/Imu`.
  public var name: String
  /// The language of `text`, such as `ros2msg`.
  public var encoding: String
  /// The schema itself.
  public var text: String
}

/// A channel: a topic whose messages share a schema.
public struct MCAPChannel: Equatable, Sendable {
  /// Its number in the file.
  public var id: UInt16
  /// Number of its schema; 0 for none.
  public var schema: UInt16
  /// Name of the topic.
  public var topic: String
  /// The messages' encoding, such as `cdr`.
  public var encoding: String
  /// What else is said of it, such as `offered_qos_profiles`.
  public var metadata: [String: String] = [:]
}

/// A file inside the log.
public struct MCAPAttachment: Equatable, Sendable {
  /// Its name.
  public var name: String
  /// Its media type.
  public var mediaType: String
  /// Where its bytes are in the log.
  public var range: Range<Int>
  /// When it was put into the log, and when it was made, in ns; 0 when that is not known.
  public var logTime, createTime: UInt64
  /// The record's bytes that its checksum covers, and the checksum; 0 for none.
  var covered: Range<Int>
  var crc: UInt32
}
