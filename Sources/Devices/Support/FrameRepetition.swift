/// The measured bits of one raw frame.
struct FrameDigest: Equatable, Sendable, BitwiseCopyable {
  var high: UInt64
  var low: UInt64
}

/// Tells fresh readings from repeated ones, and a repeated one from a chip that no longer measures.
struct FrameRepetition: Sendable, BitwiseCopyable {
  /// What a frame turned out to be.
  enum Verdict: Equatable, Sendable {
    /// A new reading.
    case fresh
    /// The reading that was seen before, read again before the chip had a new one.
    case old
    /// The same reading too many times in a row.
    case frozen
  }

  /// Repeated readings in a row, without a flag of new data, that mean the chip no longer converts.
  static let silentLimit = 6

  private var last: FrameDigest?
  private var repeats = 0
  private var silentRepeats = 0

  /// Whether the frame judged last was the same as the one before.
  var isRepeating: Bool { repeats > 0 }

  /// Forgets what was seen.
  mutating func reset() { self = FrameRepetition() }

  /// Judges a frame. `isNew` is the chip's own word that it has converted since the last reading, and
  /// `limit` the number of identical readings in a row that count as frozen in spite of it.
  mutating func judge(_ digest: FrameDigest, isNew: Bool, limit: Int?) -> Verdict {
    guard digest == last else {
      last = digest
      repeats = 0
      silentRepeats = 0
      return .fresh
    }
    repeats &+= 1
    silentRepeats = isNew ? 0 : silentRepeats &+ 1
    if silentRepeats >= Self.silentLimit { return .frozen }
    if let limit, repeats >= limit { return .frozen }
    return isNew ? .fresh : .old
  }
}
