/// Why an I2C transfer failed, the same on every adapter.
public enum BusError: Error, Equatable, Sendable {
  /// Nothing acknowledged the address.
  case noDevice(address: UInt8)
  /// The device acknowledged its address but refused a data byte.
  case dataNotAcknowledged(address: UInt8)
  /// The bus did not finish the transfer in its time, for example with SCL or SDA held low.
  case timeout(address: UInt8)
  /// Another master took the bus.
  case arbitrationLost(address: UInt8)
  /// The device delivered fewer bytes than asked for.
  case shortRead(address: UInt8, expected: Int, received: Int)
  /// The adapter cannot do this transfer (too long, or an unsupported kind).
  case unsupported(address: UInt8)
  /// The adapter itself has gone.
  case busGone
  /// Any other error of the operating system, by its number.
  case system(errno: Int32, address: UInt8)
}

/// An I2C bus, owned by whoever samples it: one owner, one transfer at a time.
///
/// Addresses are 7-bit. A transfer either completes as a whole or throws; after an error nothing may be
/// assumed about what the device took in. No call allocates.
public protocol I2CBus: ~Copyable {
  /// START, address+W, `bytes`, STOP.
  mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError)

  /// START, address+R, `buffer.count` bytes, STOP.
  mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError)

  /// START, address+W, `bytes`, repeated START, address+R, `buffer.count` bytes, STOP.
  @_lifetime(buffer: copy buffer)
  mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError)
}

extension I2CBus where Self: ~Copyable {
  /// Writes one byte to an 8-bit register.
  @inlinable
  public mutating func writeRegister(
    _ register: UInt8, _ value: UInt8, of address: UInt8
  ) throws(BusError) {
    let bytes: InlineArray<2, UInt8> = [register, value]
    try write(bytes.span, to: address)
  }

  /// Writes one byte to a register with a 16-bit, big-endian address (the VL53L1X and its kin).
  @inlinable
  public mutating func writeRegister(
    wide register: UInt16, _ value: UInt8, of address: UInt8
  ) throws(BusError) {
    let bytes: InlineArray<3, UInt8> = [
      UInt8(truncatingIfNeeded: register >> 8), UInt8(truncatingIfNeeded: register), value,
    ]
    try write(bytes.span, to: address)
  }

  /// Reads one byte from an 8-bit register.
  @inlinable
  public mutating func readRegister(_ register: UInt8, of address: UInt8) throws(BusError) -> UInt8 {
    let bytes: InlineArray<1, UInt8> = try readRegisters(register, of: address)
    return bytes[0]
  }

  /// Reads `count` consecutive bytes, starting at an 8-bit register, in one transfer.
  @inlinable
  public mutating func readRegisters<let count: Int>(
    _ first: UInt8, of address: UInt8
  ) throws(BusError) -> InlineArray<count, UInt8> {
    let pointer: InlineArray<1, UInt8> = [first]
    var bytes = InlineArray<count, UInt8>(repeating: 0)
    var buffer = bytes.mutableSpan
    try write(pointer.span, to: address, thenRead: &buffer)
    return bytes
  }

  /// Reads `count` consecutive bytes, starting at a 16-bit register, in one transfer.
  @inlinable
  public mutating func readRegisters<let count: Int>(
    wide first: UInt16, of address: UInt8
  ) throws(BusError) -> InlineArray<count, UInt8> {
    let pointer: InlineArray<2, UInt8> = [
      UInt8(truncatingIfNeeded: first >> 8), UInt8(truncatingIfNeeded: first),
    ]
    var bytes = InlineArray<count, UInt8>(repeating: 0)
    var buffer = bytes.mutableSpan
    try write(pointer.span, to: address, thenRead: &buffer)
    return bytes
  }
}
