import Signals

/// Speed and turn rate that a vehicle on wheels is made to drive: as asked for, within limits, and none while it holds or lands.
struct DriveSetpoint: Block {
  static let description = BlockDescription(
    "drive_setpoint",
    about: "Speed and turn rate within limits, and none in the modes in which the vehicle stops.",
    settings: [
      .number("speed", 0...100, .metrePerSecond, nil, "largest speed"),
      .number("turn_rate", 0...100, .radianPerSecond, nil, "largest turn rate"),
      .number("resting_speed", 0...10, .metrePerSecond, 0.06, "speed below which the vehicle has stopped"),
      .number(
        "resting_turn_rate", 0...10, .radianPerSecond, 0.3, "turn rate below which the vehicle has stopped"),
      SettingDescription(
        "stop_in", .names(count: 0...8), standard: .names(["hold", "landing"]),
        about: "modes in which it stops"
      ).among("mode"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.numbers(
        .metrePerSecond, ["asked_speed": "setpoint.speed", "speed": "odometry.speed"])
        + InputPort.numbers(
          .radianPerSecond, ["asked_yaw_rate": "setpoint.yaw_rate", "yaw_rate": "attitude.rate_z"])
        + [InputPort("mode", .choice([]), unit: nil, standard: "safety.mode")],
      outputs: OutputPort.numbers(.metrePerSecond, "speed") + OutputPort.numbers(.radianPerSecond, "yaw_rate")
        + OutputPort.flags("resting"),
      invalidity: .goesOn)
  }

  private let askedSpeed, speed, askedYawRate, yawRate: Input<Float>
  private let mode: Input<UInt8>
  private let speedOut, yawRateOut: Output<Float>
  private let resting: Output<Bool>
  private let largestSpeed, largestTurnRate, restingSpeed, restingTurnRate: Float
  private let stops: ModeSet

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (askedSpeed, speed) = (wiring.input("asked_speed"), wiring.input("speed"))
    (askedYawRate, yawRate) = (wiring.input("asked_yaw_rate"), wiring.input("yaw_rate"))
    mode = wiring.input("mode")
    (speedOut, yawRateOut) = (wiring.output("speed"), wiring.output("yaw_rate"))
    resting = wiring.output("resting")
    (largestSpeed, largestTurnRate) = (settings.float("speed"), settings.float("turn_rate"))
    (restingSpeed, restingTurnRate) = (settings.float("resting_speed"), settings.float("resting_turn_rate"))
    stops = ModeSet(settings.names("stop_in"), of: wiring.choice("mode"))
  }

  mutating func step(_ frame: Frame) {
    frame[resting] = frame[speed].magnitude < restingSpeed && frame[yawRate].magnitude < restingTurnRate
    if stops.contains(frame[mode]) {
      (frame[speedOut], frame[yawRateOut]) = (0, 0)
    } else {
      frame[speedOut] = min(max(frame[askedSpeed], -largestSpeed), largestSpeed)
      frame[yawRateOut] = min(max(frame[askedYawRate], -largestTurnRate), largestTurnRate)
    }
  }
}
