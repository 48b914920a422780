import ControlLoop

/// A topic for people, derived from ticks: its name, its `ros2msg` schema and its encoding, side by side.
protocol LogTopic {
  /// Name of the topic.
  static var topic: String { get }
  /// Full name of the schema.
  static var schemaName: String { get }
  /// The schema with all it stands on.
  static var schemaText: String { get }
  /// When it is written.
  static func occasion(_ record: borrowing TickRecord) -> TopicOccasion
  /// Appends the fields, in the schema's order, to a begun message.
  static func encode(_ record: borrowing TickRecord, into encoder: inout CDREncoder)
}

/// When a topic for people is written, at most 50 times a second.
enum TopicOccasion {
  case always, never
  /// When the number of the reading has changed.
  case reading(UInt32)
}

extension LogTopic {
  static func occasion(_ record: borrowing TickRecord) -> TopicOccasion { .always }
}

extension VehicleFrame {
  /// The topics for people, in the order of the log: those whose signals the vehicle has.
  var topics: [any LogTopic.Type] {
    let flies = table["altitude.altitude"] != nil
    let topics: [any LogTopic.Type] =
      flies
      ? [
        ImuTopic.self, BarometerTopic.self, RangeTopic.self, BatteryTopic.self, AttitudeTopic.self,
        AltitudeTopic.self, CommandTopic.self, MotorsTopic.self, NetworkTopic.self,
      ]
      : [
        ImuTopic.self, EncodersTopic.self, BatteryTopic.self, WheelsTopic.self, DriveTopic.self,
        DriveCommandTopic.self, BridgesTopic.self, NetworkTopic.self,
      ]
    let hasSpares = table.signals.contains { $0.name.hasSuffix(".redundancy_lost") }
    return topics + (hasSpares ? [SensorsTopic.self] : [])
  }
}

/// Parts of schemas that several topics share.
enum SchemaParts {
  private static let rule = String(repeating: "=", count: 80)

  /// A type that a schema stands on, as the concatenated form of `ros2msg` has it.
  static func type(_ name: String, _ text: String) -> String {
    "\(rule)\nMSG: \(name)\n\(text)"
  }

  static let time = type("builtin_interfaces/Time", "int32 sec\nuint32 nanosec\n")
  static let header = type("std_msgs/Header", "builtin_interfaces/Time stamp\nstring frame_id\n") + time
}

extension CDREncoder {
  /// Appends a `std_msgs/Header`.
  mutating func putHeader(time: Int64, frame: String) {
    putTime(nanoseconds: UInt64(clamping: time))
    put(frame)
  }

  /// Appends an unbounded sequence of float32.
  mutating func put<let capacity: Int>(sequence: borrowing FixedVector<capacity>) {
    put(UInt32(truncatingIfNeeded: sequence.count))
    for index in 0..<sequence.count { put(sequence.storage[index]) }
  }
}

/// Degrees in a radian.
let degrees: Float = 57.295_78
