import PortableMath

/// The registers of a simulated chip, with the ways in which chips put numbers into them.
struct RegisterFile<let count: Int> {
  private var bytes = InlineArray<count, UInt8>(repeating: 0)

  subscript(_ index: Int) -> UInt8 {
    get { bytes[index] }
    set { bytes[index] = newValue }
  }

  /// Sets every register to 0.
  mutating func clear() {
    for index in 0..<count { bytes[index] = 0 }
  }

  /// A number as 16 bits, the high byte first, at the end of the range where it is beyond it.
  mutating func put(
    bigEndian counts: Double, at register: Int, within range: ClosedRange<Int> = -32768...32767
  ) {
    let value = counts.quantized(range.lowerBound, range.upperBound)
    bytes[register] = UInt8(truncatingIfNeeded: value >> 8)
    bytes[register + 1] = UInt8(truncatingIfNeeded: value)
  }

  /// A number as 16 bits, the low byte first.
  mutating func put(
    littleEndian counts: Double, at register: Int, within range: ClosedRange<Int> = -32768...32767
  ) {
    let value = counts.quantized(range.lowerBound, range.upperBound)
    bytes[register] = UInt8(truncatingIfNeeded: value)
    bytes[register + 1] = UInt8(truncatingIfNeeded: value >> 8)
  }

  /// Three numbers of 16 bits, high bytes first.
  mutating func put(
    bigEndian counts: Vector3, at register: Int, within range: ClosedRange<Int> = -32768...32767
  ) {
    put(bigEndian: counts.x, at: register, within: range)
    put(bigEndian: counts.y, at: register + 2, within: range)
    put(bigEndian: counts.z, at: register + 4, within: range)
  }

  /// Three numbers of 16 bits, low bytes first.
  mutating func put(
    littleEndian counts: Vector3, at register: Int, within range: ClosedRange<Int> = -32768...32767
  ) {
    put(littleEndian: counts.x, at: register, within: range)
    put(littleEndian: counts.y, at: register + 2, within: range)
    put(littleEndian: counts.z, at: register + 4, within: range)
  }
}
