import CZlib

/// CRC-32 (IEEE 802.3) of `bytes`, going on from `previous`, as MCAP uses it.
func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
  guard let start = bytes.baseAddress, !bytes.isEmpty else { return previous }
  let pointer = start.assumingMemoryBound(to: UInt8.self)
  return UInt32(truncatingIfNeeded: crc32_z(UInt(previous), pointer, bytes.count))
}

/// CRC-32 of bytes whose beginning has the CRC-32 `first` and whose last `count` bytes have `second`.
func checksum(_ first: UInt32, followedBy second: UInt32, count: Int) -> UInt32 {
  UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), count))
}
