import Control
import LiquidModel
import PortableMath
import Signals

/// A vehicle as a program: what comes from outside, and the blocks in their order.
public struct VehicleDeclaration: Sendable {
  /// The signals of devices, lines and sources of commands.
  public var outside: [Signals.Signal]
  /// The blocks.
  public var blocks: [BlockDeclaration]
}

/// What a network's elapsed time means.
public struct NetworkTiming: Sendable, Equatable {
  /// Seconds that ts = 1 stands for.
  public var unit: Double
  /// Largest ts that the network was made for; a longer time counts as this.
  public var largest: Double

  /// A timing from its parts.
  public init(unit: Double, largest: Double) {
    (self.unit, self.largest) = (unit, largest)
  }
}

extension Configuration {
  /// The program that the configuration's template expands to.
  ///
  /// - Parameter hasNetwork: Whether there is one to step; else only the inputs that it would have are shown.
  func declaration(hasNetwork: Bool) -> VehicleDeclaration {
    vehicle.parts.declaration(of: self, hasNetwork: hasNetwork)
  }

  /// What every vehicle is asked, and what its lines and actuators say.
  private static func commonSignals(_ setpoints: [(name: String, unit: Unit)]) -> [Signal] {
    let asked = SignalOrigin.device("setpoint", bus: 0)
    let board = SignalOrigin.device("board", bus: 0)
    return setpoints.map { Signals.Signal("setpoint.\($0.name)", .number, unit: $0.unit, from: asked) } + [
      Signals.Signal("setpoint.arm", .flag, from: asked, about: "whether the vehicle is wanted armed"),
      Signals.Signal("lines.kill_switch", .flag, from: board, about: "whether it is pulled"),
      Signals.Signal("actuators.fault", .deviceFault, from: board),
      Signals.Signal(
        "recording.flown", .flag, from: board, about: "whether another autopilot flies, in its recording"),
      Signals.Signal("run.ending", .flag, from: board, about: "whether the program was asked to end"),
    ]
  }

  private func network(
    _ isThere: Bool, reset: String, signals: [NetworkSignal: String],
    commands: [CommandChannel: String]
  ) -> [BlockDeclaration] {
    guard let section = self.network else { return [] }
    // Where the battery is not measured, a network that reads its voltage reads 0.
    let nothing = BlockDeclaration(
      "constant", "no_battery", settings: ["value": .number(0), "unit": .unit(.volt)])
    return (sensors.power == nil ? [nothing] : []) + [
      BlockDeclaration(
        "network", "network",
        settings: [
          "scale": .numbers(section.inputs.map(\.scale)), "offset": .numbers(section.inputs.map(\.offset)),
          "outputs": .names(section.outputs.compactMap { commands[$0.command] }),
          "output_scale": .numbers(section.outputs.map(\.scale)),
          "output_offset": .numbers(section.outputs.map(\.offset)),
          // What its model says comes with the network.
          "time_unit": .number(1), "largest_ts": .number(1),
          "computes": .flag(isThere),
        ],
        inputs: ["inputs": section.inputs.compactMap { signals[$0.signal] }, "reset": [reset]])
    ]
  }

  private func command(
    _ isThere: Bool, _ parts: [(name: String, classical: String, lowest: Double, highest: Double)],
    acts: String
  ) -> BlockDeclaration {
    var inputs = ["acts": [acts]]
    let hasNetwork = network != nil && isThere
    for part in parts {
      inputs["classical_\(part.name)"] = [part.classical]
      if hasNetwork { inputs["network_\(part.name)"] = ["network.\(part.name)"] }
    }
    if hasNetwork { inputs["failed"] = ["network.failed"] }
    return BlockDeclaration(
      "command_choice", "command",
      settings: [
        "commands": .names(parts.map(\.name)), "lowest": .numbers(parts.map(\.lowest)),
        "highest": .numbers(parts.map(\.highest)),
        "network_flies": .flag(hasNetwork && model.controller == .network),
      ], inputs: inputs)
  }

  private func attitude(_ section: Attitude, _ more: [String: SettingValue] = [:]) -> BlockDeclaration {
    BlockDeclaration(
      "attitude", "attitude",
      settings: [
        "gain": .number(section.proportionalGain), "bias_gain": .number(section.integralGain),
        "calibrated": .flag(isGyroCalibrated),
      ].merging(more) { $1 }, inputs: ["flown": ["recording.flown"]])
  }

  // MARK: - Quadrotor

