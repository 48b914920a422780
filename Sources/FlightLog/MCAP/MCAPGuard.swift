/// A record of Ganglion's own that vouches for everything in front of it: the CRC-32 of the bytes from the guard before
/// it (or from the start of the file) up to itself.
///
/// MCAP has one checksum for all that is not in a chunk, and it stands at the end; a log that was cut off has none. The
/// writer puts a guard behind everything that stands in front of the first chunk and behind each chunk's index, so that
/// no bit of a cut log changes unseen. Other readers skip it, as they must with opcodes from 0x80 on. Its content is the
/// mark `ganglion`, the offset of the first byte that it covers (uint64) and the CRC (uint32); other bytes under its
/// opcode are another application's, and no guard.
struct MCAPGuard: Equatable, Sendable {
  /// What tells it from other applications' records of the same opcode.
  static let mark = Array("ganglion".utf8)
  /// Bytes of its content.
  static let length = mark.count + 12

  /// Where its record begins, which is where what it covers ends.
  var offset: Int
  /// The first byte that it covers.
  var start: UInt64
  /// The CRC-32 of what it covers.
  var crc: UInt32

  /// What is wrong with the bytes that it covers, if anything is. None begins in front of the guard before it, if that can
  /// be read: so all of them together cover no byte but those of guards twice, whatever a hostile file says.
  func finding(in bytes: LogBytes, after previous: MCAPGuard?) -> LogError? {
    guard let start = Int(exactly: start), start <= offset, start >= previous?.offset ?? 0,
      bytes.crc32(of: start..<offset) == crc
    else {
      return LogError(
        .checksum, at: offset, "a checksum does not fit the bytes in front of it",
        remedy: "Use another copy of the log: what it says of its topics and its run may be wrong.")
    }
    return nil
  }
}

extension ByteCursor {
  /// A guard whose record begins at `offset`; `nil` when the bytes are another application's.
  mutating func integrityGuard(at offset: Int) -> MCAPGuard? {
    guard remaining == MCAPGuard.length, let mark = range(count: UInt64(MCAPGuard.mark.count)),
      bytes.copy(mark) == MCAPGuard.mark, let start = integer(UInt64.self), let crc = integer(UInt32.self)
    else { return nil }
    return MCAPGuard(offset: offset, start: start, crc: crc)
  }
}

extension OutputBuffer {
  /// Sets the buffer to a guard of the bytes from `start` on.
  mutating func setGuard(start: Int, crc: UInt32) {
    beginRecord(.integrityGuard)
    for byte in MCAPGuard.mark { append(byte) }
    append(UInt64(start))
    append(crc)
    endRecord()
  }
}
