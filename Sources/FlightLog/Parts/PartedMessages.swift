/// Walks through the messages of one topic, in a log and in the parts of the run behind it.
struct PartedMessages {
  private var outline: MCAPOutline
  /// The walk through the part that is being read.
  private(set) var current: MCAPMessages
  private let topic: String
  private var channel: UInt16?
  private var isOver = false

  /// Starts at the first message of `topic`.
  init(_ outline: MCAPOutline, topic: String) {
    self.topic = topic
    self.outline = outline
    current = MCAPMessages(outline)
    channel = Self.channel(topic, outline)
  }

  private static func channel(_ topic: String, _ outline: MCAPOutline) -> UInt16? {
    outline.completeRegistry().channel(of: topic)?.id
  }

  /// The next message of the topic, or damage; a part that is missing is damage, too.
  mutating func next() -> MCAPItem {
    while !isOver {
      let item = current.next()
      switch item {
      case .message(let message) where message.channel != channel: continue
      case .message, .damage: return item
      case .end:
        switch outline.following() {
        case .nothing: isOver = true
        case .missing(let error):
          isOver = true
          return .damage(LogDamage(error: error, lostBytes: 0))
        case .part(_, let next):
          (outline, current) = (next, MCAPMessages(next))
          channel = Self.channel(topic, next)
        }
      }
    }
    return .end
  }
}
