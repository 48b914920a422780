extension MCAPRegistry {
  /// The channel of `topic`, of several that with the lowest number: a dictionary has no order.
  public func channel(of topic: String) -> MCAPChannel? {
    channels.values.filter { $0.topic == topic }.min { $0.id < $1.id }
  }
}
