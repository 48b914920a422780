import Files
import Foundation
import HardwareInterfaces
import Testing

@testable import Devices

/// Messages with their bytes, by Tests/Fixtures/mavlink/make_messages.py, which asks pymavlink.
struct MAVLinkVectors: Decodable {
  /// A number as it stands in the file.
  enum Number: Decodable, Equatable {
    case whole(UInt64)
    case negative(Int64)
    case real(Double)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let whole = try? container.decode(UInt64.self) {
        self = .whole(whole)
      } else if let negative = try? container.decode(Int64.self) {
        self = .negative(negative)
      } else {
        self = .real(try container.decode(Double.self))
      }
    }

    /// The number as a type has it.
    func bits<Wire: MAVLinkNumber>(_ type: Wire.Type) -> UInt64 {
      switch (self, Wire.self == Float.self) {
      case (.whole(let number), true): Float(number).wireBits
      case (.negative(let number), true): Float(number).wireBits
      case (.whole(let number), false): number
      case (.negative(let number), false): UInt64(bitPattern: number)
      case (.real(let number), _): Float(number).wireBits
      }
    }
  }

  struct Row: Decodable {
    var sequence: UInt8
    var fields: [String: [Number]]
    var frame, signed: String
    var timestamp: UInt64
  }

  struct Message: Decodable {
    var name: String
    var id: UInt32
    var crc_extra: UInt8
    var rows: [Row]
  }

  var key: String
  var system, component, link: UInt8
  var messages: [Message]

  static func load() throws -> MAVLinkVectors {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Fixtures/mavlink/messages.json"))
    return try JSONDecoder().decode(MAVLinkVectors.self, from: data)
  }
}

/// Bytes written as hexadecimal digits.
func digits(_ text: String) -> [UInt8] {
  let characters = Array(text.filter { $0 != " " })
  return stride(from: 0, to: characters.count - 1, by: 2).compactMap {
    UInt8(String(characters[$0...$0 + 1]), radix: 16)
  }
}

/// Gives the fields of a message the numbers of a file, or finds where they differ.
struct FieldFiller: MAVLinkFields {
  let fields: [String: [MAVLinkVectors.Number]]
  var compares = false
  var differences: [String] = []
  /// Fields that the file has, and those of the message that it has not.
  var seen: Set<String> = []
  var foreign: [String] = []
  private var name = ""
  private var place = 0

  init(_ fields: [String: [MAVLinkVectors.Number]], compares: Bool) {
    (self.fields, self.compares) = (fields, compares)
  }

  mutating func begin(_ name: StaticString, _ type: StaticString, count: Int) {
    (self.name, place) = ("\(name)", 0)
    if fields[self.name] == nil { foreign.append(self.name) } else { seen.insert(self.name) }
    if let values = fields[self.name], values.count != max(count, 1) {
      differences.append("\(name) has \(count)")
    }
  }

  mutating func number<Number: MAVLinkNumber>(_ value: inout Number, isOptional: Bool) {
    defer { place += 1 }
    guard let values = fields[name], place < values.count else { return }
    let expected = Number(wireBits: values[place].bits(Number.self))
    if !compares {
      value = expected
    } else if value.wireBits != expected.wireBits {
      differences.append("\(name)[\(place)]")
    }
  }
}

/// What goes through all messages that Ganglion knows.
protocol MessageVisitor {
  mutating func visit<Message: MAVLinkMessage>(_ type: Message.Type) throws
}

extension MessageVisitor {
  mutating func visitAll() throws {
    try visit(MAVLink.Heartbeat.self)
    try visit(MAVLink.SystemStatus.self)
    try visit(MAVLink.ParameterRequest.self)
    try visit(MAVLink.ParameterListRequest.self)
    try visit(MAVLink.ParameterValue.self)
    try visit(MAVLink.ParameterSet.self)
    try visit(MAVLink.AttitudeAngles.self)
    try visit(MAVLink.AttitudeQuaternion.self)
    try visit(MAVLink.LocalPosition.self)
    try visit(MAVLink.ServoOutputs.self)
    try visit(MAVLink.ReceiverChannels.self)
    try visit(MAVLink.ManualControl.self)
    try visit(MAVLink.ReceiverOverride.self)
    try visit(MAVLink.CommandInt.self)
    try visit(MAVLink.CommandLong.self)
    try visit(MAVLink.CommandAck.self)
    try visit(MAVLink.SetAttitudeTarget.self)
    try visit(MAVLink.AttitudeTarget.self)
    try visit(MAVLink.SetPositionTarget.self)
    try visit(MAVLink.PositionTarget.self)
    try visit(MAVLink.HighresIMU.self)
    try visit(MAVLink.OpticalFlow.self)
    try visit(MAVLink.TimeSync.self)
    try visit(MAVLink.DistanceSensor.self)
    try visit(MAVLink.AutopilotVersion.self)
    try visit(MAVLink.MessageInterval.self)
    try visit(MAVLink.ExtendedSystemState.self)
    try visit(MAVLink.StatusText.self)
  }
}

extension MAVLink.Parser {
  /// The frames that bytes bring.
  mutating func frames(_ bytes: [UInt8], at time: MonotonicTime = .zero) -> [MAVLink.Frame] {
    var (rest, frames) = (bytes, [MAVLink.Frame]())
    repeat {
      rest.removeFirst(append(rest.span, at: time))
      while let frame = next() { frames.append(frame) }
    } while !rest.isEmpty
    return frames
  }
}

extension MAVLink.Packet {
  var all: [UInt8] { (0..<count).map { span[$0] } }
}

/// The key of the vectors.
func testKey() throws -> MAVLink.Key {
  let bytes = SHA256.digest(of: Array("ganglion".utf8).span)
  let key = MAVLink.Key(bytes.span)
  return try #require(key)
}
