import Files
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The immutable bytes of a file, of any size.
///
/// A file of up to `largestWhole` bytes is read when it is opened; of a longer one the blocks that were asked for last are
/// kept. Nothing is mapped: a file that shrinks, or that the disk no longer gives, leaves zeros and `failure`, and no signal.
/// Whoever has read to an end asks for `failure` before believing what was read.
///
/// Every access goes through a method that checks its range.
public final class LogBytes: @unchecked Sendable {
  // Sendable: what `wholeBase` points to is never written to, and the rest guards itself.
  /// Length of the file in bytes, when it was opened.
  public let count: Int
  /// Where they come from; `nil` for bytes in memory.
  public let path: String?
  /// All bytes, when they are in memory.
  private let whole: LogBlock?
  /// Where they are then: they live as long as this object, so that whoever reads needs no hold on the block.
  let wholeBase: UnsafeRawPointer?
  private let file: InputFile?
  private let blockSize: Int
  private let cache: Mutex<Cache>
  private let isBroken = Atomic<Bool>(false)

  /// The largest file that is held in memory.
  public static let largestWhole = 64 << 20
  /// Bytes of a block of a longer file, and how many blocks are kept.
  static let standardBlock = 1 << 20
  private static let keptBlocks = 16

  private struct Cache {
    /// The latest last.
    var blocks: [LogBlock] = []
    var failure: LogError?
  }

  /// Opens the file at `path`.
  ///
  /// Throws `LogError` when it cannot be opened or read, or is not a regular file.
  public convenience init(path: String) throws(LogError) {
    try self.init(path: path, largestWhole: Self.largestWhole, blockSize: Self.standardBlock)
  }

  /// The same with other sizes, for tests.
  init(path: String, largestWhole: Int, blockSize: Int) throws(LogError) {
    do throws(FileError) {
      let file = try InputFile(path: path)
      (count, self.path, self.blockSize) = (file.count, path, max(blockSize, 1))
      cache = Mutex(Cache())
      if file.count <= largestWhole {
        let block = LogBlock(0..<file.count)
        try file.fill(block.bytes, at: 0)
        (whole, wholeBase, self.file) = (block, UnsafeRawPointer(block.base), nil)
      } else {
        (whole, wholeBase, self.file) = (nil, nil, file)
      }
    } catch {
      throw LogError(error)
    }
  }

  /// A copy of bytes in memory.
  public convenience init(_ bytes: [UInt8]) {
    let block = LogBlock(0..<bytes.count)
    bytes.withUnsafeBytes { block.bytes.copyMemory(from: $0) }
    self.init(block)
  }

  /// Bytes in memory, whose first is that of a file, too.
  init(_ block: LogBlock) {
    (whole, wholeBase, file, path) = (block, UnsafeRawPointer(block.base), nil, nil)
    (count, blockSize) = (block.range.count, Self.standardBlock)
    cache = Mutex(Cache())
  }

  /// Why bytes could not be read, which then count as zeros; `nil` when all that was asked for is what the file has.
  public var failure: LogError? {
    isBroken.load(ordering: .acquiring) ? cache.withLock { $0.failure } : nil
  }

  /// Throws `failure`, if there is one.
  @inline(__always)
  func checkFailure() throws(LogError) {
    if isBroken.load(ordering: .acquiring), let failure { throw failure }
  }

  /// The block that has the byte at `offset`, which is in the file.
  func block(at offset: Int) -> LogBlock {
    if let whole { return whole }
    return cache.withLock { cache in
      if let last = cache.blocks.last, last.range.contains(offset) { return last }
      if let index = cache.blocks.lastIndex(where: { $0.range.contains(offset) }) {
        let block = cache.blocks.remove(at: index)
        cache.blocks.append(block)
        return block
      }
      let start = offset / blockSize * blockSize
      let block = LogBlock(start..<min(start + blockSize, count))
      do throws(FileError) {
        try file?.fill(block.bytes, at: start)
      } catch {
        block.bytes.initializeMemory(as: UInt8.self, repeating: 0)
        if cache.failure == nil { cache.failure = LogError(error) }
        isBroken.store(true, ordering: .releasing)
      }
      if cache.blocks.count >= Self.keptBlocks { cache.blocks.removeFirst() }
      cache.blocks.append(block)
      return block
    }
  }

