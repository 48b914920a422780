import PortableMath
import Signals

/// A cascade of proportional and integral control for a multirotor: attitude to rate to torque, altitude to climb rate to thrust.
///
/// Beside its integrals, which are also signals for a network, it has no memory: a command is a function of this tick's estimate,
/// setpoint and integrals, which a network can imitate. Each integral is of a rate error: the rate that the error of attitude or
/// altitude calls for, less the estimated rate. After a step of the setpoint such an integral returns to where it was, other than
/// the integral of the error itself, so it does not overshoot.
struct QuadrotorControl: Block {
  static let description = BlockDescription(
    "quadrotor_control",
    about: "Thrust and torques of a multirotor that follow attitude, yaw rate and altitude.",
    settings: Gains.descriptions)

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.numbers(
        .radian,
        [
          "wanted_roll": "wanted.roll", "wanted_pitch": "wanted.pitch", "roll": "attitude.roll",
          "pitch": "attitude.pitch",
        ])
        + InputPort.numbers(
          .radianPerSecond,
          [
            "wanted_yaw_rate": "wanted.yaw_rate", "rate_x": "attitude.rate_x", "rate_y": "attitude.rate_y",
            "rate_z": "attitude.rate_z",
          ])
        + InputPort.numbers(.metre, ["wanted_altitude": "wanted.altitude", "altitude": "altitude.altitude"])
        + InputPort.numbers(.metrePerSecond, ["climb_rate": "altitude.climb_rate"])
        + InputPort.numbers(.none, ["tilt_cosine": "attitude.tilt_cosine"])
        + [
          InputPort(
            "voltage", .number, unit: .volt, count: 0...1, about: "the supply's, where it is measured"),
          InputPort(
            "acts", .flag, unit: nil, standard: "phase.flying", about: "else it asks for nothing, and forgets"
          ),
          .elapsed,
        ],
      outputs: OutputPort.numbers(.none, "thrust", "roll", "pitch", "yaw")
        + OutputPort.numbers(
          .radian, "roll_rate_error_integral", "pitch_rate_error_integral", "yaw_rate_error_integral")
        + OutputPort.numbers(.metre, "climb_rate_error_integral")
        + OutputPort.numbers(.radian, "roll_error", "pitch_error", isLogged: false)
        + OutputPort.numbers(.radianPerSecond, "yaw_rate_error", isLogged: false)
        + OutputPort.numbers(.metre, "altitude_error", isLogged: false),
      invalidity: .goesOn)
  }

  private let wantedRoll, wantedPitch, wantedYawRate, wantedAltitude: Input<Float>
  private let roll, pitch, rateX, rateY, rateZ, altitude, climbRate, tiltCosine: Input<Float>
  private let voltage: Input<Float>?
  private let acts: Input<Bool>
  private let elapsed: Input<Int64>
  private let thrustOut, rollOut, pitchOut, yawOut: Output<Float>
  private let rollIntegral, pitchIntegral, yawIntegral, climbIntegral: Output<Float>
  private let rollError, pitchError, yawRateError, altitudeError: Output<Float>
  private let gains: Gains

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (wantedRoll, wantedPitch) = (wiring.input("wanted_roll"), wiring.input("wanted_pitch"))
    (wantedYawRate, wantedAltitude) = (wiring.input("wanted_yaw_rate"), wiring.input("wanted_altitude"))
    (roll, pitch) = (wiring.input("roll"), wiring.input("pitch"))
    (rateX, rateY, rateZ) = (wiring.input("rate_x"), wiring.input("rate_y"), wiring.input("rate_z"))
    (altitude, climbRate) = (wiring.input("altitude"), wiring.input("climb_rate"))
    (tiltCosine, voltage) = (wiring.input("tilt_cosine"), wiring.optionalInput("voltage"))
    (acts, elapsed) = (wiring.input("acts"), wiring.input("elapsed"))
    (thrustOut, rollOut) = (wiring.output("thrust"), wiring.output("roll"))
    (pitchOut, yawOut) = (wiring.output("pitch"), wiring.output("yaw"))
    rollIntegral = wiring.output("roll_rate_error_integral")
    pitchIntegral = wiring.output("pitch_rate_error_integral")
    yawIntegral = wiring.output("yaw_rate_error_integral")
    climbIntegral = wiring.output("climb_rate_error_integral")
    (rollError, pitchError) = (wiring.output("roll_error"), wiring.output("pitch_error"))
    (yawRateError, altitudeError) = (wiring.output("yaw_rate_error"), wiring.output("altitude_error"))
    gains = Gains(settings)
  }

  mutating func step(_ frame: Frame) {
    frame[rollError] = frame[wantedRoll] - frame[roll]
    frame[pitchError] = frame[wantedPitch] - frame[pitch]
    frame[yawRateError] = frame[wantedYawRate] - frame[rateZ]
    frame[altitudeError] = frame[wantedAltitude] - frame[altitude]
    guard frame[acts] else {
      (frame[rollIntegral], frame[pitchIntegral]) = (0, 0)
      (frame[yawIntegral], frame[climbIntegral]) = (0, 0)
      (frame[thrustOut], frame[rollOut], frame[pitchOut], frame[yawOut]) = (0, 0, 0, 0)
      return
    }
    command(frame, rateErrors(frame))
  }

  /// The rates that errors call for, less the estimated ones: rad/s about the body's axes and m/s.
  private func rateErrors(_ frame: Frame) -> (roll: Float, pitch: Float, yaw: Float, climb: Float) {
    func limited(_ value: Float, _ limit: Float) -> Float { min(max(value, -limit), limit) }
    return (
      limited(gains.attitude * frame[rollError], gains.largestRate) - frame[rateX],
      limited(gains.attitude * frame[pitchError], gains.largestRate) - frame[rateY], frame[yawRateError],
      limited(gains.altitude * frame[altitudeError], gains.largestClimbRate) - frame[climbRate]
    )
  }

  private func command(_ frame: Frame, _ errors: (roll: Float, pitch: Float, yaw: Float, climb: Float)) {
    let seconds = Float(frame[elapsed]) * 1e-9
    add(errors.roll * seconds, to: rollIntegral, limit: gains.attitudeLimit, frame)
    add(errors.pitch * seconds, to: pitchIntegral, limit: gains.attitudeLimit, frame)
    add(errors.yaw * seconds, to: yawIntegral, limit: gains.yawLimit, frame)
    add(errors.climb * seconds, to: climbIntegral, limit: gains.climbLimit, frame)
    let factor = voltageFactor(voltage.map { frame[$0] } ?? 0)
    let climb = gains.climb * errors.climb + gains.climbIntegral * frame[climbIntegral]
    // The vertical part of a tilted thrust is its cosine.
    let tilt = min(1 / max(frame[tiltCosine], 0.1), gains.largestTiltFactor)
    let thrust = gains.hoverThrust * (1 + climb / Float(StandardAtmosphere.gravity)) * tilt * factor
    frame[thrustOut] = max(thrust, 0)
    frame[rollOut] = (gains.rate * errors.roll + gains.rateIntegral * frame[rollIntegral]) * factor
    let pitch = gains.rate * errors.pitch + gains.rateIntegral * frame[pitchIntegral]
    frame[pitchOut] = pitch * factor * gains.pitchFactor
    frame[yawOut] = (gains.yawRate * errors.yaw + gains.yawRateIntegral * frame[yawIntegral]) * factor
  }

  /// The sum within ±`limit`; unchanged when it is not a number.
  private func add(_ change: Float, to integral: Output<Float>, limit: Float, _ frame: Frame) {
    let sum = frame[integral] + change
    if sum.isFinite { frame[integral] = min(max(sum, -limit), limit) }
  }

  private func voltageFactor(_ voltage: Float) -> Float {
    // Without a measured voltage, none is compensated for.
    guard voltage > 1 else { return 1 }
    let ratio = gains.referenceVoltage / voltage
    return min(max(ratio * ratio, gains.smallestVoltageFactor), gains.largestVoltageFactor)
  }
}

