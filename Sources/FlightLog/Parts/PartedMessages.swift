/// Walks through the messages of one topic, in a log and in the parts of the run behind it.
struct PartedMessages {
  private var outline: MCAPOutline
  /// The walk through the part that is being read.
  private(set) var current: MCAPMessages
  /// Messages of the topic that were stepped over so far: their channel has another schema than the topic's first.
  private(set) var strangers = 0
  private let topic: String
  private var channels: TopicChannels
  private var isOver = false

  /// Starts at the first message of `topic`; `registry` has all schemas and channels of the log.
  init(_ outline: MCAPOutline, topic: String, _ registry: MCAPRegistry) {
    self.topic = topic
    self.outline = outline
    current = MCAPMessages(outline)
    channels = TopicChannels(topic, registry)
  }

  /// The next message of the topic, or damage; a part that is missing is damage, too.
  mutating func next() -> MCAPItem {
    while !isOver {
      let item = current.next()
      switch item {
      case .message(let message) where !channels.alike.contains(message.channel):
        if channels.strange.contains(message.channel) { strangers += 1 }
      case .message, .damage: return item
      case .end:
        switch outline.following() {
        case .nothing: isOver = true
        case .missing(let error):
          isOver = true
          return .damage(LogDamage(error: error, lostBytes: 0))
        case .part(_, let next):
          (outline, current) = (next, MCAPMessages(next))
          channels = TopicChannels(topic, next.completeRegistry())
        }
      }
    }
    return .end
  }
}

/// The channels of a topic: each of its publishers has one.
private struct TopicChannels {
  /// Those that are read as the first is, and the others.
  let alike, strange: Set<UInt16>

  init(_ topic: String, _ registry: MCAPRegistry) {
    let all = registry.channels.values.filter { $0.topic == topic }
    let first = registry.channel(of: topic)
    let schema = first.flatMap { registry.schemas[$0.schema] }
    let alike = all.filter { channel in
      let own = registry.schemas[channel.schema]
      return channel.encoding == first?.encoding && own?.encoding == schema?.encoding
        && own?.text == schema?.text
    }
    self.alike = Set(alike.map(\.id))
    strange = Set(all.map(\.id)).subtracting(self.alike)
  }
}
