import Signals

/// Where a topic of commands finds its numbers, and what every one has behind them.
private struct CommandPlaces: Sendable {
  private let numbers: NumberPlaces
  private let mode, source: SignalIndex<UInt8>
  private let armed: SignalIndex<Bool>

  init?(_ table: SignalTable, _ numbers: NumberPlaces?) {
    guard let numbers, let mode = table.index(of: "safety.mode", as: UInt8.self),
      let source = table.index(of: "command.source", as: UInt8.self),
      let armed = table.index(of: "safety.armed", as: Bool.self)
    else { return nil }
    (self.numbers, self.mode, self.source, self.armed) = (numbers, mode, source, armed)
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    for value in numbers.values(frame) { encoder.put(value) }
    encoder.put(frame[mode])
    encoder.put(frame[source])
    encoder.put(frame[armed])
  }
}

/// `/command`: what goes to the mixer, and what the classical controller would ask for.
struct CommandTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Command"
  static let schemaText = """
    float32 thrust  # 0 to 1, after limits
    float32 roll  # -1 to 1
    float32 pitch  # -1 to 1
    float32 yaw  # -1 to 1
    float32 classical_thrust  # what the classical controller asks for
    float32 classical_roll
    float32 classical_pitch
    float32 classical_yaw
    uint8 mode  # 0 disarmed, 1 active, 2 hold, 3 landing, 4 terminated
    uint8 controller  # 0 none, 1 network, 2 classical
    bool enable  # level of the enable line

    """

  let name = "/command"
  private let places: CommandPlaces

  init?(_ table: SignalTable) {
    let numbers = NumberPlaces(
      table, "command.thrust", "command.roll", "command.pitch", "command.yaw", "classical.thrust",
      "classical.roll", "classical.pitch", "classical.yaw")
    guard let places = CommandPlaces(table, numbers) else { return nil }
    self.places = places
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) { places.encode(frame, into: &encoder) }
}

/// `/command` of a robot on wheels: what goes to the mixer, and what the classical controller would ask for.
struct DriveCommandTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/DriveCommand"
  static let schemaText = """
    float32 drive  # -1 to 1 of the supply's voltage, after limits
    float32 turn  # -1 to 1, clockwise from above positive
    float32 classical_drive  # what the classical controller asks for
    float32 classical_turn
    uint8 mode  # 0 disarmed, 1 active, 2 hold, 3 landing, 4 terminated
    uint8 controller  # 0 none, 1 network, 2 classical
    bool enable  # level of the enable line

    """

  let name = "/command"
  private let places: CommandPlaces

  init?(_ table: SignalTable) {
    let numbers = NumberPlaces(
      table, "command.drive", "command.turn", "classical.drive", "classical.turn")
    guard let places = CommandPlaces(table, numbers) else { return nil }
    self.places = places
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) { places.encode(frame, into: &encoder) }
}

/// Where the motors' commands and pulses lie, as far as they are there, in the order of the motors.
private struct MotorPlaces: Sendable {
  private let commands, pulses: [SignalIndex<Float>]

  init?(_ table: SignalTable, _ names: [String]) {
    commands = names.compactMap { table.index(of: "motors.\($0)") }
    pulses = names.compactMap { table.index(of: "\($0).pulse") }
    if commands.count != names.count || pulses.isEmpty { return nil }
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    // As many of each: a motor that is not configured has no pulse.
    encoder.put(sequence: Array(commands.prefix(pulses.count)), frame)
    encoder.put(sequence: pulses, frame)
  }
}

/// `/motors`: what goes to the speed controllers.
struct MotorsTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Motors"
  static let schemaText = """
    float32[] thrust  # fraction of full thrust, 0 to 1, one for each motor
    float32[] pulse  # us

    """

  let name = "/motors"
  private let motors: MotorPlaces

  init?(_ table: SignalTable) {
    guard let motors = MotorPlaces(table, ["front_right", "rear_left", "front_left", "rear_right"]) else {
      return nil
    }
    self.motors = motors
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) { motors.encode(frame, into: &encoder) }
}

/// `/motors` of a robot on wheels: what goes to the bridges.
struct BridgesTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/Bridges"
  static let schemaText = """
    float32[] duty  # -1 to 1 of the supply's voltage, forward positive, one for each wheel
    float32[] pulse  # us

    """

  let name = "/motors"
  private let motors: MotorPlaces

  init?(_ table: SignalTable) {
    guard let motors = MotorPlaces(table, ["left", "right"]) else { return nil }
    self.motors = motors
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) { motors.encode(frame, into: &encoder) }
}
