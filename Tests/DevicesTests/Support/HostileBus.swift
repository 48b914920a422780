import HardwareInterfaces
import PortableMath
import Testing

@testable import Devices

/// A bus on which anything can happen: bytes are random, or random with the drivers' way through the start
/// remembered from what they wrote; errors strike at random.
struct HostileBus: I2CBus, ~Copyable {
  var random: RandomGenerator
  /// How often of 256 a byte that was written before is given back true.
  let honesty: UInt64
  private var memory = [UInt8](repeating: 0, count: 65_536)
  private var pointer = 0
  private let isWide: Bool

  init(seed: UInt64, honesty: UInt64, isWide: Bool) {
    random = RandomGenerator(seed: seed)
    self.honesty = honesty
    self.isWide = isWide
  }

  /// Makes a register give back `value`.
  mutating func plant(_ value: UInt8, at register: Int) { memory[register] = value }

  private mutating func strike(_ address: UInt8) throws(BusError) {
    switch random.nextBits() % 400 {
    case 0: throw .noDevice(address: address)
    case 1: throw .dataNotAcknowledged(address: address)
    case 2: throw .timeout(address: address)
    case 3: throw .shortRead(address: address, expected: 14, received: 3)
    case 4: throw .busGone
    default: return
    }
  }

  mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    try strike(address)
    let header = isWide ? 2 : 1
    guard bytes.count >= header else { return }
    pointer = isWide ? Int(bytes[0]) << 8 | Int(bytes[1]) : Int(bytes[0])
    for index in header..<max(header, bytes.count) {
      memory[(pointer + index - header) & 0xFFFF] = bytes[index]
    }
  }

  mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError) {
    try strike(address)
    for index in 0..<buffer.count {
      let bits = random.nextBits()
      buffer[index] =
        bits & 0xFF < honesty ? memory[(pointer + index) & 0xFFFF] : UInt8(truncatingIfNeeded: bits >> 32)
    }
  }

  @_lifetime(buffer: copy buffer)
  mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    try write(bytes, to: address)
    try read(from: address, into: &buffer)
  }
}

/// Polls a driver on a hostile bus, and expects that it goes on asking to be called, in time.
func fuzz<Driver: SensorDriver>(
  _ driver: Driver, isWide: Bool = false, plant: [Int: UInt8], seed: UInt64, honesty: UInt64
) {
  var driver = driver
  var bus = HostileBus(seed: seed, honesty: honesty, isWide: isWide)
  for (register, value) in plant { bus.plant(value, at: register) }
  var now = MonotonicTime.zero
  for step in 0..<4_000 {
    let poll = driver.poll(&bus, now: now)
    #expect(poll.next >= now)
    #expect(poll.next.nanoseconds(since: now) <= 2_000_000_000)
    now = poll.next
    if step % 1_000 == 999 {
      // A clock that jumps: far on, then on from there.
      now = now.advanced(milliseconds: Int64(bus.random.nextBits() % 100_000_000))
    }
  }
}

/// How often of 256 a hostile bus tells the truth.
let honesties: [UInt64] = [0, 200, 250, 255]
