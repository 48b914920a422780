import Signals

/// The mixer of a quad-X: `QuadShares`, and each motor's thrust changes only so fast.
///
/// While the vehicle is armed and no controller acts, the motors idle; while it is disarmed they stand.
struct QuadMixer: Block {
  static let description = BlockDescription(
    "quad_mixer", about: "Thrust and torques to the four motors of a quad-X.",
    settings: [
      .number("idle", 0...0.5, .none, nil, "smallest thrust of a motor while armed, of full thrust"),
      .number("slew", 0...1e6, .none / .second, nil, "largest change of a thrust"),
    ])

  private static let motors = ["front_right", "rear_left", "front_left", "rear_right"]

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.numbers(
        .none,
        [
          "thrust": "command.thrust", "roll": "command.roll", "pitch": "command.pitch", "yaw": "command.yaw",
        ])
        + [
          InputPort("acts", .flag, unit: nil, standard: "phase.flying"),
          InputPort("armed", .flag, unit: nil, standard: "safety.armed"),
          InputPort("arms", .flag, unit: nil, standard: "safety.arms"), .elapsed,
        ],
      outputs: motors.map { .command($0, about: "of full thrust") }, invalidity: .goesOn)
  }

  private let thrust, roll, pitch, yaw: Input<Float>
  private let acts, armed, arms: Input<Bool>
  private let elapsed: Input<Int64>
  private let thrusts: InlineArray<4, Output<Float>>
  private let shares: QuadShares
  private let slew: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (thrust, roll) = (wiring.input("thrust"), wiring.input("roll"))
    (pitch, yaw) = (wiring.input("pitch"), wiring.input("yaw"))
    (acts, armed) = (wiring.input("acts"), wiring.input("armed"))
    (arms, elapsed) = (wiring.input("arms"), wiring.input("elapsed"))
    thrusts = [
      wiring.output(Self.motors[0]), wiring.output(Self.motors[1]), wiring.output(Self.motors[2]),
      wiring.output(Self.motors[3]),
    ]
    shares = QuadShares(idle: settings.float("idle"))
    slew = settings.float("slew")
  }

  mutating func step(_ frame: Frame) {
    guard frame[armed] else {
      for motor in 0..<4 { frame[thrusts[motor]] = 0 }
      return
    }
    if frame[arms] { for motor in 0..<4 { frame[thrusts[motor]] = 0 } }
    let wanted =
      frame[acts]
      ? shares.thrusts(thrust: frame[thrust], roll: frame[roll], pitch: frame[pitch], yaw: frame[yaw])
      : MotorValues(all: shares.idle)
    let seconds = Float(frame[elapsed]) * 1e-9
    let step = seconds > 0 ? slew * seconds : 0
    for motor in 0..<4 {
      // A thrust that is not a number keeps its motor where it is.
      let change = wanted[motor] - frame[thrusts[motor]]
      if !change.isNaN { frame[thrusts[motor]] += min(max(change, -step), step) }
    }
  }
}

/// Shares thrust and torques among the four motors of a quad-X.
///
/// When a motor would leave its range, authority is given up in the order of what keeps the vehicle in the air:
/// first yaw, then the wanted collective thrust, at last roll and pitch, in proportion.
struct QuadShares: BitwiseCopyable, Sendable, Equatable {
  /// Smallest thrust of a motor while armed, of full thrust.
  let idle: Float

  /// A mixer; `idle` is held within 0 to 0.5, and 0 when it is not a number.
  init(idle: Float) {
    self.idle = idle > 0 ? min(idle, 0.5) : 0
  }

  /// Thrust of each motor, `idle` to 1 of full thrust, for a finite command.
  func thrusts(thrust wanted: Float, roll: Float, pitch: Float, yaw wantedYaw: Float) -> MotorValues {
    // More roll: left up. More pitch: front up. More yaw: the counter-clockwise motors push the nose right.
    var tilt = MotorValues(-roll + pitch, roll - pitch, roll + pitch, -roll - pitch)
    let spread = tilt.range.highest - tilt.range.lowest
    let room = 1 - idle
    if spread > room {
      let scale = room / spread
      tilt = tilt.map { $0 * scale }
    }
    // Raised or lowered until roll and pitch fit.
    let thrust = min(max(wanted, idle - tilt.range.lowest), 1 - tilt.range.highest)
    let base = tilt.map { $0 + thrust }
    let yaw = fittingYaw(wantedYaw, base)
    return MotorValues(
      limited(base.frontRight + yaw), limited(base.rearLeft + yaw), limited(base.frontLeft - yaw),
      limited(base.rearRight - yaw))
  }

  /// As much of `yaw` as fits beside `base`.
  private func fittingYaw(_ yaw: Float, _ base: MotorValues) -> Float {
    let counterLow = min(base.frontRight, base.rearLeft)
    let counterHigh = max(base.frontRight, base.rearLeft)
    let clockLow = min(base.frontLeft, base.rearRight)
    let clockHigh = max(base.frontLeft, base.rearRight)
    let up = max(min(1 - counterHigh, clockLow - idle), 0)
    let down = max(min(counterLow - idle, 1 - clockHigh), 0)
    return min(max(yaw, -down), up)
  }

  /// Takes away what rounding left outside.
  private func limited(_ thrust: Float) -> Float { min(max(thrust, idle), 1) }
}
