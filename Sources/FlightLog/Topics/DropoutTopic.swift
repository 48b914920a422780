/// `/ganglion/dropout`: ticks that happened but are not in the log, because its writer fell behind. A replay
/// cannot go exactly past one.
enum DropoutTopic {
  static let topic = "/ganglion/dropout"
  static let schemaName = "ganglion_msgs/msg/Dropout"
  static let schemaText = """
    uint32 count  # ticks missing from the log just before the next one

    """

  static func encode(count: UInt32, into encoder: inout CDREncoder) {
    encoder.put(count)
  }

  static func decode(_ bytes: LogBytes, _ range: Range<Int>) throws(LogError) -> UInt32 {
    var decoder = CDRDecoder(bytes, range)
    guard let count = decoder?.integer(UInt32.self) else {
      throw LogError(
        .malformed, at: range.lowerBound, "a dropout record is too short", remedy: LogError.recoverRemedy)
    }
    return count
  }
}
