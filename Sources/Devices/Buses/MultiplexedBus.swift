import HardwareInterfaces

/// A channel of a multiplexer: a bus of its own behind an address of another one.
public struct BusChannel: Hashable, Sendable {
  /// 7-bit address of the multiplexer, 0x70 to 0x77.
  public var multiplexer: UInt8
  /// The channel, 0 to 7.
  public var number: UInt8

  /// A channel from its parts.
  public init(multiplexer: UInt8, number: UInt8) { (self.multiplexer, self.number) = (multiplexer, number) }
}

/// An I2C bus with multiplexers of the TCA9548A's kind (TCA9548A, PCA9548A: eight switches, one register) on it.
///
/// `route` says to which channel the transfers that follow go; before the first of them the multiplexer is switched,
/// in one more transfer of a byte, and only when it does not stand there already. Never are two channels open: their
/// devices may share an address. After any error a multiplexer is taken to stand nowhere, because the error may have
/// been its own reset.
public struct MultiplexedBus<Base: I2CBus & ~Copyable>: I2CBus, ~Copyable {
  /// The bus that the multiplexers are on.
  public var base: Base
  private var channel: BusChannel?
  /// The multiplexers that there are, a bit for each of 0x70 to 0x77.
  private var present: UInt8 = 0
  /// Where each multiplexer stands by the low three bits of its address: a bit for the open channel, or `unknown`.
  private var positions = InlineArray<8, UInt16>(repeating: unknown)
  private static var unknown: UInt16 { 0x100 }

  /// The bus `base` with the multiplexers of `channels` on it; they stand nowhere known.
  public init(_ base: consuming Base, channels: [BusChannel] = []) {
    self.base = base
    for channel in channels { present |= 1 << (channel.multiplexer & 7) }
  }

  /// Bit times of switching a multiplexer: START, address, mask, STOP.
  public static var bitsPerSwitch: Int { TransferBits.write(1) }

  /// Sends the transfers from now on through `channel`; `nil` for devices on the bus itself.
  public mutating func route(to channel: BusChannel?) { self.channel = channel }

  /// Closes all channels of the multiplexer at `address`, as its reset pin does.
  public mutating func close(_ address: UInt8) throws(BusError) {
    positions[Int(address & 7)] = Self.unknown
    let none: InlineArray<1, UInt8> = [0]
    try base.write(none.span, to: address)
    positions[Int(address & 7)] = 0
  }

  /// Forgets where every multiplexer stands: their reset pin was pulled, or their supply was gone.
  public mutating func forgetPositions() { positions = InlineArray(repeating: Self.unknown) }

  /// Opens the channel that transfers go to, and closes those of every other multiplexer.
  private mutating func open() throws(BusError) {
    guard let channel else { return }
    let slot = Int(channel.multiplexer & 7)
    for other in 0..<8 where other != slot && present >> UInt8(other) & 1 != 0 && positions[other] != 0 {
      do throws(BusError) {
        try close(0x70 | UInt8(other))
      } catch .noDevice {
        // Without supply it connects nothing.
      }
    }
    let wanted: UInt8 = 1 << (channel.number & 7)
    guard positions[slot] != UInt16(wanted) else { return }
    positions[slot] = Self.unknown
    let mask: InlineArray<1, UInt8> = [wanted]
    try base.write(mask.span, to: channel.multiplexer)
    positions[slot] = UInt16(wanted)
  }

  /// See `I2CBus`.
  public mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    try open()
    do throws(BusError) {
      try base.write(bytes, to: address)
    } catch {
      forgetOwn()
      throw error
    }
  }

  /// See `I2CBus`.
  public mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError) {
    try open()
    do throws(BusError) {
      try base.read(from: address, into: &buffer)
    } catch {
      forgetOwn()
      throw error
    }
  }

  /// See `I2CBus`.
  @_lifetime(buffer: copy buffer)
  public mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    try open()
    do throws(BusError) {
      try base.write(bytes, to: address, thenRead: &buffer)
    } catch {
      forgetOwn()
      throw error
    }
  }

  /// After an error behind a multiplexer it is switched anew.
  private mutating func forgetOwn() {
    if let channel { positions[Int(channel.multiplexer & 7)] = Self.unknown }
  }
}
