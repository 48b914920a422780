import Control
import Signals

/// A topic for people, derived from ticks: its name, its `ros2msg` schema, its encoding, and where in a frame its values lie.
protocol LogTopic: Sendable {
  /// Full name of the schema.
  static var schemaName: String { get }
  /// The schema with all it stands on.
  static var schemaText: String { get }
  /// Name of the topic.
  var name: String { get }
  /// When it is written.
  func occasion(_ frame: Frame) -> TopicOccasion
  /// Appends the fields, in the schema's order, to a begun message.
  func encode(_ frame: Frame, into encoder: inout CDREncoder)
}

/// When a topic for people is written, at most 50 times a second.
enum TopicOccasion {
  case always
  /// When the number of the reading has changed.
  case reading(UInt32)
}

extension LogTopic {
  func occasion(_ frame: Frame) -> TopicOccasion { .always }
}

extension SignalTable {
  /// The topics for people, in the order of the log: those whose signals the vehicle has.
  var topics: [any LogTopic] {
    var topics = deviceTopics
    let others: [(any LogTopic)?] = [
      AttitudeTopic(self), AltitudeTopic(self), WheelsTopic(self), DriveTopic(self),
      CommandTopic(self), DriveCommandTopic(self), MotorsTopic(self), BridgesTopic(self),
    ]
    topics += others.compactMap(\.self)
    for network in NetworkSignals.all(self) where !network.inputs.isEmpty {
      topics.append(NetworkTopic(network))
    }
    if let sensors = SensorsTopic(self) { topics.append(sensors) }
    // A topic has one schema: of two that would have a name, the first has it.
    var names: Set<String> = []
    return topics.filter { names.insert($0.name).inserted }
  }

  /// A topic of each device that is of a known kind. Devices among which a row chooses are left to that row's topic; their own
  /// readings are in the ticks.
  private var deviceTopics: [any LogTopic] {
    let votes = VoteSignals.all(self)
    let behind = Set(votes.flatMap(\.devices))
    let names = deviceNames.filter { !behind.contains($0) } + votes.filter { $0.chosen != nil }.map(\.name)
    let wheels = EncodersTopic(self)
    var topics: [any LogTopic] = []
    for kind in DeviceKind.allCases {
      if kind == .angle, let wheels { topics.append(wheels) }
      for name in names where DeviceKind(name, self) == kind {
        if wheels != nil, EncodersTopic.devices.contains(name) { continue }
        guard let reading = DeviceReading(name, kind, self) else { continue }
        topics.append(kind.topic(OwnTopicName.topic(of: name, kind), reading))
      }
    }
    return topics
  }
}

/// The names of topics that follow from names of the user's.
enum OwnTopicName {
  /// Names that other topics have, so that no device can take them.
  private static let taken: Set<String> = [
    "events", "attitude", "altitude", "command", "motors", "network", "sensors", "encoders", "wheels",
    "drive", "imu", "barometer", "range", "battery", "magnetometer", "ganglion",
  ]

  /// The topic of a device: its own name; but the battery's monitor is `power` in a template, and its topic `/battery`.
  static func topic(of device: String, _ kind: DeviceKind) -> String {
    if device == "power", kind == .power { return "/battery" }
    let isUsual = usual(kind) == device
    let name = device.replacing(".", with: "/")
    return isUsual || !taken.contains(name) ? "/\(name)" : "/devices/\(name)"
  }

  /// The topic of a network: its block's name.
  static func network(_ block: String) -> String {
    block == "network" || !taken.contains(block) ? "/\(block)" : "/networks/\(block)"
  }

  /// The name that the only device of a kind usually has, and its topic.
  private static func usual(_ kind: DeviceKind) -> String? {
    switch kind {
    case .inertial: "imu"
    case .pressure: "barometer"
    case .range: "range"
    case .magnetic: "magnetometer"
    case .angle, .power: nil
    }
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
  static let vector = type("geometry_msgs/Vector3", "float64 x\nfloat64 y\nfloat64 z\n")
}

extension CDREncoder {
  /// Appends a `std_msgs/Header`.
  mutating func putHeader(time: Int64, frame: String) {
    putTime(nanoseconds: UInt64(clamping: time))
    put(frame)
  }

  /// Appends an unbounded sequence of float32.
  mutating func put(sequence places: [SignalIndex<Float>], _ frame: Frame) {
    put(UInt32(truncatingIfNeeded: places.count))
    for place in places { put(frame[place]) }
  }

  /// Appends a covariance of nine numbers that is not known.
  mutating func putUnknownCovariance(first: Double = 0) {
    put(first)
    for _ in 1..<9 { put(0.0) }
  }
}

/// Degrees in a radian.
let degrees: Float = 57.295_78
