/// Why a port of bytes (a serial port, a gamepad) gave or took nothing, and will not by itself.
public enum PortError: Error, Equatable, Sendable, BitwiseCopyable {
  /// The device has gone: unplugged, or its other end was closed. Only opening it again can bring it back.
  case gone
  /// This program may not use it.
  case refused
  /// The device cannot do what was asked of it.
  case unsupported
  /// Any other error of the operating system, by its number.
  case system(errno: Int32)

  /// What happened, in one sentence without a full stop.
  public var cause: String {
    switch self {
    case .gone: "the device has gone: it was unplugged, or what it led to was closed"
    case .refused: "the device does not let this program use it"
    case .unsupported: "the device cannot do what it was asked for"
    case .system(let number): "the operating system reports error \(number)"
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .gone: "Plug it in again; look at its cable and its supply."
    case .refused: "Join the group that owns the device (ls -l names it), and log in again."
    case .unsupported: "Use a port that can, or other settings."
    case .system: "See the kernel's words: dmesg | tail."
    }
  }
}

/// How a serial port is set.
public struct SerialSettings: Equatable, Sendable, BitwiseCopyable {
  /// The bit that guards a byte.
  public enum Parity: UInt8, Sendable, BitwiseCopyable {
    /// There is none.
    case none
    /// It makes the number of ones even.
    case even
    /// It makes the number of ones odd.
    case odd
  }

  /// Bits per second, any number that the hardware can make.
  public var baud: UInt32
  /// Data bits of a byte: 5 to 8.
  public var dataBits: UInt8
  /// The bit behind them.
  public var parity: Parity
  /// Stop bits: 1 or 2.
  public var stopBits: UInt8

  /// Settings from their parts; 8N1 unless said otherwise.
  public init(baud: UInt32, dataBits: UInt8 = 8, parity: Parity = .none, stopBits: UInt8 = 1) {
    (self.baud, self.dataBits, self.parity, self.stopBits) = (baud, dataBits, parity, stopBits)
  }

  /// Time of a byte on the wire in ns, with its start bit.
  public var byteTime: Int64 {
    let bits = 1 + Int64(dataBits) + (parity == .none ? 0 : 1) + Int64(stopBits)
    return bits * 1_000_000_000 / Int64(max(baud, 1))
  }
}

/// A serial port, owned by whoever reads it. No call waits, and none allocates.
///
/// A port with parity gives a marked stream, as Linux does with PARMRK: `ff 00 x` stands for a byte x that came with a wrong parity bit or
/// without a stop bit, `ff ff` for a sound byte ff. ``ParityMarks`` reads it. So one stream of bytes is all that there is to log.
public protocol SerialPort: ~Copyable {
  /// Takes the bytes that have arrived, as many as `buffer` has room for. Returns their number: 0 when there are none.
  mutating func read(into buffer: inout MutableSpan<UInt8>) throws(PortError) -> Int

  /// Hands over bytes to be sent. Returns how many of them were taken: fewer than there are, or 0, when the port's buffer is full.
  mutating func write(_ bytes: Span<UInt8>) throws(PortError) -> Int
}

/// Reads the stream of a port with parity: finds the bytes in it, and those that came damaged.
public struct ParityMarks: BitwiseCopyable, Sendable {
  /// A byte of the line.
  public struct Byte: Equatable, BitwiseCopyable, Sendable {
    /// The byte.
    public var value: UInt8
    /// Whether its parity and its stop bit were right.
    public var isSound: Bool

    /// A byte from its parts.
    public init(value: UInt8, isSound: Bool) { (self.value, self.isSound) = (value, isSound) }
  }

  private enum Place: UInt8, BitwiseCopyable { case outside, behindMark, atDamaged }

  private var place = Place.outside

  /// A reader at the beginning of a stream.
  public init() {}

  /// Takes the next byte of the stream; `nil` when it only begins something. What no port sends (ff, then neither 00 nor ff) is damaged.
  public mutating func take(_ byte: UInt8) -> Byte? {
    switch place {
    case .outside:
      if byte != 0xFF { return Byte(value: byte, isSound: true) }
      place = .behindMark
      return nil
    case .behindMark:
      place = byte == 0 ? .atDamaged : .outside
      return byte == 0 ? nil : Byte(value: byte, isSound: byte == 0xFF)
    case .atDamaged:
      place = .outside
      return Byte(value: byte, isSound: false)
    }
  }
}
