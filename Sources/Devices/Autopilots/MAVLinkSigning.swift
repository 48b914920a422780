import Files

extension MAVLink {
  /// A key of 32 bytes that both sides know.
  public struct Key: BitwiseCopyable, Sendable {
    private let bytes: InlineArray<32, UInt8>

    /// A key from its bytes; `nil` unless there are 32.
    public init?(_ bytes: Span<UInt8>) {
      guard bytes.count == 32 else { return nil }
      var key = InlineArray<32, UInt8>(repeating: 0)
      for place in 0..<32 { key[place] = bytes[place] }
      self.bytes = key
    }

    /// First 6 bytes of the digest of the key, a frame up to its checksum, the link and the time (mavlink.io, *Message Signing*).
    fileprivate func signature(
      _ frame: Span<UInt8>, link: UInt8, time: UInt64
    ) -> InlineArray<13, UInt8> {
      var signature = InlineArray<13, UInt8>(repeating: link)
      for byte in 0..<6 { signature[1 + byte] = UInt8(truncatingIfNeeded: time >> UInt64(8 * byte)) }
      var hash = SHA256()
      hash.update(bytes.span)
      hash.update(frame)
      hash.update(signature.span.extracting(0..<7))
      let digest = hash.finishInline()
      for byte in 0..<6 { signature[7 + byte] = digest[byte] }
      return signature
    }
  }

  /// Signs what is sent.
  public struct Signer: BitwiseCopyable, Sendable {
    /// The time of the last signature, in 10 µs since the beginning of 2015: to be stored, and given back after a restart.
    public private(set) var time: UInt64

    private let key: Key
    private let link: UInt8

    /// A signer on a link of a number; `time` is the last that was ever used with this key.
    public init(key: Key, link: UInt8, time: UInt64) { (self.key, self.link, self.time) = (key, link, time) }

    /// The 13 bytes behind a frame. Each has a later time than the one before, whatever the clock does.
    mutating func sign(_ frame: Span<UInt8>, clock: UInt64) -> InlineArray<13, UInt8> {
      time = min(max(clock, time &+ 1), 0xFFFF_FFFF_FFFF)
      return key.signature(frame, link: link, time: time)
    }
  }

  /// What is wrong with a frame's signature.
  enum SignatureFault: Equatable, Sendable, BitwiseCopyable {
    /// It is of another key, or the frame was changed.
    case wrong
    /// It was used before, or is older than what was used before.
    case replayed
    /// It is of one more sender than can be followed.
    case tooManySenders
  }

  /// Checks signatures, and that none comes twice.
  public struct Verifier: BitwiseCopyable, Sendable {
    /// The newest time that a sound signature had, in 10 µs since the beginning of 2015: to be stored, and given back after a restart.
    public private(set) var newest: UInt64

    private struct Stream: BitwiseCopyable {
      var link: UInt8 = 0, system: UInt8 = 0, component: UInt8 = 0
      var time: UInt64 = 0
    }

    private let key: Key
    /// Nothing that is not newer is taken from anybody: it may have been taken before the restart.
    private let floor: UInt64
    private var streams = InlineArray<16, Stream>(repeating: Stream())
    private var count = 0

    /// A sender that is new may be as far behind the newest time that is known, in 10 µs: a minute.
    private static let longestLag: UInt64 = 6_000_000

    /// A verifier; `newest` is the time that an earlier one had at its end.
    public init(key: Key, newest: UInt64) { (self.key, self.newest, floor) = (key, newest, newest) }

    /// What is wrong with a frame's signature; `nil` when nothing is, and then its time counts as used. `frame` goes from the first byte to
    /// the checksum, and `signature` has the 13 bytes behind it.
    mutating func fault(
      _ frame: Span<UInt8>, _ signature: InlineArray<13, UInt8>, system: UInt8, component: UInt8
    ) -> SignatureFault? {
      var time: UInt64 = 0
      for byte in 0..<6 { time |= UInt64(signature[1 + byte]) << UInt64(8 * byte) }
      let link = signature[0]
      let expected = key.signature(frame, link: link, time: time)
      var difference: UInt8 = 0
      // All of them, so that the time taken does not tell how many are right.
      for byte in 7..<13 { difference |= expected[byte] ^ signature[byte] }
      guard difference == 0 else { return .wrong }
      var place = 0
      while place < count {
        let stream = streams[place]
        if stream.link == link, stream.system == system, stream.component == component { break }
        place &+= 1
      }
      if place < count {
        guard time > streams[place].time else { return .replayed }
      } else {
        guard time > floor, time &+ Self.longestLag >= newest else { return .replayed }
        guard count < 16 else { return .tooManySenders }
        count &+= 1
      }
      streams[place] = Stream(link: link, system: system, component: component, time: time)
      newest = max(newest, time)
      return nil
    }
  }
}