  func quadrotor(_ parts: Quadrotor, _ isThere: Bool)
    -> VehicleDeclaration
  {
    let rows = SensorRows(self)
    var altitude: [String: [String]] = [:]
    if sensors.range != nil {
      altitude["range"] = ["range.distance"]
      altitude["range_seen"] = ["range.seen"]
      altitude["range_count"] = ["range.count"]
      altitude["range_time"] = ["range.time"]
    }
    if sensors.barometer != nil {
      altitude["pressure"] = ["barometer.pressure"]
      altitude["pressure_count"] = ["barometer.count"]
      altitude["pressure_time"] = ["barometer.time"]
    }
    let safety = VehicleSafety(
      configuration: self, rows: rows,
      askedToMove: (.throttle, [.above("setpoint.altitude", 0.1)]),
      atRest: [.isNotSet("previous.phase.flying"), .isSet("previous.wanted.blind_over")],
      estimators: ["attitude", "altitude"],
      hasNetwork: network != nil && isThere)
    let torque = parts.limits.torque
    var blocks = [BlockDeclaration("clock", "clock")] + rows.blocks
    blocks += [
      attitude(parts.estimator.attitude),
      BlockDeclaration(
        "altitude", "altitude",
        settings: [
          "range_bandwidth": .number(parts.estimator.altitude.rangeWeight),
          "barometer_bandwidth": .number(parts.estimator.altitude.barometerWeight),
        ], inputs: altitude),
      BlockDeclaration("safety", "safety", settings: ["rules": .safety(safety.rules)]),
      BlockDeclaration(
        "flight_setpoint", "wanted",
        settings: parts.gains.settings(of: "flight_setpoint").merging(["tilt": .number(parts.limits.tilt)]) {
          $1
        }),
      BlockDeclaration("flight_phase", "phase", settings: parts.gains.settings(of: "flight_phase")),
      BlockDeclaration(
        "quadrotor_control", "classical", settings: parts.gains.settings(of: "quadrotor_control"),
        inputs: sensors.power == nil ? [:] : ["voltage": ["battery.voltage"]]),
      BlockDeclaration(
        "blind_descent", "descent",
        settings: parts.gains.settings(of: "blind_descent").merging([
          "hover_thrust": .number(parts.gains.value("hover_thrust"))
        ]) { $1 }),
    ]
    blocks += self.network(
      isThere, reset: "phase.begins", signals: Self.quadrotorSignals(hasPower: sensors.power != nil),
      commands: [.thrust: "thrust", .rollTorque: "roll", .pitchTorque: "pitch", .yawTorque: "yaw"])
    blocks += [
      command(
        isThere,
        [
          ("thrust", "descent.thrust", parts.limits.thrust.lowerBound, parts.limits.thrust.upperBound),
          ("roll", "classical.roll", -torque, torque), ("pitch", "classical.pitch", -torque, torque),
          ("yaw", "classical.yaw", -torque, torque),
        ], acts: "phase.flying"),
      mixer(parts.airframe),
    ]
    for (name, motor) in zip(parts.motors, actuators.motors) {
      blocks.append(
        BlockDeclaration(
          "speed_controller", name,
          settings: [
            "minimum": .number(motor.minimumMicroseconds), "maximum": .number(motor.maximumMicroseconds),
            "safe": .number(motor.safeMicroseconds),
          ], inputs: ["command": ["motors.\(name)"]]))
    }
    let asked: [(String, Unit)] = [
      ("roll", .radian), ("pitch", .radian), ("yaw_rate", .radianPerSecond), ("altitude", .metre),
    ]
    return VehicleDeclaration(
      outside: rows.signals + Self.commonSignals(asked), blocks: blocks)
  }

  /// The row that shares thrust and torques among the rotors.
  private func mixer(_ airframe: Quadrotor.Airframe) -> BlockDeclaration {
    var settings: [String: SettingValue] = [
      "idle": .number(actuators.idle), "slew": .number(actuators.slewPerSecond),
    ]
    guard let mixing = airframe.mixing else {
      return BlockDeclaration("quad_mixer", "motors", settings: settings)
    }
    settings["rotors"] = .names(airframe.rotorNames)
    (settings["thrust_shares"], settings["yaw_shares"]) = (.numbers(mixing.thrust), .numbers(mixing.yaw))
    (settings["roll_shares"], settings["pitch_shares"]) = (.numbers(mixing.roll), .numbers(mixing.pitch))
    return BlockDeclaration("rotor_mixer", "motors", settings: settings)
  }

  static let quadrotorMotors = ["front_right", "rear_left", "front_left", "rear_right"]

