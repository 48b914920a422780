@testable import FlightLog

/// Writes small ULog files, good and bad.
struct ULogBuilder {
  private(set) var bytes: [UInt8]

  init(startTime: UInt64 = 1000) {
    bytes = ULogFormat.magic + [1]
    append(startTime)
  }

  mutating func append<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func message(_ type: Character, _ content: [UInt8]) {
    append(UInt16(content.count))
    bytes.append(type.asciiValue ?? 0)
    bytes += content
  }

  mutating func flags(compatible: [UInt8] = [], incompatible: UInt8 = 0, appended: [UInt64] = [0, 0, 0]) {
    var content = [UInt8](repeating: 0, count: 8) + [incompatible] + [UInt8](repeating: 0, count: 7)
    for offset in appended { content += Self.bytes(offset) }
    message("B", content)
  }

  mutating func format(_ text: String) { message("F", Array(text.utf8)) }

  mutating func information(_ key: String, _ value: [UInt8]) {
    message("I", [UInt8(key.utf8.count)] + Array(key.utf8) + value)
  }

  mutating func parameter(_ key: String, _ value: [UInt8]) {
    message("P", [UInt8(key.utf8.count)] + Array(key.utf8) + value)
  }

  mutating func subscribe(_ name: String, id: UInt16, instance: UInt8 = 0) {
    message("A", [instance] + Self.bytes(id) + Array(name.utf8))
  }

  mutating func data(id: UInt16, time: UInt64, _ content: [UInt8]) {
    message("D", Self.bytes(id) + Self.bytes(time) + content)
  }

  mutating func data(id: UInt16, time: UInt64, floats: [Float]) {
    data(id: id, time: time, floats.flatMap { Self.bytes($0.bitPattern) })
  }

  mutating func sync() { message("S", ULogFormat.sync) }

  mutating func dropout(milliseconds: UInt16) { message("O", Self.bytes(milliseconds)) }

  mutating func raw(_ more: [UInt8]) { bytes += more }

  static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  var file: ULogFile {
    get throws { try ULogFile(LogBytes(bytes)) }
  }
}

extension ULogFile {
  /// All values at `path` of `topic`.
  func column(_ path: String, _ topic: String, instance: Int = 0) -> [ULogNumber] {
    guard let subscription = subscription(topic, instance: instance),
      let field = field(path, of: subscription)
    else { return [] }
    return (0..<subscription.count).compactMap { value(field, $0, of: subscription) }
  }
}
