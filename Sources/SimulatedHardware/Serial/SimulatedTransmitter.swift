/// Bytes that a simulated sender puts on its line in one go.
public struct SimulatedSerialFrame: Sendable {
  private var bytes = InlineArray<128, UInt8>(repeating: 0)
  /// How many there are.
  public private(set) var count = 0

  init() {}

  /// The byte at `place`, which must be below `count`.
  public subscript(place: Int) -> UInt8 {
    get { bytes[place] }
    set { bytes[place] = newValue }
  }

  mutating func put(_ byte: UInt8) {
    guard count < 128 else { return }
    bytes[count] = byte
    count += 1
  }
}

/// A radio's receiver, as the vehicle sees it: a pilot's sticks, sent at the protocol's frame rate. Written apart from the parsers.
public struct SimulatedTransmitter: Sendable {
  /// What the receiver speaks.
  public enum Dialect: String, CaseIterable, Sendable {
    /// CRSF at 250 Hz, with link statistics ten times a second.
    case crsf
    /// SBUS every 9 ms.
    case sbus
    /// IBUS every 7 ms.
    case ibus
  }

  /// What has become of the radio link.
  public enum Link: String, CaseIterable, Sendable {
    /// It is good.
    case up
    /// The receiver repeats what it last heard and says so, as far as its dialect can.
    case lost
    /// The receiver sends nothing.
    case silent
  }

  /// What the receiver speaks.
  public let dialect: Dialect
  /// Where sticks and switches are, in µs, channel 1 first.
  public var sticks = InlineArray<18, Float>(repeating: 1500)
  /// What has become of the link.
  public var link = Link.up

  private var heard = InlineArray<18, Float>(repeating: 1500)
  private var nextStatistics: Int64 = 0

  /// A receiver whose link is up, all sticks in the middle.
  public init(_ dialect: Dialect) { self.dialect = dialect }

  /// Time between frames in ns.
  public var period: Int64 {
    switch dialect {
    case .crsf: 4_000_000
    case .sbus: 9_000_000
    case .ibus: 7_000_000
    }
  }

  /// What goes on the wire at `time`, in ns.
  mutating func transmit(into frame: inout SimulatedSerialFrame, at time: Int64) {
    if link == .up { heard = sticks }
    guard link != .silent else { return }
    switch dialect {
    case .crsf:
      putCRSF(&frame)
      guard time >= nextStatistics else { return }
      nextStatistics = time + 100_000_000
      putStatistics(&frame)
    case .sbus: putSBUS(&frame)
    case .ibus: putIBUS(&frame)
    }
  }

  /// The number nearest to a stick's place, with so many `steps` for each µs from `zero` µs on.
  private func number(_ channel: Int, _ steps: Float, zero: Float, most: Float) -> UInt32 {
    UInt32(min(max(((heard[channel] - zero) * steps).rounded(), 0), most))
  }

  /// 16 numbers of 11 bits in a stream of bits, the lowest first.
  private func putBits(_ frame: inout SimulatedSerialFrame, zero: Float) {
    var bits = InlineArray<176, Bool>(repeating: false)
    for channel in 0..<16 {
      let value = number(channel, 1.6, zero: zero, most: 2047)
      for bit in 0..<11 { bits[channel * 11 + bit] = value & (1 << UInt32(bit)) != 0 }
    }
    for byte in 0..<22 {
      var value: UInt8 = 0
      for bit in 0..<8 where bits[byte * 8 + bit] { value += 1 << UInt8(bit) }
      frame.put(value)
    }
  }

  private func putCRSF(_ frame: inout SimulatedSerialFrame) {
    frame.put(0xC8)
    frame.put(24)
    frame.put(0x16)
    // The number 992 is 1500 µs.
    putBits(&frame, zero: 880)
    frame.put(Self.remainder(frame, from: 2))
  }

  private func putStatistics(_ frame: inout SimulatedSerialFrame) {
    let start = frame.count
    frame.put(0xC8)
    frame.put(12)
    frame.put(0x14)
    let isUp = link == .up
    // −61 and −63 dBm, 100 %, 9 dB, antenna 0, 250 Hz, 100 mW; then the way back.
    let payload: InlineArray<10, UInt8> = [61, 63, isUp ? 100 : 0, isUp ? 9 : 0xEC, 0, 7, 3, 70, 100, 8]
    for place in payload.indices { frame.put(payload[place]) }
    frame.put(Self.remainder(frame, from: start + 2))
  }

  /// The remainder of a polynomial division, bit by bit: x⁸ + x⁷ + x⁶ + x⁴ + x² + 1.
  private static func remainder(_ frame: SimulatedSerialFrame, from start: Int) -> UInt8 {
    var rest: UInt16 = 0
    for bit in 0..<(frame.count - start + 1) * 8 {
      let place = start + bit / 8
      let isSet = place < frame.count && frame[place] & (0x80 >> UInt8(bit % 8)) != 0
      rest = rest << 1 | (isSet ? 1 : 0)
      if rest & 0x100 != 0 { rest ^= 0x1D5 }
    }
    return UInt8(rest)
  }

  private func putSBUS(_ frame: inout SimulatedSerialFrame) {
    frame.put(0x0F)
    putBits(&frame, zero: 880)
    var flags: UInt8 = link == .lost ? 0x0C : 0
    if heard[16] > 1500 { flags += 1 }
    if heard[17] > 1500 { flags += 2 }
    frame.put(flags)
    frame.put(0)
  }

  private func putIBUS(_ frame: inout SimulatedSerialFrame) {
    frame.put(0x20)
    frame.put(0x40)
    for channel in 0..<14 {
      var value = number(channel, 1, zero: 0, most: 4095)
      if link == .lost, channel == 0 { value += 0x8000 }
      frame.put(UInt8(value % 256))
      frame.put(UInt8(value / 256))
    }
    var rest: Int32 = 0xFFFF
    for place in 0..<frame.count { rest -= Int32(frame[place]) }
    frame.put(UInt8(rest % 256))
    frame.put(UInt8(rest / 256))
  }
}
