import HardwareInterfaces
import PortableMath

/// What an SBUS count means. The field has two opinions, both with steps of 5/8 µs.
public enum SBUSScaling: String, CaseIterable, Sendable, BitwiseCopyable {
  /// 173 to 1812 are 988 to 2012 µs.
  case betaflight
  /// 200 to 1800 are 1000 to 2000 µs, as ArduPilot and PX4 have it.
  case ardupilot

  /// The pulse width of the count 0 in 1/8 µs.
  var zero: Int { self == .betaflight ? 7_040 : 7_000 }
  /// Counts that stand for a switch's two places.
  var ends: (low: Int, high: Int) { self == .betaflight ? (173, 1812) : (200, 1800) }
}

/// Reads SBUS, the protocol of Futaba and FrSky receivers: 100,000 Bd, 8E2, inverted on the wire.
///
/// A frame is `0f`, 16 numbers of 11 bits, a byte of flags and a footer: 25 bytes without a checksum. So a frame counts only where it is
/// known to begin: behind a gap, at once behind another sound frame, or when it ends where a look at the port ended. Everywhere else it only
/// shows where the next one is expected. Each byte must have its parity, the flags' upper half must be 0. An even number of turned bits in a
/// byte passes: on a line that `refused` says is bad, channels cannot be relied on.
public struct SBUSParser: ReceiverParser {
  /// 8E2; the inversion is the wiring's.
  public static let port = SerialSettings(baud: 100_000, parity: .even, stopBits: 2)

  /// What has been received so far.
  public private(set) var sample = ReceiverSample()

  private let scaling: SBUSScaling
  private let gap: Int64
  private var window = StreamWindow<64>()
  /// For each byte of the window, the newest in the lowest bit, whether it was damaged.
  private var damaged: UInt64 = 0
  private var marks = ParityMarks()
  private var quiet = QuietTime()
  /// Frames with channels in this call.
  private var taken = 0
  /// Whether a frame begins at the window's first byte.
  private var isAligned = false

  /// Bytes of a frame.
  private static let length = 25

  /// A parser that has seen nothing. A frame that breaks off for `gap` ns is given up: bytes of one come without any.
  public init(scaling: SBUSScaling = .betaflight, gap: Int64 = 600_000) {
    (self.scaling, self.gap) = (scaling, max(gap, 0))
  }

  /// See `ReceiverParser`.
  @discardableResult
  public mutating func take(_ bytes: Span<UInt8>, at time: MonotonicTime) -> Int {
    taken = 0
    if quiet.look(time, found: !bytes.isEmpty) >= gap {
      if window.count > 0 { sample.refused.countUp() }
      skip(window.count)
      isAligned = true
      marks = ParityMarks()
    }
    var place = 0
    while place < bytes.count {
      let byte = marks.take(bytes[place])
      place &+= 1
      guard let byte else { continue }
      window.append(byte.value)
      damaged = damaged << 1 | (byte.isSound ? 0 : 1)
      while step(isLast: place == bytes.count) {}
    }
    return taken
  }

  /// Takes one frame or one useless byte off the window. `false` when it needs more bytes.
  private mutating func step(isLast: Bool) -> Bool {
    guard window.count > 0 else { return false }
    guard window[0] == 0x0F else { return lose(1) }
    guard window.count >= Self.length else { return false }
    let isSound = damaged >> UInt64(window.count - Self.length) & (1 << UInt64(Self.length) - 1) == 0
    guard isSound, window[23] & 0xF0 == 0, Self.isFooter(window[24]) else {
      sample.refused.countUp()
      return lose(1)
    }
    if isAligned || (isLast && window.count == Self.length) {
      takeFrame()
      window.drop(Self.length)
    } else {
      skip(Self.length)
    }
    isAligned = true
    return true
  }

  /// SBUS has 00; SBUS2 has four others, in turn.
  static func isFooter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x00, 0x04, 0x14, 0x24, 0x34: true
    default: false
    }
  }

  private mutating func lose(_ number: Int) -> Bool {
    skip(number)
    isAligned = false
    return true
  }

  private mutating func skip(_ number: Int) {
    window.drop(number)
    sample.skipped.countUp(by: UInt32(clamping: number))
  }

  private mutating func takeFrame() {
    var (held, heldBits, next, channel) = (UInt32(0), 0, 1, 0)
    while channel < 16 {
      while heldBits < 11 {
        held |= UInt32(window[next]) << UInt32(heldBits)
        heldBits &+= 8
        next &+= 1
      }
      sample.channels[channel] = eighths(Int(held & 0x7FF))
      held >>= 11
      heldBits &-= 11
      channel &+= 1
    }
    let flags = window[23]
    sample.channels[16] = eighths(flags & 1 != 0 ? scaling.ends.high : scaling.ends.low)
    sample.channels[17] = eighths(flags & 2 != 0 ? scaling.ends.high : scaling.ends.low)
    sample.channelCount = 18
    sample.flags = []
    if flags & 4 != 0 { sample.flags.insert(.frameLost) }
    if flags & 8 != 0 { sample.flags.insert(.failsafe) }
    sample.frames.countReading()
    taken &+= 1
  }

  private func eighths(_ count: Int) -> Int16 { Int16(truncatingIfNeeded: count * 5 + scaling.zero) }
}
