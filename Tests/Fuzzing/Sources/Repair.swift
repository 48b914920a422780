import LiquidModel

/// CRC-32 as zlib computes it, bit by bit: written apart from the one under test.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var crc = UInt32.max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 != 0 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  return ~crc
}

/// Puts the checksums of an MCAP file right: of its uncompressed chunks, of the data section, of the summary.
///
/// Lengths that lead out of the file end the walk; what is behind them stays as it is.
func repairChecksums(_ bytes: inout [UInt8]) {
  var at = 8
  var summaryStart: Int?
  while at + 9 <= bytes.count {
    let opcode = bytes[at]
    let length = bytes.number(at: at + 1, size: 8)
    guard length <= UInt64(bytes.count - at - 9) else { return }
    let (start, end) = (at + 9, at + 9 + Int(length))
    switch opcode {
    case 0x06 where end - start >= 40:
      let compression = bytes.number(at: start + 28, size: 4)
      guard compression == 0, bytes.number(at: start + 32, size: 8) <= UInt64(end - start - 40) else { break }
      let records = start + 40..<start + 40 + Int(bytes.number(at: start + 32, size: 8))
      bytes.put(UInt64(crc32(bytes[records])), at: start + 24, size: 4)
    case 0x0F where end - start >= 4:
      bytes.put(UInt64(crc32(bytes[..<at])), at: start, size: 4)
      summaryStart = end
    case 0x02 where end - start >= 20:
      guard let summaryStart else { return }
      bytes.put(UInt64(crc32(bytes[summaryStart..<start + 16])), at: start + 16, size: 4)
      return
    default: break
    }
    at = end
  }
}

extension [UInt8] {
  /// The little-endian number of `size` bytes at `place`, which must be inside.
  func number(at place: Int, size: Int) -> UInt64 {
    self[place..<place + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Puts a little-endian number of `size` bytes at `place`, which must be inside.
  mutating func put(_ number: UInt64, at place: Int, size: Int) {
    for byte in 0..<size { self[place + byte] = UInt8(truncatingIfNeeded: number >> UInt64(8 * byte)) }
  }
}
