/// What a radio receiver says besides its channels.
public struct ReceiverFlags: OptionSet, Sendable, BitwiseCopyable {
  /// The bits.
  public var rawValue: UInt8

  /// Flags from their bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The newest frame came without news from the transmitter: its channels are older than it.
  public static let frameLost = ReceiverFlags(rawValue: 1)
  /// The receiver has lost its transmitter, whatever the channels say.
  public static let failsafe = ReceiverFlags(rawValue: 2)
}

/// What a radio receiver says, the same for every protocol.
///
/// Channels are pulse widths in eighths of a microsecond: CRSF and SBUS count in steps of 5/8 µs, IBUS in whole ones, CRSF's fine frames in
/// halves, quarters and eighths. So every value of every protocol has an exact place, and nothing is rounded before ``StickScaling``.
public struct ReceiverSample: Sendable, BitwiseCopyable, Equatable {
  /// Channels that there can be.
  public static let mostChannels = 18

  /// Pulse widths in 1/8 µs, channel 1 first; nominally 8000 to 16000 with the middle at 12000. Those from `channelCount` on mean nothing.
  public var channels = InlineArray<18, Int16>(repeating: 12_000)
  /// How many channels have been received.
  public var channelCount: UInt8 = 0
  /// What the receiver says of its link.
  public var flags: ReceiverFlags = []
  /// Share of the transmitter's packets that arrive, in %; `nil` when it is not known, or no longer.
  public var linkQuality: UInt8?
  /// Signal at the receiver's antenna in use, in dBm; `nil` when it is not known.
  public var signal: Int16?
  /// Signal above noise at the receiver, in dB; `nil` when it is not known.
  public var signalToNoise: Int8?
  /// Frames with channels that were taken so far.
  public var frames: UInt32 = 0
  /// Frames of other content that were sound.
  public var otherFrames: UInt32 = 0
  /// What looked like a frame and failed its check: its checksum, its parity, its footer.
  public var refused: UInt32 = 0
  /// Bytes that belong to no sound frame.
  public var skipped: UInt32 = 0

  /// Nothing has been received.
  public init() {}

  /// The channel of a number, 1 to 18, in 1/8 µs; `nil` when it has not been received.
  public func channel(_ number: Int) -> Int16? {
    number >= 1 && number <= Int(channelCount) && number <= Self.mostChannels ? channels[number - 1] : nil
  }

  /// Whether all of it is the same.
  public static func == (left: ReceiverSample, right: ReceiverSample) -> Bool {
    for index in 0..<mostChannels where left.channels[index] != right.channels[index] { return false }
    return left.channelCount == right.channelCount && left.flags == right.flags
      && left.linkQuality == right.linkQuality && left.signal == right.signal
      && left.signalToNoise == right.signalToNoise && left.frames == right.frames
      && left.otherFrames == right.otherFrames && left.refused == right.refused
      && left.skipped == right.skipped
  }
}
