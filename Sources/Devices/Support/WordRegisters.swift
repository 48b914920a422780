import HardwareInterfaces

extension I2CBus where Self: ~Copyable {
  /// Writes a register of 16 bits, high byte first.
  mutating func writeWord(_ register: UInt8, _ value: UInt16, of address: UInt8) throws(BusError) {
    let bytes: InlineArray<3, UInt8> = [
      register, UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value),
    ]
    try write(bytes.span, to: address)
  }

  /// Reads a register of 16 bits, high byte first.
  mutating func readWord(_ register: UInt8, of address: UInt8) throws(BusError) -> UInt16 {
    let bytes: InlineArray<2, UInt8> = try readRegisters(register, of: address)
    return bytes.uint16(bigEndianAt: 0)
  }
}