  /// Calls `body` with the pieces that `range`, which is cut to the file, is read in; stops when it says `false`.
  func forEachPiece(in range: Range<Int>, _ body: (Int, UnsafeRawBufferPointer) -> Bool) {
    var rest = range.clamped(to: 0..<count)
    while !rest.isEmpty {
      let block = block(at: rest.lowerBound)
      let piece = rest.clamped(to: block.range)
      guard body(piece.lowerBound, block.bytes(in: piece)) else { return }
      rest = piece.upperBound..<rest.upperBound
    }
  }

  /// A copy of the bytes in `range`, which is cut to the file.
  public func copy(_ range: Range<Int>) -> [UInt8] {
    let range = range.clamped(to: 0..<count)
    return [UInt8](unsafeUninitializedCapacity: range.count) { buffer, used in
      forEachPiece(in: range) { start, bytes in
        if let target = buffer.baseAddress, let source = bytes.baseAddress {
          memcpy(target + (start - range.lowerBound), source, bytes.count)
        }
        return true
      }
      used = range.count
    }
  }

  /// Lends the bytes in `range`, which is cut to the file.
  @inline(__always)
  func withBytes<Result, Failure: Error>(
    in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let range = range.clamped(to: 0..<count)
    if let wholeBase {
      return try body(UnsafeRawBufferPointer(start: wholeBase + range.lowerBound, count: range.count))
    }
    return try withBlock(range, body)
  }

  /// Lends bytes of a file that is not in memory.
  @inline(never)
  private func withBlock<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard !range.isEmpty else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let block = block(at: range.lowerBound)
    if range.upperBound <= block.range.upperBound {
      return try withExtendedLifetime(block) { () throws(Failure) in try body(block.bytes(in: range)) }
    }
    return try withCopy(of: range, body)
  }

  /// Lends bytes that lie in more than one block.
  @inline(never)
  private func withCopy<Result, Failure: Error>(
    of range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let copy = LogBlock(range)
    forEachPiece(in: range) { start, bytes in
      UnsafeMutableRawBufferPointer(rebasing: copy.bytes[(start - range.lowerBound)...]).copyMemory(
        from: bytes)
      return true
    }
    return try withExtendedLifetime(copy) { () throws(Failure) in try body(copy.bytes(in: range)) }
  }

  /// The first place of `byte` in `range`, which is cut to the file.
  func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
    var result: Int?
    forEachPiece(in: range) { start, bytes in
      guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else {
        return true
      }
      result = start + (UnsafeRawPointer(found) - base)
      return false
    }
    return result
  }

  /// The CRC-32 of the bytes in `range`, which is cut to the file.
  func crc32(of range: Range<Int>) -> UInt32 {
    var result: UInt32 = 0
    forEachPiece(in: range) { _, bytes in
      result = checksum(bytes, after: result)
      return true
    }
    return result
  }
}

extension UnsafeRawBufferPointer {
  /// Whether there is nothing but zeros: each byte is as the one before it.
  var isAllZeros: Bool {
    guard let baseAddress, let first else { return true }
    return first == 0 && memcmp(baseAddress, baseAddress + 1, count - 1) == 0
  }
}

/// Some of the bytes of a file, in memory of their own.
final class LogBlock: @unchecked Sendable {
  // Sendable: written to by whoever makes it, before anybody else has it.
  /// Where in the file they stand.
  let range: Range<Int>
  /// The memory; not empty, so that it has an address.
  let base: UnsafeMutableRawPointer

  init(_ range: Range<Int>) {
    self.range = range
    base = .allocate(byteCount: max(range.count, 1), alignment: 8)
  }

  deinit { base.deallocate() }

  /// All of them.
  var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: range.count) }

  /// Those of the file's `part`, which must be in `range`.
  @inline(__always)
  func bytes(in part: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + (part.lowerBound - range.lowerBound), count: part.count)
  }
}

extension LogError {
  /// A file's error as a log's.
  init(_ error: FileError) {
    let cause: Cause =
      switch error.cause {
      case .system(let number): .system(errno: number)
      case .notRegular, .wrongKind: .notALog
      case .tooLarge: .tooLarge
      case .shrunk: .truncated
      case .exists, .isInput: .refused
      }
    self.init(
      cause, "\(error.path)\(error.what.hasPrefix("is ") ? " " : ": ")\(error.what)",
      remedy: error.remedy.prefix(1).uppercased() + error.remedy.dropFirst() + ".")
  }
}

/// The operating system's words for an error number.
func systemMessage(_ number: Int32) -> String {
  String(cString: strerror(number))
}
