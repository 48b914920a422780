import HardwareInterfaces
import PortableMath

/// What the upper half of a channel's high byte is for in IBUS; receivers differ.
public enum IBUSUpperBits: String, CaseIterable, Sendable, BitwiseCopyable {
  /// Set in channel 1 or 4 it says that the transmitter is lost, as ArduPilot has it: 14 channels.
  case failsafe
  /// Three of them in a row are one more channel, as Betaflight has it: 18 channels, and no word of a lost link.
  case channels
}

/// Reads IBUS, the protocol of FlySky receivers: 115,200 Bd, 8N1, a frame every 7 ms.
///
/// A frame is `20 40`, 14 little-endian numbers whose lower 12 bits are µs, and FFFF minus the sum of the bytes before. Most receivers
/// repeat their last channels when the link is lost, so configure theirs to values that mean it.
public struct IBUSParser: ReceiverParser {
  /// 8N1.
  public static let port = SerialSettings(baud: 115_200)

  /// What has been received so far.
  public private(set) var sample = ReceiverSample()

  private let upperBits: IBUSUpperBits
  private let gap: Int64
  private var window = StreamWindow<64>()
  private var quiet = QuietTime()
  /// Frames with channels in this call.
  private var taken = 0

  /// Bytes of a frame.
  private static let length = 32

  /// A parser that has seen nothing. A frame that breaks off for `gap` ns is given up, and what is behind its first byte looked at again.
  public init(upperBits: IBUSUpperBits = .failsafe, gap: Int64 = 50_000_000) {
    (self.upperBits, self.gap) = (upperBits, max(gap, 0))
  }

  /// See `ReceiverParser`.
  @discardableResult
  public mutating func take(_ bytes: Span<UInt8>, at time: MonotonicTime) -> Int {
    taken = 0
    if quiet.look(time, found: !bytes.isEmpty) >= gap {
      // Shorter than a frame, so no frame can be behind its first byte.
      sample.skipped.countUp(by: UInt32(clamping: window.count))
      window.drop(window.count)
    }
    var place = 0
    while place < bytes.count {
      window.append(bytes[place])
      place &+= 1
      while step() {}
    }
    return taken
  }

  /// Takes one frame or one useless byte off the window. `false` when it needs more bytes.
  private mutating func step() -> Bool {
    guard window.count > 0 else { return false }
    guard window[0] == 0x20 else { return skip() }
    guard window.count >= 2 else { return false }
    guard window[1] == 0x40 else { return skip() }
    guard window.count >= Self.length else { return false }
    var sum: UInt16 = 0xFFFF
    var place = 0
    while place < Self.length - 2 {
      sum &-= UInt16(window[place])
      place &+= 1
    }
    guard sum == word(Self.length - 2) else {
      sample.refused.countUp()
      return skip()
    }
    takeFrame()
    window.drop(Self.length)
    return true
  }

  private mutating func skip() -> Bool {
    window.drop(1)
    sample.skipped.countUp()
    return true
  }

  private func word(_ place: Int) -> UInt16 { UInt16(window[place]) | UInt16(window[place + 1]) << 8 }

  private func nibble(_ slot: Int) -> UInt16 { word(2 + 2 * slot) >> 12 }

  private mutating func takeFrame() {
    var slot = 0
    while slot < 14 {
      sample.channels[slot] = Int16(truncatingIfNeeded: (word(2 + 2 * slot) & 0xFFF) << 3)
      slot &+= 1
    }
    switch upperBits {
    case .failsafe:
      sample.channelCount = 14
      sample.flags = nibble(0) != 0 || nibble(3) != 0 ? .failsafe : []
    case .channels:
      var extra = 0
      while extra < 4 {
        let width = nibble(3 * extra) | nibble(3 * extra + 1) << 4 | nibble(3 * extra + 2) << 8
        sample.channels[14 + extra] = Int16(truncatingIfNeeded: width << 3)
        extra &+= 1
      }
      sample.channelCount = 18
    }
    sample.frames.countReading()
    taken &+= 1
  }
}
