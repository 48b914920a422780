import Control
import Signals

/// Where some numbers lie, all of which must be there.
struct NumberPlaces: Sendable {
  private let places: [SignalIndex<Float>]

  init?(_ table: SignalTable, _ names: String...) {
    places = names.compactMap { table.index(of: $0) }
    if places.count != names.count { return nil }
  }

  func values(_ frame: Frame) -> [Float] { places.map { frame[$0] } }
}

/// `/attitude`: estimate and setpoint in degrees.
struct AttitudeTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Attitude"
  static let schemaText = """
    float32 roll  # deg
    float32 pitch  # deg
    float32 yaw  # deg
    float32 roll_setpoint  # deg
    float32 pitch_setpoint  # deg
    float32 yaw_rate  # deg/s
    float32 yaw_rate_setpoint  # deg/s

    """

  let name = "/attitude"
  private let numbers: NumberPlaces

  init?(_ table: SignalTable) {
    let numbers = NumberPlaces(
      table, "attitude.roll", "attitude.pitch", "attitude.yaw", "setpoint.roll", "setpoint.pitch",
      "attitude.rate_z", "setpoint.yaw_rate")
    guard let numbers else { return nil }
    self.numbers = numbers
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    for value in numbers.values(frame) { encoder.put(value * degrees) }
  }
}

/// `/altitude`: estimate and setpoint above the take-off point.
struct AltitudeTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Altitude"
  static let schemaText = """
    float32 altitude  # m above take-off
    float32 climb_rate  # m/s, up positive
    float32 altitude_setpoint  # m above take-off

    """

  let name = "/altitude"
  private let numbers: NumberPlaces

  init?(_ table: SignalTable) {
    let numbers = NumberPlaces(
      table, "altitude.altitude", "altitude.climb_rate", "setpoint.altitude")
    guard let numbers else { return nil }
    self.numbers = numbers
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    for value in numbers.values(frame) { encoder.put(value) }
  }
}

/// `/network`: what a network saw and said; of one whose block has another name, the topic has that.
struct NetworkTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Network"
  static let schemaText = """
    float32 ts  # elapsed time, in the network's unit
    float32[] inputs  # after scaling
    float32[] outputs  # before scaling

    """

  let name: String
  private let network: NetworkSignals

  init(_ network: NetworkSignals) {
    name = OwnTopicName.network(network.name)
    self.network = network
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    encoder.put(network.ts.map { frame[$0] } ?? 0)
    encoder.put(sequence: network.inputs, frame)
    // A step that failed has none.
    let hasFailed = network.failed.map { frame[$0] } ?? true
    encoder.put(sequence: hasFailed ? [] : network.outputs, frame)
  }
}

/// `/sensors`: which of several sensors of a kind are in use, and how each of them is.
struct SensorsTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Sensors"
  static let schemaText = """
    # In use: 0 the sensor itself, 1 its first spare, 2 the second. Health, in the same order: 0 absent, 1 starting,
    # 2 good, 3 stale, 4 faulty, 5 flat, 6 saturated, 7 failing, 8 outvoted, 9 recovering.
    uint8 imu  # in use
    uint8[3] imu_health
    bool imu_undecided  # two differ, and it cannot be known which is wrong
    uint8 barometer
    uint8[3] barometer_health
    bool barometer_undecided
    uint8 magnetometer
    uint8[3] magnetometer_health
    bool magnetometer_undecided
    uint8 range
    uint8[3] range_health
    bool range_undecided

    """

  let name = "/sensors"
  /// What is said about each; `nil` for what the vehicle does not have.
  private let votes: [VoteSignals?]

  /// The topic of a vehicle that chooses among sensors of these names; what others choose among is in the ticks.
  init?(_ table: SignalTable) {
    let all = VoteSignals.all(table)
    votes = ["imu", "barometer", "magnetometer", "range"].map { name in all.first { $0.name == name } }
    guard votes.contains(where: { $0?.chosen != nil }) else { return nil }
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    for vote in votes {
      let chosen = vote?.chosen.map { frame[$0] } ?? 0
      encoder.put(UInt8(clamping: chosen))
      for instance in 0..<3 {
        let health = vote.flatMap { $0.healths.indices.contains(instance) ? $0.healths[instance] : nil }
        encoder.put(health.map { frame[$0] } ?? 0)
      }
      encoder.put(vote?.undecided.map { frame[$0] } ?? false)
    }
  }
}
