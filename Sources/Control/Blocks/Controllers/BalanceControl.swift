import Signals

/// State feedback for a robot that balances on two wheels: volts at the wheels for lean, speed and place (a linear quadratic
/// regulator with an integral), and for the heading beside it.
///
/// Beside its errors along the path, which are also signals for a network, it has no memory: a command is a function of this tick's
/// estimate, setpoint and errors, which a network can imitate. The errors say how far the robot is from where the commanded
/// speed and turn rate have led since it began to balance; at their limits, the commanded place waits for the robot.
struct BalanceControl: Block {
  static let description = BlockDescription(
    "balance_control", about: "Drive and turn of a robot that balances on two wheels.",
    settings: Gains.descriptions)

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.numbers(.metrePerSecond, ["wanted_speed": "wanted.speed", "speed": "odometry.speed"])
        + InputPort.numbers(
          .radianPerSecond,
          [
            "wanted_yaw_rate": "wanted.yaw_rate", "rate_y": "attitude.rate_y", "rate_z": "attitude.rate_z",
          ])
        + InputPort.numbers(.metre, ["travel": "odometry.travel"])
        + InputPort.numbers(.radian, ["pitch": "attitude.pitch", "yaw": "attitude.yaw"])
        + [
          InputPort(
            "voltage", .number, unit: .volt, count: 0...1, about: "the supply's, where it is measured"),
          InputPort(
            "acts", .flag, unit: nil, standard: "safety.armed", about: "else it asks for nothing, and forgets"
          ),
          .elapsed,
        ],
      outputs: OutputPort.numbers(.none, "drive", "turn") + OutputPort.numbers(.metre, "travel_error")
        + OutputPort.numbers(.metre * .second, "travel_error_integral")
        + OutputPort.numbers(.radian, "heading_error")
        + OutputPort.numbers(.metrePerSecond, "speed_error", isLogged: false)
        + OutputPort.numbers(.radianPerSecond, "yaw_rate_error", isLogged: false),
      invalidity: .goesOn)
  }

  private let wantedSpeed, speed, wantedYawRate, rateY, rateZ, travel, pitch, yaw: Input<Float>
  private let voltage: Input<Float>?
  private let acts: Input<Bool>
  private let elapsed: Input<Int64>
  private let drive, turn, travelError, travelIntegral, headingError, speedError, yawRateError: Output<Float>
  private let gains: Gains
  /// Way and heading of the tick before; `nil` before the first.
  private var last: (travel: Float, yaw: Float)?

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (wantedSpeed, speed) = (wiring.input("wanted_speed"), wiring.input("speed"))
    wantedYawRate = wiring.input("wanted_yaw_rate")
    (rateY, rateZ, travel) = (wiring.input("rate_y"), wiring.input("rate_z"), wiring.input("travel"))
    (pitch, yaw, voltage) = (wiring.input("pitch"), wiring.input("yaw"), wiring.optionalInput("voltage"))
    (acts, elapsed) = (wiring.input("acts"), wiring.input("elapsed"))
    (drive, turn) = (wiring.output("drive"), wiring.output("turn"))
    (travelError, travelIntegral) = (wiring.output("travel_error"), wiring.output("travel_error_integral"))
    (headingError, speedError) = (wiring.output("heading_error"), wiring.output("speed_error"))
    yawRateError = wiring.output("yaw_rate_error")
    gains = Gains(settings)
  }

  mutating func step(_ frame: Frame) {
    frame[speedError] = frame[wantedSpeed] - frame[speed]
    frame[yawRateError] = frame[wantedYawRate] - frame[rateZ]
    integrate(frame)
    guard frame[acts] else {
      (frame[drive], frame[turn]) = (0, 0)
      return
    }
    // Lean is forward, pitch is nose up. To get back, a robot that is ahead must first drive on, to lean back.
    let balance = -gains.lean * frame[pitch] - gains.leanRate * frame[rateY]
    let place = gains.travel * frame[travelError] + gains.travelIntegral * frame[travelIntegral]
    let pace = gains.speedFeedforward * frame[wantedSpeed] - gains.speed * frame[speedError]
    let turning =
      gains.heading * frame[headingError] + gains.turnRate * frame[yawRateError]
      + gains.turnFeedforward * frame[wantedYawRate]
    let volts = volts(voltage.map { frame[$0] } ?? 0)
    (frame[drive], frame[turn]) = ((balance - place + pace) / volts, turning / volts)
  }

  /// Moves the errors along the path on. Unless the controller acts there are none: a robot that is held by hand is where it
  /// should be.
  private mutating func integrate(_ frame: Frame) {
    let before = last
    last = frame[acts] ? (frame[travel], frame[yaw]) : nil
    guard frame[acts], let before else {
      (frame[travelError], frame[travelIntegral], frame[headingError]) = (0, 0, 0)
      return
    }
    let seconds = Float(frame[elapsed]) * 1e-9
    let way = frame[travel] - before.travel
    add(frame[wantedSpeed] * seconds - way, to: travelError, limit: gains.travelLimit, frame)
    let turned = Self.wrapped(frame[yaw] - before.yaw)
    add(frame[wantedYawRate] * seconds - turned, to: headingError, limit: gains.headingLimit, frame)
    add(frame[travelError] * seconds, to: travelIntegral, limit: gains.integralLimit, frame)
  }

  /// An angle's difference the short way round.
  private static func wrapped(_ angle: Float) -> Float {
    angle > .pi ? angle - 2 * .pi : angle < -.pi ? angle + 2 * .pi : angle
  }

  /// The sum within ±`limit`; unchanged when it is not a number.
  private func add(_ change: Float, to error: Output<Float>, limit: Float, _ frame: Frame) {
    let sum = frame[error] + change
    if sum.isFinite { frame[error] = min(max(sum, -limit), limit) }
  }

  private func volts(_ measured: Float) -> Float {
    // Without a measured voltage, the reference is as good as any.
    guard measured > 1 else { return gains.referenceVoltage }
    return min(max(measured, gains.lowestVoltage), gains.highestVoltage)
  }
}

