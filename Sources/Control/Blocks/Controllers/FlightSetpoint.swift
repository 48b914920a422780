import Signals

/// What a multirotor is made to do in place of what it is asked to, while it holds or lands.
///
/// Asked for nothing else, it passes the setpoint on with its tilt limited. While it holds it stays level at the altitude at which
/// the mode began; while it lands that altitude sinks. A landing without a known altitude is blind: it goes on reduced thrust
/// alone (`BlindDescent`), for as long as a fall from the last known altitude takes.
struct FlightSetpoint: Block {
  static let description = BlockDescription(
    "flight_setpoint",
    about: "The setpoint of a multirotor: as asked for, or level at a held or sinking altitude.",
    settings: [
      .number("tilt", 0...1.5, .radian, nil, "largest roll and pitch"),
      .number("descent_rate", 0.01...10, .metrePerSecond, 0.5, "rate of descent of a landing"),
      .number(
        "lowest_altitude", -100...0, .metre, -0.3,
        "altitude at which a landing stops sinking: below the ground, so that it surely settles"),
      SettingDescription(
        "hold_in", .names(count: 0...8), standard: .names(["hold"]), about: "modes in which to hold"
      ).among("mode"),
      SettingDescription(
        "land_in", .names(count: 0...8), standard: .names(["landing"]), about: "modes in which to land"
      ).among("mode"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.numbers(.radian, ["roll": "setpoint.roll", "pitch": "setpoint.pitch"]) + [
        InputPort("yaw_rate", .number, unit: .radianPerSecond, standard: "setpoint.yaw_rate"),
        InputPort("asked_altitude", .number, unit: .metre, standard: "setpoint.altitude"),
        InputPort("altitude", .number, unit: .metre, standard: "altitude.altitude"),
        InputPort("known", .flag, unit: nil, standard: "altitude.valid"),
        InputPort("mode", .choice([]), unit: nil, standard: "safety.mode"), .elapsed,
      ],
      outputs: OutputPort.numbers(.radian, "roll", "pitch") + OutputPort.numbers(.radianPerSecond, "yaw_rate")
        + OutputPort.numbers(.metre, "altitude") + OutputPort.flags("blind", "blind_over"),
      invalidity: .ends)
  }

  private let roll, pitch, yawRate, askedAltitude, estimatedAltitude: Input<Float>
  private let known: Input<Bool>
  private let mode: Input<UInt8>
  private let elapsed: Input<Int64>
  private let rollOut, pitchOut, yawRateOut, altitudeOut: Output<Float>
  private let blind, blindOver: Output<Bool>
  private let holds, lands: ModeSet
  private let largestTilt, descentRate, lowestAltitude: Float

  private var lastMode: UInt8 = 0
  private var altitude: Float = 0
  private var blindSeconds: Float = 0
  private var blindLimit: Float = 0
  private var isBlind = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (roll, pitch, yawRate) = (wiring.input("roll"), wiring.input("pitch"), wiring.input("yaw_rate"))
    (askedAltitude, estimatedAltitude) = (wiring.input("asked_altitude"), wiring.input("altitude"))
    (known, mode, elapsed) = (wiring.input("known"), wiring.input("mode"), wiring.input("elapsed"))
    (rollOut, pitchOut) = (wiring.output("roll"), wiring.output("pitch"))
    (yawRateOut, altitudeOut) = (wiring.output("yaw_rate"), wiring.output("altitude"))
    (blind, blindOver) = (wiring.output("blind"), wiring.output("blind_over"))
    holds = ModeSet(settings.names("hold_in"), of: wiring.choice("mode"))
    lands = ModeSet(settings.names("land_in"), of: wiring.choice("mode"))
    (largestTilt, descentRate) = (settings.float("tilt"), settings.float("descent_rate"))
    lowestAltitude = settings.float("lowest_altitude")
  }

  mutating func step(_ frame: Frame) {
    begin(frame)
    guard holds.contains(lastMode) || lands.contains(lastMode) else {
      frame[rollOut] = min(max(frame[roll], -largestTilt), largestTilt)
      frame[pitchOut] = min(max(frame[pitch], -largestTilt), largestTilt)
      (frame[yawRateOut], frame[altitudeOut]) = (frame[yawRate], frame[askedAltitude])
      return
    }
    if lands.contains(lastMode) {
      let seconds = Float(frame[elapsed]) * 1e-9
      altitude = max(altitude - descentRate * seconds, lowestAltitude)
      isBlind = isBlind || !frame[known]
      if isBlind { blindSeconds += seconds }
      (frame[blind], frame[blindOver]) = (isBlind, isBlind && blindSeconds > blindLimit)
    }
    (frame[rollOut], frame[pitchOut], frame[yawRateOut]) = (0, 0, 0)
    frame[altitudeOut] = altitude
  }

  /// Takes note of a mode that has begun.
  private mutating func begin(_ frame: Frame) {
    guard frame[mode] != lastMode else { return }
    lastMode = frame[mode]
    altitude = frame[estimatedAltitude]
    // From rest at 0.92 of hover thrust a fall of h metres takes about 1.6 √h seconds; twice that, and a second.
    (isBlind, blindSeconds, blindLimit) = (false, 0, 1 + 3.2 * max(altitude, 0).squareRoot())
    (frame[blind], frame[blindOver]) = (false, false)
  }
}

/// Some of the modes that a vehicle has.
struct ModeSet: BitwiseCopyable, Sendable {
  private var bits = InlineArray<4, UInt64>(repeating: 0)

  /// Those of `names` that are among `all`, the names of a choice's values.
  init(_ names: [String], of all: [String]) {
    for (index, name) in all.prefix(256).enumerated() where names.contains(name) {
      bits[index / 64] |= 1 << UInt64(index % 64)
    }
  }

  /// Whether the mode of this number is one of them.
  func contains(_ mode: UInt8) -> Bool { bits[Int(mode / 64)] >> UInt64(mode % 64) & 1 != 0 }
}