  private static func quadrotorSignals(hasPower: Bool) -> [NetworkSignal: String] {
    var names: [NetworkSignal: String] = [
      .roll: "attitude.roll", .pitch: "attitude.pitch", .rollError: "classical.roll_error",
      .pitchError: "classical.pitch_error", .yawRateError: "classical.yaw_rate_error",
      .rateX: "attitude.rate_x", .rateY: "attitude.rate_y", .rateZ: "attitude.rate_z",
      .altitude: "altitude.altitude", .altitudeError: "classical.altitude_error",
      .climbRate: "altitude.climb_rate", .rollRateErrorIntegral: "classical.roll_rate_error_integral",
      .pitchRateErrorIntegral: "classical.pitch_rate_error_integral",
      .yawRateErrorIntegral: "classical.yaw_rate_error_integral",
      .climbRateErrorIntegral: "classical.climb_rate_error_integral",
      .accelerationZ: "attitude.acceleration_z", .rollSetpoint: "wanted.roll",
      .pitchSetpoint: "wanted.pitch", .yawRateSetpoint: "wanted.yaw_rate",
      .altitudeSetpoint: "wanted.altitude",
    ]
    names[.voltage] = hasPower ? "battery.voltage" : "no_battery.value"
    return names
  }

  // MARK: - Balancing robot

  func balancingRobot(_ parts: BalancingRobot, _ isThere: Bool)
    -> VehicleDeclaration
  {
    let rows = SensorRows(self)
    let restingSetpoint = 0.02
    let safety = VehicleSafety(
      configuration: self, rows: rows,
      askedToMove: (
        .driving,
        ["setpoint.speed", "setpoint.yaw_rate"].flatMap {
          [.above($0, restingSetpoint), .below($0, -restingSetpoint)]
        }
      ),
      atRest: [.isSet("previous.wanted.resting")], estimators: ["attitude", "odometry"],
      hasNetwork: network != nil && isThere)
    var blocks = [BlockDeclaration("clock", "clock")] + rows.blocks
    blocks += [
      // What the accelerometer of a robot on wheels feels is gravity but for short accelerations.
      attitude(
        parts.estimator.attitude, ["armed_gain": .number(0.15), "armed_bias_gain": .number(0.003)]),
      BlockDeclaration(
        "wheel_odometry", "odometry",
        settings: [
          "wheel_radius": .number(parts.estimator.wheelRadius), "track": .number(parts.estimator.track),
          "bandwidth": .number(parts.estimator.encoderWeight),
        ]),
      BlockDeclaration("safety", "safety", settings: ["rules": .safety(safety.rules)]),
      BlockDeclaration(
        "drive_setpoint", "wanted",
        settings: ["speed": .number(parts.limits.speed), "turn_rate": .number(parts.limits.turnRate)]),
      BlockDeclaration(
        "balance_control", "classical", settings: parts.gains.settings(of: "balance_control"),
        inputs: sensors.power == nil ? [:] : ["voltage": ["battery.voltage"]]),
    ]
    blocks += self.network(
      isThere, reset: "safety.arms", signals: Self.balancingRobotSignals(hasPower: sensors.power != nil),
      commands: [.drive: "drive", .turn: "turn"])
    blocks += [
      command(
        isThere,
        [
          ("drive", "classical.drive", -parts.limits.drive, parts.limits.drive),
          ("turn", "classical.turn", -parts.limits.turn, parts.limits.turn),
        ], acts: "safety.armed"),
      BlockDeclaration(
        "wheel_mixer", "motors", settings: ["slew": .number(actuators.slewPerSecond)]),
    ]
    for (name, motor) in zip(["left", "right"], actuators.motors) {
      blocks.append(
        BlockDeclaration(
          "bridge_pulse", name,
          settings: ["maximum": .number(motor.maximumMicroseconds), "safe": .number(motor.safeMicroseconds)],
          inputs: ["command": ["motors.\(name)"]]))
    }
    return VehicleDeclaration(
      outside: rows.signals
        + Self.commonSignals([("yaw_rate", .radianPerSecond), ("speed", .metrePerSecond)]), blocks: blocks)
  }

  private static func balancingRobotSignals(hasPower: Bool) -> [NetworkSignal: String] {
    var names: [NetworkSignal: String] = [
      .pitch: "attitude.pitch", .rateY: "attitude.rate_y", .rateZ: "attitude.rate_z",
      .speed: "odometry.speed", .speedError: "classical.speed_error", .travelError: "classical.travel_error",
      .travelErrorIntegral: "classical.travel_error_integral", .headingError: "classical.heading_error",
      .yawRateError: "classical.yaw_rate_error", .speedSetpoint: "wanted.speed",
      .yawRateSetpoint: "wanted.yaw_rate",
    ]
    names[.voltage] = hasPower ? "battery.voltage" : "no_battery.value"
    return names
  }
}
