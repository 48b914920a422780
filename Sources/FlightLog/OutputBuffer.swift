/// Growing memory that is filled in little-endian order and used again; appending allocates only while it
/// grows to its working size.
struct OutputBuffer: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  /// Bytes in use.
  private(set) var count = 0

  init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    base = .allocate(byteCount: self.capacity, alignment: 8)
  }

  deinit { base.deallocate() }

  /// The bytes in use; valid until the next change.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Forgets the contents and keeps the memory.
  mutating func clear() { count = 0 }

  /// Makes room for `more` bytes.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let wanted = max(capacity * 2, count + more)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 8)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    (base, capacity) = (larger, wanted)
  }

  /// Appends an integer.
  @inline(__always)
  mutating func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    reserve(MemoryLayout<T>.size)
    base.storeBytes(of: value.littleEndian, toByteOffset: count, as: T.self)
    count += MemoryLayout<T>.size
  }

  /// Appends bytes as they are.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (base + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  /// Appends the length as 32 bits, then the UTF-8 of `text`.
  mutating func append(text: String) {
    var text = text
    text.withUTF8 { utf8 in
      append(UInt32(truncatingIfNeeded: utf8.count))
      append(UnsafeRawBufferPointer(utf8))
    }
  }

  /// Appends zeros until `count` − `origin` is a multiple of `alignment`, a power of two.
  @inline(__always)
  mutating func align(to alignment: Int, from origin: Int) {
    var missing = (origin - count) & (alignment - 1)
    reserve(missing)
    while missing > 0 {
      base.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
      count += 1
      missing -= 1
    }
  }

  /// Lets `body` write at most `limit` bytes at the end, and takes in as many as it says.
  @inline(__always)
  mutating func fill(atMost limit: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
    reserve(limit)
    count += min(max(body(base + count), 0), limit)
  }

  /// Writes an integer over bytes that are already there.
  mutating func replace<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, with value: T) {
    guard offset >= 0, offset + MemoryLayout<T>.size <= count else { return }
    base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
  }
}