extension QuadrotorControl {
  /// Gains and limits; the defaults are tuned to the simulated quadrotor.
  struct Gains: BitwiseCopyable {
    let attitude, largestRate, altitude, largestClimbRate, attitudeLimit, yawLimit, climbLimit: Float
    let rate, rateIntegral, yawRate, yawRateIntegral, climb, climbIntegral: Float
    let hoverThrust, referenceVoltage, smallestVoltageFactor, largestVoltageFactor, largestTiltFactor: Float
    let pitchFactor: Float

    static let descriptions: [SettingDescription] = [
      .number(
        "attitude_gain", 0...100, .none / .second, 8, "rate that a radian of roll or pitch error calls for"),
      .number("largest_rate", 0...50, .radianPerSecond, 3, "largest rate that attitude errors call for"),
      .number("altitude_gain", 0...100, .none / .second, 2, "climb rate that a metre of error calls for"),
      .number(
        "largest_climb_rate", 0...50, .metrePerSecond, 1, "largest climb rate that altitude errors call for"),
      .number(
        "attitude_integral_limit", 0...100, .radian, 0.8, "largest integral of roll and pitch rate errors"),
      .number("yaw_integral_limit", 0...100, .radian, 0.5, "largest integral of the yaw rate error"),
      .number("climb_integral_limit", 0...100, .metre, 1, "largest integral of the climb rate error"),
      .number("rate_gain", 0...100, .second / .radian, 0.05, "roll and pitch torque for each rad/s of error"),
      .number("rate_integral_gain", 0...100, .none / .radian, 0.12, "torque for each rad of integral"),
      .number("yaw_rate_gain", 0...100, .second / .radian, 0.3, "yaw torque for each rad/s of error"),
      .number(
        "yaw_rate_integral_gain", 0...100, .none / .radian, 0.25, "yaw torque for each rad of integral"),
      .number("climb_gain", 0...100, .none / .second, 5, "acceleration for each m/s of climb rate error"),
      .number(
        "climb_integral_gain", 0...100, .none / .second / .second, 4, "acceleration for each m of integral"),
      .number("hover_thrust", 0.01...1, .none, 0.454, "thrust that carries the vehicle at reference_voltage"),
      .number(
        "reference_voltage", 1...1000, .volt, 11.4,
        "voltage for which gains and hover thrust hold; thrust goes with its square"),
      .number("smallest_voltage_factor", 0.01...1, .none, 0.7, "smallest factor by which it may correct"),
      .number("largest_voltage_factor", 1...10, .none, 1.6, "largest factor by which it may correct"),
      .number("largest_tilt_factor", 1...10, .none, 1.5, "largest factor by which tilt may raise the thrust"),
      .number(
        "pitch_factor", 0.05...20, .none, 1,
        "factor of the pitch torque, where the vehicle turns about its axes unlike"),
    ]

    init(_ s: BlockSettings) {
      (attitude, largestRate) = (s.float("attitude_gain"), s.float("largest_rate"))
      (altitude, largestClimbRate) = (s.float("altitude_gain"), s.float("largest_climb_rate"))
      (attitudeLimit, yawLimit) = (s.float("attitude_integral_limit"), s.float("yaw_integral_limit"))
      (climbLimit, rate) = (s.float("climb_integral_limit"), s.float("rate_gain"))
      (rateIntegral, yawRate) = (s.float("rate_integral_gain"), s.float("yaw_rate_gain"))
      (yawRateIntegral, climb) = (s.float("yaw_rate_integral_gain"), s.float("climb_gain"))
      (climbIntegral, hoverThrust) = (s.float("climb_integral_gain"), s.float("hover_thrust"))
      (referenceVoltage, largestTiltFactor) = (s.float("reference_voltage"), s.float("largest_tilt_factor"))
      smallestVoltageFactor = s.float("smallest_voltage_factor")
      (largestVoltageFactor, pitchFactor) = (s.float("largest_voltage_factor"), s.float("pitch_factor"))
    }
  }
}
