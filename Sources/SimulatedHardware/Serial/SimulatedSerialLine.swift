import HardwareInterfaces
import PortableMath

/// What happens to bytes on a serial line. Probabilities are for each byte, all 0 on a good line.
public struct SerialTrouble: Sendable, Equatable {
  /// That it does not arrive, that it arrives twice, and that a random byte arrives before it.
  public var lost = 0.0, duplicated = 0.0, noise = 0.0
  /// That it arrives with some of its bits turned over: any but none.
  public var flipped = 0.0
  /// That the line pauses before it, and for how long at most, in ns.
  public var paused = 0.0
  /// See `paused`.
  public var longestPause: Int64 = 5_000_000
  /// Random bytes come one after another, as fast as the line carries them, beside everything else.
  public var isFlooded = false

  /// A good line.
  public init() {}
}

/// A serial line with something at its other end, in virtual time: bytes arrive one after another, each when its last bit would.
///
/// Modelled: the time of a byte, the buffer of the system (4096 bytes, what comes beyond is lost), parity with its marks (`SerialPort`), and
/// `SerialTrouble`. Not modelled: that an adapter on USB brings bytes in batches, and the time that the vehicle's own bytes take.
public final class SimulatedSerialLine {
  /// What happens to the bytes from now on.
  public var trouble = SerialTrouble()
  /// Whether the device has gone: every call of its port fails.
  public var isGone = false
  /// The sender at the other end; none is silence.
  public var transmitter: SimulatedTransmitter?
  /// Bytes that were lost because nobody read them.
  public private(set) var overflowed: UInt64 = 0
  /// Bytes that the vehicle has sent, and the newest of them.
  public private(set) var received: UInt64 = 0

  private let settings: SerialSettings
  private var random: RandomGenerator
  private var now = MonotonicTime.zero
  /// When the line is free again, and when the transmitter sends next, in ns.
  private var free: Int64 = 0
  private var nextFrame: Int64 = 0
  private var nextNoise: Int64 = 0

  private static let capacity = 4096
  /// Bytes of the stream, with marks, and when each arrives in ns: a ring.
  private var bytes = [UInt8](repeating: 0, count: capacity)
  private var times = [Int64](repeating: 0, count: capacity)
  private var first = 0
  private var count = 0

  private static let sentCapacity = 256
  private var sent = [UInt8](repeating: 0, count: sentCapacity)

  /// A line of a port with these settings, whose trouble follows from a seed.
  public init(settings: SerialSettings, seed: UInt64) {
    self.settings = settings
    random = RandomGenerator(seed: seed, stream: nameHash("serial"))
  }

  /// The port at the vehicle's end; one owner at a time.
  public func port() -> SimulatedSerialPort { SimulatedSerialPort(self) }

  /// The newest bytes that the vehicle has sent, the oldest first, at most 256.
  public var newestReceived: [UInt8] {
    let kept = Int(min(received, UInt64(Self.sentCapacity)))
    return (0..<kept).map { sent[(Int(received % 256) + 256 - kept + $0) % 256] }
  }

  /// Lets time go on to `time`.
  public func advance(to time: MonotonicTime) {
    guard time > now else { return }
    now = time
    while let sender = transmitter, nextFrame <= now.nanoseconds {
      let start = max(nextFrame, free)
      var frame = SimulatedSerialFrame()
      transmitter?.transmit(into: &frame, at: start)
      nextFrame &+= max(sender.period, 1_000)
      free = start
      for place in 0..<frame.count { carry(frame[place]) }
    }
    guard trouble.isFlooded else {
      nextNoise = now.nanoseconds
      return
    }
    while nextNoise <= now.nanoseconds {
      nextNoise &+= settings.byteTime
      keep(UInt8(truncatingIfNeeded: random.nextBits() >> 56), isSound: true, at: nextNoise)
    }
  }

  /// Puts bytes on the line as if something had sent them now.
  public func send(_ bytes: [UInt8]) {
    free = max(free, now.nanoseconds)
    for byte in bytes { carry(byte) }
  }

  /// Brings one byte over the line, with whatever happens to it. Nothing is drawn for what cannot happen.
  private func carry(_ byte: UInt8) {
    if happens(trouble.paused) {
      free &+= Int64(random.nextUniform() * Double(max(trouble.longestPause, 0)))
    }
    if happens(trouble.noise) { arrive(UInt8(truncatingIfNeeded: random.nextBits() >> 56), flips: 0) }
    let flips = happens(trouble.flipped) ? UInt8(1 + random.nextBits() % 255) : 0
    let isLost = happens(trouble.lost)
    free &+= isLost ? settings.byteTime : 0
    if !isLost { arrive(byte, flips: flips) }
    if happens(trouble.duplicated) { arrive(byte, flips: flips) }
  }

  private func happens(_ probability: Double) -> Bool {
    probability > 0 && random.nextUniform() < probability
  }

  private func arrive(_ byte: UInt8, flips: UInt8) {
    free &+= settings.byteTime
    // An odd number of turned bits is what a parity bit shows.
    keep(byte ^ flips, isSound: flips.nonzeroBitCount % 2 == 0, at: free)
  }

  private func keep(_ byte: UInt8, isSound: Bool, at time: Int64) {
    guard settings.parity != .none else { return put(byte, time) }
    if !isSound {
      put(0xFF, time)
      put(0x00, time)
    } else if byte == 0xFF {
      put(0xFF, time)
    }
    put(byte, time)
  }

  private func put(_ byte: UInt8, _ time: Int64) {
    guard count < Self.capacity else {
      overflowed &+= 1
      return
    }
    let place = (first + count) % Self.capacity
    (bytes[place], times[place]) = (byte, time)
    count += 1
  }

  fileprivate func take(into buffer: inout MutableSpan<UInt8>) -> Int {
    var taken = 0
    while taken < buffer.count, count > 0, times[first] <= now.nanoseconds {
      buffer[taken] = bytes[first]
      first = (first + 1) % Self.capacity
      count -= 1
      taken += 1
    }
    return taken
  }

  fileprivate func hear(_ span: Span<UInt8>) {
    for place in 0..<span.count {
      sent[Int(received % UInt64(Self.sentCapacity))] = span[place]
      received &+= 1
    }
  }
}

/// The vehicle's end of a simulated serial line.
public struct SimulatedSerialPort: SerialPort, ~Copyable {
  private let line: SimulatedSerialLine

  fileprivate init(_ line: SimulatedSerialLine) { self.line = line }

  /// See `SerialPort`.
  public mutating func read(into buffer: inout MutableSpan<UInt8>) throws(PortError) -> Int {
    if line.isGone { throw .gone }
    return line.take(into: &buffer)
  }

  /// See `SerialPort`.
  public mutating func write(_ bytes: Span<UInt8>) throws(PortError) -> Int {
    if line.isGone { throw .gone }
    line.hear(bytes)
    return bytes.count
  }
}
