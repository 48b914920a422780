import Signals

/// The thrust of the classical controller; in a blind landing, the thrust with which the vehicle sinks slowly.
///
/// It learns in flight how much thrust carries the vehicle. A vehicle that neither rises nor sinks for long is carried, on average,
/// by the vertical part of its thrust: that knows its mass, its motors and its battery better than any setting does.
struct BlindDescent: Block {
  static let description = BlockDescription(
    "blind_descent",
    about: "The classical controller's thrust, or less than carries when the altitude is not known.",
    settings: [
      .number("hover_thrust", 0.01...1, .none, 0.454, "thrust that is taken to carry before any was learnt"),
      .number("averaging", 0.1...60, .second, 1.5, "time constant of the average"),
      .number("sinking_share", 0.5...1, .none, 0.92, "share of the carrying thrust with which it sinks"),
      .number("smallest_cosine", 0.1...1, .none, 0.7, "smallest cosine of tilt that is made up for"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort("thrust", .number, unit: Unit.none, standard: "classical.thrust"),
        InputPort(
          "last_thrust", .number, unit: Unit.none, standard: "previous.command.thrust",
          about: "what went to the mixer in the tick before"),
        InputPort("tilt_cosine", .number, unit: Unit.none, standard: "attitude.tilt_cosine"),
        InputPort("flying", .flag, unit: nil, standard: "phase.flying"),
        InputPort("known", .flag, unit: nil, standard: "altitude.valid"),
        InputPort("blind", .flag, unit: nil, standard: "wanted.blind"),
        InputPort("arms", .flag, unit: nil, standard: "safety.arms"), .elapsed,
      ],
      outputs: [
        OutputPort("thrust", .number),
        OutputPort("carrying", .number, about: "thrust that carries the level vehicle, as learnt"),
      ], invalidity: .goesOn)
  }

  private let thrust, lastThrust, tiltCosine: Input<Float>
  private let flying, known, blind, arms: Input<Bool>
  private let elapsed: Input<Int64>
  private let thrustOut, carrying: Output<Float>
  private let hover, averaging, share, smallestCosine: Float
  private var carried: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (thrust, lastThrust) = (wiring.input("thrust"), wiring.input("last_thrust"))
    tiltCosine = wiring.input("tilt_cosine")
    (flying, known) = (wiring.input("flying"), wiring.input("known"))
    (blind, arms, elapsed) = (wiring.input("blind"), wiring.input("arms"), wiring.input("elapsed"))
    (thrustOut, carrying) = (wiring.output("thrust"), wiring.output("carrying"))
    (hover, averaging) = (settings.float("hover_thrust"), settings.float("averaging"))
    (share, smallestCosine) = (settings.float("sinking_share"), settings.float("smallest_cosine"))
    carried = hover
  }

  mutating func step(_ frame: Frame) {
    if frame[arms] { carried = hover }
    learn(frame)
    frame[carrying] = carried
    frame[thrustOut] =
      frame[blind] ? carried * share / max(frame[tiltCosine], smallestCosine) : frame[thrust]
  }

  private mutating func learn(_ frame: Frame) {
    let seconds = Float(frame[elapsed]) * 1e-9
    guard frame[flying], frame[known], seconds > 0, frame[lastThrust] > 0 else { return }
    let lift = frame[lastThrust] * min(max(frame[tiltCosine], 0), 1)
    carried += (lift - carried) * min(seconds / averaging, 1)
  }
}
