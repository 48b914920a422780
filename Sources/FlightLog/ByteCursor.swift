/// A place in a file and an end that it never passes; every length from the file is checked against that end.
struct ByteCursor: @unchecked Sendable {
  // Sendable: nobody writes to the memory that `piece` points to.
  let bytes: LogBytes
  /// Offset in the file of the next byte.
  private(set) var position: Int
  /// Offset in the file of the first byte that may not be read.
  let end: Int
  /// The piece of the file that was read last, so that the next number need not be looked for: where it lies in memory, and
  /// which bytes it has. All of a file in memory is one piece.
  private var piece: UnsafeRawPointer?
  private var pieceStart, pieceEnd: Int
  /// What keeps the piece in memory, when `bytes` does not.
  private var block: LogBlock?

  /// A cursor over `range`, cut to the file.
  @inline(__always)
  init(_ bytes: LogBytes, _ range: Range<Int>) {
    let range = range.clamped(to: 0..<bytes.count)
    (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
    piece = bytes.wholeBase
    (pieceStart, pieceEnd) = (0, piece == nil ? 0 : bytes.count)
  }

  /// Bytes left.
  @inline(__always)
  var remaining: Int { end - position }

  /// The next little-endian integer, or `nil` at the end.
  @inline(__always)
  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) -> T? {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { return nil }
    let place = position
    position = place + size
    if let piece, place >= pieceStart, place + size <= pieceEnd {
      return T(littleEndian: (piece + (place - pieceStart)).loadUnaligned(as: T.self))
    }
    return found(T.self, at: place)
  }

  /// The integer at `place`, in a piece of the file that is not at hand.
  @inline(never)
  private mutating func found<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at place: Int) -> T {
    let size = MemoryLayout<T>.size
    let block = bytes.block(at: place)
    (self.block, piece) = (block, UnsafeRawPointer(block.base))
    (pieceStart, pieceEnd) = (block.range.lowerBound, block.range.upperBound)
    if place + size <= block.range.upperBound {
      return T(littleEndian: (block.base + (place - block.range.lowerBound)).loadUnaligned(as: T.self))
    }
    // It goes over the edge.
    return bytes.withBytes(in: place..<place + size) { T(littleEndian: $0.loadUnaligned(as: T.self)) }
  }

  /// Steps over `count` bytes; says `false`, and stays, when there are not so many.
  @inline(__always)
  mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, count <= remaining else { return false }
    position += count
    return true
  }

  /// Steps over `count` bytes and gives their range, or `nil` when there are not so many.
  @inline(__always)
  mutating func range(count: UInt64) -> Range<Int>? {
    guard count <= UInt64(remaining) else { return nil }
    let start = position
    position += Int(count)
    return start..<position
  }

  /// The next 32-bit length and as many bytes, as range.
  mutating func prefixedRange() -> Range<Int>? {
    guard let count = integer(UInt32.self) else { return nil }
    return range(count: UInt64(count))
  }

  /// The next string: 32-bit length and UTF-8; bytes that are not UTF-8 become U+FFFD.
  mutating func string() -> String? {
    guard let range = prefixedRange() else { return nil }
    return bytes.withBytes(in: range) { String(decoding: $0, as: UTF8.self) }
  }
}
