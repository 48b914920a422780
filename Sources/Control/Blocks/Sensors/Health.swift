import Signals

/// How far a device without spares can be trusted, by `InstanceHealth`.
struct Health: Block {
  static let description = BlockDescription(
    "health",
    about:
      "How far a device's newest reading can be trusted: starting, good, stale, faulty, saturated, failing.",
    settings: VotingSettings.ofInstances)

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [.time, InputPort("starting", .flag, unit: nil, standard: "clock.starting")]
        + VotedInputs.ports(""),
      outputs: [OutputPort("state", SensorHealth.kind), OutputPort("doubtful", .flag, isLogged: false)],
      invalidity: .goesOn)
  }

  private let inputs: VotedInputs
  private let time: Input<Int64>
  private let starting: Input<Bool>
  private let health: Output<UInt8>
  private let doubtful: Output<Bool>
  private var voter: KindVoter

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    inputs = VotedInputs("", &wiring)
    (time, starting) = (wiring.input("time"), wiring.input("starting"))
    (health, doubtful) = (wiring.output("state"), wiring.output("doubtful"))
    voter = KindVoter(VotingSettings.limits(settings, count: 1, channels: inputs.channels.count))
  }

  mutating func step(_ frame: Frame) {
    let time = VoteTime(now: frame[time], seconds: 0, isStartUp: frame[starting])
    voter.judge(inputs.reading(frame), time)
    frame[health] = voter.vote.first.rawValue
    frame[doubtful] = voter.vote.first.isDoubtful
  }
}
