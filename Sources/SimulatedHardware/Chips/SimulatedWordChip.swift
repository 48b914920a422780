/// A chip of registers of 16 bits, high byte first, of which a transfer reaches one: the address does not advance.
public class SimulatedWordChip: SimulatedChip {
  /// The register of the next transfer.
  final var pointer: UInt8 = 0

  /// Takes a word for a register.
  func set(_ register: UInt8, _ value: UInt16) {}

  /// Gives the word of a register, and does what reading it does.
  func get(_ register: UInt8) -> UInt16 { 0 }

  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = bytes[0]
    if bytes.count >= 3 { set(pointer, UInt16(bytes[1]) << 8 | UInt16(bytes[2])) }
  }

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    let value = get(pointer)
    for index in 0..<buffer.count {
      buffer[index] = UInt8(truncatingIfNeeded: index & 1 == 0 ? value >> 8 : value)
    }
  }
}
