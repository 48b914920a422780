/// A chip of registers of one byte: a write says where, and what from there on; a read goes on from there. The address
/// advances with each byte.
public class SimulatedRegisterChip: SimulatedChip {
  /// The register of the next byte.
  final var pointer = 0

  /// Bits of an address that the chip looks at.
  var addressBits: Int { 0x7F }

  /// Sets the pointer to where a write says.
  func point(to address: UInt8) { pointer = Int(address) & addressBits }

  /// Moves the pointer on after a byte.
  func advance() { pointer = (pointer + 1) & addressBits }

  /// Takes a byte for a register.
  func set(_ register: Int, _ value: UInt8) {}

  /// Gives the byte of a register, and does what reading it does.
  func get(_ register: Int) -> UInt8 { 0 }

  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    point(to: bytes[0])
    for index in 1..<max(1, bytes.count) {
      set(pointer, bytes[index])
      advance()
    }
  }

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    for index in 0..<buffer.count {
      buffer[index] = get(pointer)
      advance()
    }
  }
}
