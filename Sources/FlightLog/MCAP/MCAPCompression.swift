import CLZ4
import CZstd
import Synchronization

/// How the content of a chunk may be packed.
enum MCAPCompression: String, Sendable {
  case none = ""
  case zstd
  case lz4

  /// The largest content of a packed chunk, in bytes. Writers make chunks of a few megabytes; a small file must not
  /// fill the memory by saying that it holds much.
  static let largestContent: UInt64 = 256 << 20

  /// What all packed chunks of a file of `count` bytes may unpack to, in bytes: real logs unpack to 3 to 20 times their
  /// size. A byte that is repeated packs 30,000 times, and would keep a reader busy for hours over a small file.
  static func largestContent(ofFile count: Int) -> Int {
    let (product, isOver) = count.multipliedReportingOverflow(by: 64)
    return isOver ? .max : max(product, 1 << 30)
  }

  /// Unpacks `range` of `bytes` into exactly `count` bytes; `nil` when the packed bytes are damaged or give another
  /// count.
  func unpack(_ bytes: LogBytes, _ range: Range<Int>, count: Int) -> LogBytes? {
    let content = LogBlock(0..<count)
    guard count > 0 else { return LogBytes(content) }
    let unpacked = bytes.withBytes(in: range) { source in
      switch self {
      case .none: 0
      case .zstd: Self.unpackZstd(source, into: content.bytes)
      case .lz4: Self.unpackLZ4(source, into: content.bytes)
      }
    }
    return unpacked == count ? LogBytes(content) : nil
  }

  /// Bytes written; 0 when the source is damaged or does not fit.
  private static func unpackZstd(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard let context = ZstdContext.take() else { return 0 }
    defer { context.giveBack() }
    // Takes one frame after the other, and refuses to write beyond the target.
    let count = ZSTD_decompressDCtx(
      context.pointer, target.baseAddress, target.count, source.baseAddress, source.count)
    return ZSTD_isError(count) == 0 ? min(count, target.count) : 0
  }

  /// Bytes written; 0 when the source is damaged or does not fit.
  private static func unpackLZ4(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Int {
    var context: OpaquePointer?
    guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else { return 0 }
    defer { LZ4F_freeDecompressionContext(context) }
    guard let from = source.baseAddress, let to = target.baseAddress else { return 0 }
    var (read, written) = (0, 0)
    var hint = 1
    while read < source.count {
      var (taken, given) = (source.count - read, target.count - written)
      hint = LZ4F_decompress(context, to + written, &given, from + read, &taken, nil)
      guard LZ4F_isError(hint) == 0, taken + given > 0 else { return 0 }
      read += taken
      written += given
    }
    // 0 stands at the end of a frame; anything else asks for more.
    return hint == 0 ? written : 0
  }
}

/// What zstd works with. Making one takes many times as long as unpacking a small chunk, so they are kept.
private struct ZstdContext: @unchecked Sendable {
  // Sendable: whoever has taken it has it alone.
  let pointer: OpaquePointer

  private static let idle = Mutex<[ZstdContext]>([])
  /// The most that are kept, of about 100 KB each: one for each thread that reads.
  private static let mostIdle = 4

  /// One that nobody uses; `nil` without memory for one.
  static func take() -> ZstdContext? {
    idle.withLock { $0.popLast() } ?? ZSTD_createDCtx().map(ZstdContext.init)
  }

  func giveBack() {
    let isKept = Self.idle.withLock { idle in
      guard idle.count < Self.mostIdle else { return false }
      idle.append(self)
      return true
    }
    if !isKept { ZSTD_freeDCtx(pointer) }
  }
}

extension MCAPSegment {
  /// Its records: those in the file, or what a packed chunk unpacks to; with the checksum checked.
  func content(of file: LogBytes) throws(LogError) -> (bytes: LogBytes, records: Range<Int>) {
    var (bytes, range) = (file, records)
    if compression != .none {
      guard let unpacked = compression.unpack(file, records, count: size) else {
        throw LogError(
          .malformed, at: chunkOffset, "a chunk does not unpack to its \(size) bytes",
          remedy: LogError.recoverRemedy)
      }
      bytes = unpacked
      range = 0..<unpacked.count
    }
    guard crc == 0 || bytes.crc32(of: range) == crc else {
      throw LogError(
        .checksum, at: chunkOffset, "the checksum of a chunk does not fit its \(range.count) bytes",
        remedy: LogError.recoverRemedy)
    }
    return (bytes, range)
  }
}
