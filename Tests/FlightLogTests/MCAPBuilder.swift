@testable import FlightLog

/// Writes MCAP files as other programs may, following the specification and not Ganglion's writer.
struct MCAPBuilder {
  /// The file so far.
  private(set) var bytes = MCAPFormat.magic
  private var dataEnd = 0

  /// A file with a header.
  init(profile: String = "", library: String = "hand", more: [UInt8] = []) {
    record(1, Self.text(profile) + Self.text(library) + more)
  }

  /// Adds a record.
  mutating func record(_ opcode: UInt8, _ content: [UInt8]) { bytes += Self.record(opcode, content) }

  /// Adds a chunk of records.
  mutating func chunk(
    _ records: [UInt8], times: ClosedRange<UInt64> = 0...4000, compression: String = "", size: Int? = nil,
    crc: UInt32? = nil, more: [UInt8] = []
  ) {
    let crc = crc ?? records.withUnsafeBytes { checksum($0) }
    record(
      6,
      Self.number(times.lowerBound) + Self.number(times.upperBound)
        + Self.number(UInt64(size ?? records.count))
        + Self.number(crc) + Self.text(compression) + Self.number(UInt64(records.count)) + records + more)
  }

  /// Ends the data, without a checksum, and the file, with a summary or without one.
  mutating func finish(summary: [UInt8] = [], dataEnd: Bool = true, more: [UInt8] = []) {
    if dataEnd { record(15, [0, 0, 0, 0] + more) }
    let start = summary.isEmpty ? 0 : UInt64(bytes.count)
    bytes += summary
    record(2, Self.number(start) + [UInt8](repeating: 0, count: 12))
    bytes += MCAPFormat.magic
  }

  /// Adds bytes as they are.
  mutating func raw(_ more: [UInt8]) { bytes += more }

  static func record(_ opcode: UInt8, _ content: [UInt8]) -> [UInt8] {
    [opcode] + number(UInt64(content.count)) + content
  }

  static func number<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func text(_ text: String) -> [UInt8] { number(UInt32(text.utf8.count)) + Array(text.utf8) }

  static func schema(
    id: UInt16 = 1, _ name: String = "std_msgs/msg/UInt8", _ definition: String = "uint8 data\n",
    more: [UInt8] = []
  ) -> [UInt8] {
    record(3, number(id) + text(name) + text("ros2msg") + text(definition) + more)
  }

  static func channel(id: UInt16 = 1, schema: UInt16 = 1, _ topic: String = "/count", more: [UInt8] = [])
    -> [UInt8]
  {
    record(4, number(id) + number(schema) + text(topic) + text("cdr") + number(UInt32(0)) + more)
  }

  static func message(channel: UInt16 = 1, sequence: UInt32, time: UInt64, _ payload: [UInt8]) -> [UInt8] {
    record(5, number(channel) + number(sequence) + number(time) + number(time) + payload)
  }

  /// Five messages of `std_msgs/msg/UInt8` on channel 1: 0, 1, 2, 3, 4.
  static let count: [UInt8] = (0..<5).flatMap {
    message(sequence: UInt32($0), time: UInt64($0) * 1000, [0, 1, 0, 0, UInt8($0)])
  }
}

/// Everything that a log says, as text to compare.
func contents(_ outline: MCAPOutline) -> String {
  var messages = MCAPMessages(outline)
  var lines = [outline.profile, outline.library]
  lines += outline.metadata.map { "\($0)" }
  lines += outline.attachments.map {
    "\($0.name) \($0.mediaType) \($0.logTime) \(outline.bytes.copy($0.range))"
  }
  reading: while true {
    switch messages.next() {
    case .message(let message):
      lines.append(
        "\(message.channel) \(message.sequence) \(message.time) \(message.publishTime) "
          + "\(messages.bytes.copy(message.payload))")
    case .damage: continue
    case .end: break reading
    }
  }
  lines += messages.schemas.values.sorted { $0.id < $1.id }.map {
    "\($0.id) \($0.name) \($0.encoding) \($0.text)"
  }
  lines += messages.channels.values.sorted { $0.id < $1.id }.map {
    "\($0.id) \($0.schema) \($0.topic) \($0.encoding) \($0.metadata.sorted { $0.key < $1.key })"
  }
  return lines.joined(separator: "\n")
}
