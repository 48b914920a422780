import Signals

/// Chooses among up to three devices that measure the same, by `KindVoter`, and hands on what the one in use reads, under one name
/// and with times and counts of its own.
struct Voter: Block {
  static let description = BlockDescription(
    "voter",
    about: "The healthy device of highest priority among up to three that measure the same, on one level.",
    settings: [
      SettingDescription(
        "channels", .names(count: 1...8), about: "names of what is compared and handed on"),
      SettingDescription(
        "other", .names(count: 0...1), standard: .names([]), about: "name of what is handed on only"),
      SettingDescription(
        "seen", .names(count: 0...1), standard: .names([]),
        about: "name of the flag that says whether there is something to compare"),
      .number("instances", 1...3, .none, 2, "how many devices there are"),
    ] + VotingSettings.ofEach + VotingSettings.ofComparison)

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    let instances = Int(settings.number("instances"))
    let channels = settings.names("channels").count
    return BlockPorts(
      inputs: InputPort.all(
        [
          .time, InputPort("elapsed", .time, unit: .nanosecond, standard: "tick.elapsed"),
          InputPort("starting", .flag, unit: nil, standard: "clock.starting"),
        ], (0..<instances).flatMap { VotedInputs.ports("_\($0)", channels: channels...channels) }),
      outputs: OutputPort.all(
        settings.names("channels").enumerated().map {
          OutputPort($1, .number, unit: .element(of: "channels_0", $0))
        }, settings.names("other").map { OutputPort($0, .number, unit: .like("other_0")) },
        settings.names("seen").map { OutputPort($0, .flag) },
        [
          OutputPort("time", .time, unit: .fixed(.nanosecond)), OutputPort("count", .count),
          OutputPort("fault", .deviceFault), OutputPort("present", .flag),
          OutputPort("chosen", .count, about: "which is in use, from 0"),
        ], (0..<instances).map { OutputPort("health_\($0)", SensorHealth.kind) },
        [OutputPort("undecided", .flag)],
        OutputPort.flags("redundancy_lost", "switched", "doubtful", isLogged: false)),
      invalidity: .goesOn)
  }

  private let instances: UnsafeBufferPointer<VotedInputs>
  private let time, elapsed: Input<Int64>
  private let starting: Input<Bool>
  private let channels: UnsafeBufferPointer<Output<Float>>
  private let other: Output<Float>?
  private let seen: Output<Bool>?
  private let readAt: Output<Int64>
  private let count, chosen: Output<UInt32>
  private let fault: Output<UInt8>
  private let healths: UnsafeBufferPointer<Output<UInt8>>
  private let present, undecided, redundancyLost, switched, doubtful: Output<Bool>
  private var voter: KindVoter

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    let names = settings.names("channels")
    var (instances, channels) = ([VotedInputs](), [Output<Float>]())
    var healths: [Output<UInt8>] = []
    for instance in 0..<Int(settings.number("instances")) {
      instances.append(VotedInputs("_\(instance)", &wiring))
      healths.append(wiring.output("health_\(instance)"))
    }
    for name in names { channels.append(wiring.output(name)) }
    self.instances = wiring.table(instances)
    self.channels = wiring.table(channels)
    self.healths = wiring.table(healths)
    (time, elapsed) = (wiring.input("time"), wiring.input("elapsed"))
    starting = wiring.input("starting")
    other = settings.names("other").first.flatMap { wiring.optionalOutput($0) }
    seen = settings.names("seen").first.flatMap { wiring.optionalOutput($0) }
    (readAt, count, fault) = (wiring.output("time"), wiring.output("count"), wiring.output("fault"))
    (chosen, present) = (wiring.output("chosen"), wiring.output("present"))
    (undecided, redundancyLost) = (wiring.output("undecided"), wiring.output("redundancy_lost"))
    (switched, doubtful) = (wiring.output("switched"), wiring.output("doubtful"))
    voter = KindVoter(VotingSettings.limits(settings, count: instances.count, channels: names.count))
  }

  mutating func step(_ frame: Frame) {
    let time = VoteTime(
      now: frame[time], seconds: Float(min(max(frame[elapsed], 0), 100_000_000)) * 1e-9,
      isStartUp: frame[starting])
    var readings = InlineArray<3, VotedReading>(repeating: VotedReading())
    for instance in 0..<min(instances.count, 3) { readings[instance] = instances[instance].reading(frame) }
    let reading = voter.reading(readings, time)
    for channel in 0..<min(channels.count, 8) { frame[channels[channel]] = reading.channels[channel] }
    if let other { frame[other] = reading.other }
    if let seen { frame[seen] = reading.isComparable }
    (frame[readAt], frame[count]) = (reading.time, reading.count)
    (frame[fault], frame[present]) = (reading.faultValue, reading.isPresent)
    write(voter.vote, frame)
  }

  private func write(_ vote: KindVote, _ frame: Frame) {
    frame[chosen] = UInt32(vote.chosen)
    for instance in 0..<healths.count {
      frame[healths[instance]] =
        (instance == 0 ? vote.first : instance == 1 ? vote.second : vote.third).rawValue
    }
    (frame[undecided], frame[redundancyLost]) = (vote.isUndecided, vote.isRedundancyLost)
    (frame[switched], frame[doubtful]) = (vote.chosen != 0, vote.health.isDoubtful)
  }
}