extension BalanceControl {
  /// Gains and limits; the defaults are `BalancerDynamics.gains` of the simulated robot, rounded.
  struct Gains: BitwiseCopyable {
    let travelLimit, integralLimit, headingLimit: Float
    let travelIntegral, travel, speed, lean, leanRate, speedFeedforward: Float
    let heading, turnRate, turnFeedforward, referenceVoltage, lowestVoltage, highestVoltage: Float

    static let descriptions: [SettingDescription] = [
      .number("travel_limit", 0...100, .metre, 0.4, "largest error along the path"),
      .number("travel_integral_limit", 0...100, .metre * .second, 0.5, "largest integral of that error"),
      .number("heading_limit", 0...100, .radian, 0.8, "largest error of the heading"),
      .number(
        "travel_integral_gain", 0...1000, .volt / .metre / .second, 9.14, "volts for each m s of integral"),
      .number("travel_gain", 0...1000, .volt / .metre, 26.8, "volts for each m beyond the commanded place"),
      .number(
        "speed_gain", 0...1000, .volt / .metrePerSecond, 30.7, "volts for each m/s beyond the commanded speed"
      ),
      .number("lean_gain", 0...1000, .volt / .radian, 38.6, "volts for each rad of lean forward"),
      .number("lean_rate_gain", 0...1000, .volt / .radianPerSecond, 4.6, "volts for each rad/s of its rate"),
      .number(
        "speed_feedforward", 0...1000, .volt / .metrePerSecond, 9.6,
        "volts for each m/s of steady speed: what the motors generate against it"),
      .number(
        "heading_gain", 0...1000, .volt / .radian, 8, "volts between mean and wheel for each rad of error"),
      .number(
        "turn_rate_gain", 0...1000, .volt / .radianPerSecond, 0.3,
        "volts between mean and wheel for each rad/s of error"),
      .number(
        "turn_feedforward", 0...1000, .volt / .radianPerSecond, 0.8,
        "volts between mean and wheel for each rad/s of steady turn"),
      .number("reference_voltage", 1...1000, .volt, 11.4, "voltage that is taken when none is measured"),
      .number("lowest_voltage", 1...1000, .volt, 6, "lowest voltage that is believed"),
      .number("highest_voltage", 1...1000, .volt, 30, "highest voltage that is believed"),
    ]

    init(_ s: BlockSettings) {
      (travelLimit, integralLimit) = (s.float("travel_limit"), s.float("travel_integral_limit"))
      (headingLimit, travelIntegral) = (s.float("heading_limit"), s.float("travel_integral_gain"))
      (travel, speed) = (s.float("travel_gain"), s.float("speed_gain"))
      (lean, leanRate) = (s.float("lean_gain"), s.float("lean_rate_gain"))
      (speedFeedforward, heading) = (s.float("speed_feedforward"), s.float("heading_gain"))
      (turnRate, turnFeedforward) = (s.float("turn_rate_gain"), s.float("turn_feedforward"))
      (referenceVoltage, lowestVoltage) = (s.float("reference_voltage"), s.float("lowest_voltage"))
      highestVoltage = s.float("highest_voltage")
    }
  }
}
