import HardwareInterfaces
import PortableMath

extension MAVLink {
  /// What a stream held so far.
  public struct Statistics: BitwiseCopyable, Sendable, Equatable {
    /// Sound frames that were given out.
    public var frames: UInt32 = 0
    /// Frames of messages that are not known here, passed over whole.
    public var unknown: UInt32 = 0
    /// Frames whose checksum was wrong.
    public var damaged: UInt32 = 0
    /// Bytes that belong to no sound frame.
    public var skipped: UInt32 = 0
    /// Frames that ask for something that is not known (incompatibility flags).
    public var incompatible: UInt32 = 0
    /// Attempts to set the key over the link: never obeyed.
    public var keyChanges: UInt32 = 0
    /// Frames refused for their signature: none, a wrong one, one that was used before, a seventeenth sender's.
    public var unsigned: UInt32 = 0, wrongSignatures: UInt32 = 0, replayed: UInt32 = 0, strangers: UInt32 = 0
    /// Frames that a sender counted and that did not arrive, and those that came twice in a row.
    public var lost: UInt32 = 0, repeated: UInt32 = 0
    /// Messages that held NaN or infinity where a number must be.
    public var notFinite: UInt32 = 0

    /// Nothing yet.
    public init() {}
  }

  /// Finds frames in a stream of bytes. Plain data of fixed size; it never allocates and never fails, and counts what is wrong.
  ///
  /// ```
  /// var rest = bytes
  /// while !rest.isEmpty {
  ///   rest = rest.extracting(droppingFirst: parser.append(rest, at: time))
  ///   while let frame = parser.next() { … }
  /// }
  /// ```
  /// Frames of the first version (`fe`) are skipped. A frame whose checksum is wrong is passed over whole where another follows right behind
  /// it, else one byte is skipped: what a message carries, such as a log that holds frames, is not taken for frames.
  public struct Parser: BitwiseCopyable, Sendable {
    /// What the stream held so far.
    public private(set) var statistics = Statistics()
    /// Checks signatures; `nil` when frames need none.
    public private(set) var verifier: Verifier?

    private let gap: Int64
    private var window = StreamWindow<560>()
    private var quiet = QuietTime()
    /// Bytes at the window's beginning that a gap follows: no frame goes on behind them.
    private var settled = 0
    private var senders = InlineArray<16, Counter>(repeating: Counter())
    private var senderCount = 0

    private struct Counter: BitwiseCopyable {
      var system: UInt8 = 0, component: UInt8 = 0, sequence: UInt8 = 0
    }

    private static let setupSigning: UInt32 = 256

    /// A parser that has seen nothing. With a verifier only signed frames are given out. A frame that breaks off for `gap` ns is given up.
    public init(verifier: Verifier? = nil, gap: Int64 = 50_000_000) {
      (self.verifier, self.gap) = (verifier, max(gap, 0))
    }

    /// Takes bytes that a look at a port found; none is something to know, too. Returns how many it had room for: `next` makes room.
    public mutating func append(_ bytes: Span<UInt8>, at time: MonotonicTime) -> Int {
      if quiet.look(time, found: !bytes.isEmpty) >= gap { settled = window.count }
      var taken = 0
      while taken < bytes.count, window.room > 0 {
        window.append(bytes[taken])
        taken &+= 1
      }
      return taken
    }

    /// The next sound frame; `nil` when more bytes are needed.
    public mutating func next() -> Frame? {
      while window.count > 0 {
        let end = settled > 0 ? settled : window.count
        guard window[0] == 0xFD else {
          skip()
          continue
        }
        let length = end >= 3 ? 12 + Int(window[1]) + (window[2] & 1 != 0 ? 13 : 0) : Int.max
        guard end >= length else {
          if settled == 0 { return nil }
          skip()
          continue
        }
        switch check(length) {
        case .sound:
          let frame = takeFrame(length)
          drop(length)
          if let frame { return frame }
        case .damaged:
          // What follows tells whether its length was right.
          if end == length, settled == 0 { return nil }
          statistics.damaged.countUp()
          if end == length || window[length] == 0xFD {
            statistics.skipped.countUp(by: UInt32(clamping: length))
            drop(length)
          } else {
            skip()
          }
        }
      }
      return nil
    }

