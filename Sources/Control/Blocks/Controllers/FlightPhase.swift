import Signals

/// Tells flying from standing, for controllers: on the ground no controller may act or integrate.
///
/// Flight begins, while armed, when the altitude setpoint leaves the ground; it ends when the vehicle is disarmed, or when the
/// setpoint has been on the ground, and the vehicle near it and not moving, for `standing`. Only in the modes `take_off_in` does
/// flight begin: a vehicle that stands while it is made to hold or to land stays where it is, whatever altitude is estimated.
struct FlightPhase: Block {
  static let description = BlockDescription(
    "flight_phase", about: "Whether a multirotor flies or stands.",
    settings: [
      .number(
        "take_off", 0.01...10, .metre, 0.1, "altitude setpoint above which flight begins; half of it ends it"),
      .number("landed_altitude", 0.01...10, .metre, 0.12, "altitude below which the vehicle may be standing"),
      .number(
        "landed_climb_rate", 0.01...10, .metrePerSecond, 0.15,
        "climb rate below which the vehicle may be standing"),
      .number("standing", 0.01...60, .second, 0.4, "how long it must look like standing"),
      SettingDescription(
        "take_off_in", .names(count: 0...8), standard: .names(["active"]),
        about: "modes in which flight may begin"
      ).among("mode"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort("setpoint", .number, unit: .metre, standard: "wanted.altitude"),
        InputPort("altitude", .number, unit: .metre, standard: "altitude.altitude"),
        InputPort("climb_rate", .number, unit: .metrePerSecond, standard: "altitude.climb_rate"),
        InputPort("armed", .flag, unit: nil, standard: "safety.armed"),
        InputPort("mode", .choice([]), unit: nil, standard: "safety.mode"), .elapsed,
      ],
      outputs: [
        OutputPort("flying", .flag), OutputPort("begins", .flag, about: "whether flight began in this tick"),
      ], invalidity: .ends)
  }

  private let setpoint, altitude, climbRate: Input<Float>
  private let armed: Input<Bool>
  private let mode: Input<UInt8>
  private let elapsed: Input<Int64>
  private let flying, begins: Output<Bool>
  private let mayTakeOff: ModeSet
  private let takeOff, landedAltitude, landedClimbRate, standingTime: Float
  private var standing: Float = 0

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (setpoint, altitude) = (wiring.input("setpoint"), wiring.input("altitude"))
    (climbRate, armed) = (wiring.input("climb_rate"), wiring.input("armed"))
    (mode, elapsed) = (wiring.input("mode"), wiring.input("elapsed"))
    (flying, begins) = (wiring.output("flying"), wiring.output("begins"))
    mayTakeOff = ModeSet(settings.names("take_off_in"), of: wiring.choice("mode"))
    (takeOff, landedAltitude) = (settings.float("take_off"), settings.float("landed_altitude"))
    (landedClimbRate, standingTime) = (settings.float("landed_climb_rate"), settings.float("standing"))
  }

  mutating func step(_ frame: Frame) {
    guard frame[armed] else {
      (frame[flying], frame[begins], standing) = (false, false, 0)
      return
    }
    let wasFlying = frame[flying]
    var isFlying = wasFlying
    if mayTakeOff.contains(frame[mode]), frame[setpoint] > takeOff { isFlying = true }
    let looksLanded =
      frame[setpoint] < takeOff / 2 && frame[altitude] < landedAltitude
      && abs(frame[climbRate]) < landedClimbRate
    standing = looksLanded ? standing + Float(frame[elapsed]) * 1e-9 : 0
    if standing >= standingTime { isFlying = false }
    (frame[flying], frame[begins]) = (isFlying, isFlying && !wasFlying)
  }
}
