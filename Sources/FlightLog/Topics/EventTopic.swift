/// Something that happened, for people.
struct FlightEvent: Equatable {
  /// How bad, as ROS counts.
  enum Level: UInt8 {
    case information = 20
    case warning = 30
    case error = 40
  }

  var level: Level
  /// What it is about: `mode`, `failsafe`, `arming`, a sensor, ...
  var source: String
  var text: String
}

/// `/events`: text whenever something changes, as a ROS log message, so that log panels show it.
enum EventTopic {
  static let topic = "/events"
  static let schemaName = "rcl_interfaces/msg/Log"
  static let schemaText =
    """
    byte DEBUG=10
    byte INFO=20
    byte WARN=30
    byte ERROR=40
    byte FATAL=50
    builtin_interfaces/Time stamp
    uint8 level
    string name
    string msg
    string file
    string function
    uint32 line

    """ + SchemaParts.time

  static func encode(_ event: FlightEvent, time: UInt64, into encoder: inout CDREncoder) {
    encoder.putTime(nanoseconds: time)
    encoder.put(event.level.rawValue)
    encoder.put(event.source)
    encoder.put(event.text)
    encoder.put("")
    encoder.put("")
    encoder.put(UInt32(0))
  }
}
