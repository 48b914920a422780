import Signals

/// What a vehicle tells programs that subscribe at its telemetry socket, as bytes (docs/telemetry.md). All is little-endian.
///
///     a subscription                                a record
///     0   u32  magic, "GNGT"                        0   u32  magic, "GNGT"
///     4   u16  version, 1                           4   u16  version, 1
///     6   u16  0                                    6   u16  1: the last one, the run has ended
///     8   u32  every: a record of each n-th tick    8   u32  digest of the layout
///     12  u32  lease in ms                          12  u32  records to this subscriber so far
///                                                   16  u64  the tick
///                                                   24  u64  time in ns since the run began
///                                                   32       the tick's record, as the layout says
public enum TelemetryRecord {
  /// The first four bytes: "GNGT".
  public static let magic: UInt32 = 0x5447_4E47
  /// The version of the format.
  public static let version: UInt16 = 1
  /// Bytes of a subscription, and of what stands in front of a tick's record.
  public static let subscriptionLength = 16, headerLength = 32
  /// Shortest and longest lease in ms.
  static let leases: ClosedRange<UInt32> = 100...60_000

  /// What a program asks for.
  public struct Subscription: Equatable, Sendable {
    /// A record of each so many ticks.
    public var every: UInt32
    /// For how long, in ms.
    public var lease: UInt32

    /// A subscription from its parts.
    public init(every: UInt32, lease: UInt32) { (self.every, self.lease) = (every, lease) }

    /// The subscription in a datagram; `nil` when it is none.
    public init?(_ bytes: UnsafeRawBufferPointer) {
      func number(_ place: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      }
      guard bytes.count == subscriptionLength, number(0) == magic, number(4) == UInt32(version),
        number(8) > 0, leases.contains(number(12))
      else { return nil }
      self.init(every: number(8), lease: number(12))
    }

    /// It as bytes.
    public var bytes: [UInt8] {
      [magic, UInt32(version), every, lease].flatMap { number in
        withUnsafeBytes(of: number.littleEndian, Array.init)
      }
    }
  }

  /// Writes what stands in front of a tick's record.
  static func putHeader(
    _ bytes: UnsafeMutableRawBufferPointer, isLast: Bool, digest: UInt32, count: UInt32, tick: UInt64,
    time: Int64
  ) {
    guard bytes.count >= headerLength else { return }
    bytes.storeBytes(of: magic.littleEndian, toByteOffset: 0, as: UInt32.self)
    bytes.storeBytes(of: version.littleEndian, toByteOffset: 4, as: UInt16.self)
    bytes.storeBytes(of: (isLast ? 1 : 0 as UInt16).littleEndian, toByteOffset: 6, as: UInt16.self)
    bytes.storeBytes(of: digest.littleEndian, toByteOffset: 8, as: UInt32.self)
    bytes.storeBytes(of: count.littleEndian, toByteOffset: 12, as: UInt32.self)
    bytes.storeBytes(of: tick.littleEndian, toByteOffset: 16, as: UInt64.self)
    bytes.storeBytes(of: time.littleEndian, toByteOffset: 24, as: Int64.self)
  }
}
