import HardwareInterfaces
import Signals

extension SensorRecording {
  /// What somebody recorded of a vehicle with ROS 2, as MCAP; a log of Ganglion is such a recording too.
  ///
  /// Messages of ROS are in its axes (REP 103: forward, left, up, and east, north, up outside) and are turned into forward,
  /// right, down; those of Ganglion are in these already. Throws `LogError` when there is no inertial data.
  ///
  /// - Parameter signals: Gives the signals of what flew in a log of Ganglion.
  public init(_ outline: MCAPOutline, signals: TickSignals) throws(LogError) {
    let isOwn = outline.metadata.contains { $0.name == FlightLogMetadata.recordName }
    self.init(format: isOwn ? "Ganglion log" : "ROS 2 MCAP")
    var gathered = ROS2Gathering()
    gathered.read(outline)
    var sources = ROS2Sources(gathered.topics, isOwn ? .forwardRightDown : .forwardLeftUp)
    let ticks = isOwn ? TickSources(outline, signals: signals, &account) : TickSources()
    // Ticks are read over all parts of a run, messages for people in the first.
    account.skipped = gathered.skipped + (ticks.losses?.skipped ?? gathered.damages.losses)
    let inertial = ticks.inertial + sources.inertial()
    guard let chosen = choose(.inertial, inertial.map(\.source), into: \.inertial) else {
      throw missingInertial(gathered)
    }
    let part = inertial[chosen].part
    choose(.pressure, ticks.pressure + sources.pressure(part), into: \.pressure)
    choose(.range, ticks.range + sources.range(part), into: \.range)
    choose(.power, ticks.power + sources.power(part), into: \.power)
    choose(.magneticField, ticks.magneticField + sources.magneticField(part), into: \.magneticField)
    choose(.attitude, ticks.attitude + sources.attitude(part), into: \.attitude)
    chooseArmed(ticks.armed)
    account.notes += sources.notes
    if isOwn {
      account.notes.append("axes are forward, right, down, as in every log of Ganglion")
    } else {
      account.notes.append("axes are taken to be those of ROS: forward, left, up (REP 103)")
      if !range.isEmpty { account.notes.append("the range finder is taken to look down") }
    }
    putChosenFirst()
  }

  private func missingInertial(_ gathered: ROS2Gathering) -> LogError {
    let names = gathered.otherTopics.union(gathered.topics.map { String($0.name.prefix(80)) })
    let topics = names.sorted().prefix(50).joined(separator: ", ")
    return LogError(
      .missing,
      "the recording has no gyroscope and accelerometer: no valid message of \(ROS2Kind.inertial.rawValue)"
        + account.losses("messages on"),
      remedy:
        "Record the topic of the inertial sensor. It has \(topics.isEmpty ? "no topics" : topics).")
  }
}

/// All messages of known kinds in a recording.
struct ROS2Gathering {
  private(set) var topics: [ROS2Topic] = []
  /// What was stepped over, and why.
  private(set) var skipped: [ImportAccount.Loss] = []
  private(set) var damages = DamageCount()
  /// Topics of other kinds.
  private(set) var otherTopics: Set<String> = []

  /// Topics of a kind that are read; a vehicle has a handful.
  private static let mostTopics = 64
  private var known: [String: Int] = [:]
  /// The columns of each schema, once.
  private var columns: [UInt16: ROS2Columns?] = [:]

  private enum Place {
    case topic(Int)
    case leftOut(String)
  }

  mutating func read(_ outline: MCAPOutline) {
    var places: [UInt16: Place] = [:]
    var losses = LossCounts()
    var messages = MCAPMessages(outline)
    var number = 0
    reading: while true {
      switch messages.next() {
      case .message(let message):
        number += 1
        let place = places[message.channel] ?? place(message.channel, messages.registry)
        places[message.channel] = place
        switch place {
        case .topic(let index): topics[index].add(message, messages.bytes, place: number)
        case .leftOut(let reason): losses.add(reason)
        }
      case .damage(let found): damages.add(found)
      case .end: break reading
      }
    }
    skipped = losses.losses
  }

  private mutating func place(_ number: UInt16, _ registry: MCAPRegistry) -> Place {
    guard let channel = registry.channels[number] else {
      return .leftOut("messages on a channel that is unknown")
    }
    guard let schema = registry.schemas[channel.schema], let kind = ROS2Kind(schema: schema.name) else {
      if otherTopics.count < 1000 { otherTopics.insert(String(channel.topic.prefix(80))) }
      return .leftOut("messages of other kinds")
    }
    guard channel.encoding == "cdr" else { return .leftOut("messages of \(kind.rawValue) that are not CDR") }
    let found = columns[schema.id] ?? kind.columns(schema)
    columns[schema.id] = .some(found)
    guard let found else {
      return .leftOut("messages of \(kind.rawValue) whose schema is not that of ROS 2")
    }
    // Several publishers of a topic have a channel each.
    let key = "\(kind.rawValue) \(channel.topic)"
    if let place = known[key] { return .topic(place) }
    guard topics.count(where: { $0.kind == kind }) < Self.mostTopics else {
      return .leftOut("messages on more than \(Self.mostTopics) topics of \(kind.rawValue)")
    }
    known[key] = topics.count
    topics.append(ROS2Topic(channel.topic, kind, found))
    return .topic(topics.count - 1)
  }
}
