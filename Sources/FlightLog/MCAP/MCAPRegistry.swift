/// The schemas and channels of a log, by number. The first description of a number holds; the format wants all others
/// to be the same.
public struct MCAPRegistry: Sendable {
  /// Schemas by number.
  public private(set) var schemas: [UInt16: MCAPSchema] = [:]
  /// Channels by number.
  public private(set) var channels: [UInt16: MCAPChannel] = [:]
  /// Numbers that are described twice and differently, the first hundred.
  private(set) var conflicts: [LogError] = []
  /// Conflicts beyond the first hundred.
  private(set) var moreConflicts = 0

  /// Takes a schema in that stands at `offset`.
  mutating func take(_ schema: MCAPSchema, at offset: Int) {
    guard schema.id != 0 else { return }
    guard let known = schemas[schema.id] else {
      schemas[schema.id] = schema
      return
    }
    if known != schema { addConflict("schema \(schema.id)", offset) }
  }

  /// Takes a channel in that stands at `offset`.
  mutating func take(_ channel: MCAPChannel, at offset: Int) {
    guard let known = channels[channel.id] else {
      channels[channel.id] = channel
      return
    }
    if known != channel { addConflict("channel \(channel.id)", offset) }
  }

  private mutating func addConflict(_ what: String, _ offset: Int) {
    guard conflicts.count < MCAPVerification.limit else {
      moreConflicts += 1
      return
    }
    conflicts.append(
      LogError(
        .malformed, at: offset, "\(what) is described once more, and differently",
        remedy: "The first description holds; use another copy of the log, or the program that wrote it."))
  }
}

extension MCAPOutline {
  /// All schemas and channels, those that stand only inside chunks too.
  ///
  /// Reads all chunks when the summary does not say that it has every channel.
  public func completeRegistry() -> MCAPRegistry {
    if let statistics {
      var cursor = ByteCursor(bytes, statistics)
      if cursor.skip(8), let schemas = cursor.integer(UInt16.self),
        let channels = cursor.integer(UInt32.self),
        schemas == registry.schemas.count, channels == registry.channels.count
      {
        return registry
      }
    }
    var messages = MCAPMessages(self)
    while true {
      if case .end = messages.next() { return messages.registry }
    }
  }
}
