extension InlineArray where Element == UInt8 {
  /// The big-endian signed 16-bit number at `offset`.
  func int16(bigEndianAt offset: Int) -> Int16 {
    Int16(truncatingIfNeeded: Int(self[offset]) << 8 | Int(self[offset + 1]))
  }

  /// The big-endian unsigned 16-bit number at `offset`.
  func uint16(bigEndianAt offset: Int) -> UInt16 {
    UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  /// The little-endian unsigned 16-bit number at `offset`.
  func uint16(littleEndianAt offset: Int) -> UInt16 {
    UInt16(self[offset + 1]) << 8 | UInt16(self[offset])
  }

  /// The little-endian signed 16-bit number at `offset`.
  func int16(littleEndianAt offset: Int) -> Int16 {
    Int16(bitPattern: uint16(littleEndianAt: offset))
  }

  /// Whether every byte from `first` on is `value`: the signature of a dead (0x00) or floating (0xFF) bus.
  func isUniform(_ value: UInt8, from first: Int = 0) -> Bool {
    for index in first..<count where self[index] != value { return false }
    return true
  }
}