    /// The message in a frame; `nil` when it holds another one, or a number that is none, which is counted.
    public mutating func decode<Message: MAVLinkMessage>(
      _ frame: Frame, _ type: Message.Type = Message.self
    ) -> Message? {
      do throws(Refusal) { return try frame.decode(type) } catch {
        if error == .notFinite { statistics.notFinite.countUp() }
        return nil
      }
    }

    private enum Check { case sound, damaged }

    /// Whether the frame at the window's beginning has the checksum that it should; of an unknown message only one in 256 wrong ones is told.
    private func check(_ length: Int) -> Check {
      var crc = X25()
      let end = 10 + Int(window[1])
      var place = 1
      while place < end {
        crc.take(window[place])
        place &+= 1
      }
      let sent = UInt16(window[end]) | UInt16(window[end + 1]) << 8
      guard let extra = MAVLink.crcExtra(of: messageNumber) else {
        return crc.canBecome(sent) ? .sound : .damaged
      }
      crc.take(extra)
      return crc.value == sent ? .sound : .damaged
    }

    private var messageNumber: UInt32 {
      UInt32(window[7]) | UInt32(window[8]) << 8 | UInt32(window[9]) << 16
    }

    /// The frame at the window's beginning, whose checksum is right; `nil` when it is not to be taken.
    private mutating func takeFrame(_ length: Int) -> Frame? {
      var frame = Frame()
      frame.count = Int(window[1])
      frame.isSigned = window[2] & 1 != 0
      (frame.sequence, frame.system, frame.component) = (window[4], window[5], window[6])
      frame.message = messageNumber
      guard window[2] & 0xFE == 0 else {
        statistics.incompatible.countUp()
        return nil
      }
      guard frame.message != Self.setupSigning else {
        statistics.keyChanges.countUp()
        return nil
      }
      guard isTrusted(frame, length) else { return nil }
      count(frame)
      guard MAVLink.crcExtra(of: frame.message) != nil else {
        statistics.unknown.countUp()
        return nil
      }
      var place = 0
      while place < frame.count {
        frame.payload[place] = window[10 + place]
        place &+= 1
      }
      statistics.frames.countUp()
      return frame
    }

    private mutating func isTrusted(_ frame: Frame, _ length: Int) -> Bool {
      guard verifier != nil else { return true }
      guard frame.isSigned else {
        statistics.unsigned.countUp()
        return false
      }
      var bytes = InlineArray<280, UInt8>(repeating: 0)
      var signature = InlineArray<13, UInt8>(repeating: 0)
      let end = length - 13
      for place in 0..<end { bytes[place] = window[place] }
      for place in 0..<13 { signature[place] = window[end + place] }
      switch verifier?.fault(
        bytes.span.extracting(0..<end), signature, system: frame.system, component: frame.component)
      {
      case nil: return true
      case .wrong: statistics.wrongSignatures.countUp()
      case .replayed: statistics.replayed.countUp()
      case .tooManySenders: statistics.strangers.countUp()
      }
      return false
    }

    /// Follows the counts of the first 16 senders.
    private mutating func count(_ frame: Frame) {
      var place = 0
      while place < senderCount {
        if senders[place].system == frame.system, senders[place].component == frame.component { break }
        place &+= 1
      }
      if place < senderCount {
        switch frame.sequence &- senders[place].sequence {
        case 0: statistics.repeated.countUp()
        case let step: statistics.lost.countUp(by: UInt32(step - 1))
        }
      } else {
        guard senderCount < 16 else { return }
        senderCount &+= 1
      }
      senders[place] = Counter(
        system: frame.system, component: frame.component, sequence: frame.sequence)
    }

    private mutating func skip() {
      statistics.skipped.countUp()
      drop(1)
    }

    private mutating func drop(_ number: Int) {
      window.drop(number)
      settled = max(settled &- number, 0)
    }
  }
}
