import ControlLoop

/// Encoding without a bounds check for each field: the caller has made room for `largestEncoding` bytes behind
/// the encapsulation. All offsets up to the sequences are constants to the optimiser.
struct TickFieldStore: TickFieldVisitor {
  /// Where the message's first number goes; offsets count from here, as CDR's alignment does.
  let base: UnsafeMutableRawPointer
  private(set) var offset = 0

  @inline(__always)
  init(base: UnsafeMutableRawPointer) { self.base = base }

  @inline(__always)
  private mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    let size = MemoryLayout<T>.size
    offset = (offset &+ size &- 1) & ~(size &- 1)
    base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    offset &+= size
  }

  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout UInt64, _ note: StaticString) { store(value) }
  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout Int64, _ note: StaticString) { store(value) }
  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout UInt32, _ note: StaticString) { store(value) }
  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout Float, _ note: StaticString) {
    store(value.bitPattern)
  }
  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout Bool, _ note: StaticString) {
    store(UInt8(value ? 1 : 0))
  }

  @inline(__always)
  mutating func field<Choice: RawRepresentable>(
    _ name: StaticString, _ value: inout Choice, _ note: StaticString
  ) where Choice.RawValue == UInt8 {
    store(value.rawValue)
  }

  @inline(__always)
  mutating func field<let capacity: Int>(
    _ name: StaticString, _ value: inout FixedVector<capacity>, _ note: StaticString
  ) {
    // Zeros in the gap: equal ticks have equal bytes.
    while offset & 3 != 0 { store(UInt8(0)) }
    store(UInt32(truncatingIfNeeded: value.count))
    for index in 0..<value.count { store(value.storage[index].bitPattern) }
  }
}

/// Decoding without a bounds check for each field: the caller has made sure of `smallestEncoding` bytes; only
/// the sequences' counts are checked against the end. Whatever does not fit clears `isSound`, and the checked
/// reader then finds out what it was.
struct TickFieldLoad: TickFieldVisitor {
  let base: UnsafeRawPointer
  let count: Int
  private(set) var offset = 0
  private(set) var isSound = true

  @inline(__always)
  init(_ bytes: UnsafeRawPointer, count: Int) { (base, self.count) = (bytes, count) }

  @inline(__always)
  private mutating func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) -> T {
    let size = MemoryLayout<T>.size
    offset = (offset &+ size &- 1) & ~(size &- 1)
    defer { offset &+= size }
    return T(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout UInt64, _ note: StaticString) { value = load() }
  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout Int64, _ note: StaticString) { value = load() }
  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout UInt32, _ note: StaticString) { value = load() }
  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout Float, _ note: StaticString) {
    value = Float(bitPattern: load())
  }
  @inline(__always)
  mutating func field(_ name: StaticString, _ value: inout Bool, _ note: StaticString) {
    let byte = load(UInt8.self)
    value = byte == 1
    if byte > 1 { isSound = false }
  }

  @inline(__always)
  mutating func field<Choice: RawRepresentable>(
    _ name: StaticString, _ value: inout Choice, _ note: StaticString
  ) where Choice.RawValue == UInt8 {
    if let choice = Choice(rawValue: load(UInt8.self)) { value = choice } else { isSound = false }
  }

  @inline(__always)
  mutating func field<let capacity: Int>(
    _ name: StaticString, _ value: inout FixedVector<capacity>, _ note: StaticString
  ) {
    offset = (offset &+ 3) & ~3
    guard isSound, count &- offset >= 4 else { return isSound = false }
    let length = Int(load(UInt32.self))
    guard length <= capacity, length &* 4 <= count &- offset else { return isSound = false }
    value = FixedVector(zeros: length)
    for index in 0..<length {
      value.storage[index] = Float(bitPattern: load())
    }
  }
}

/// Measures the shortest and the longest encoding of any tick.
struct TickFieldSize: TickFieldVisitor {
  private(set) var smallest = 0
  private(set) var largest = 0

  private mutating func add(_ size: Int) {
    smallest = (smallest + size - 1) / size * size + size
    largest = (largest + size - 1) / size * size + size
  }

  mutating func field(_ name: StaticString, _ value: inout UInt64, _ note: StaticString) { add(8) }
  mutating func field(_ name: StaticString, _ value: inout Int64, _ note: StaticString) { add(8) }
  mutating func field(_ name: StaticString, _ value: inout UInt32, _ note: StaticString) { add(4) }
  mutating func field(_ name: StaticString, _ value: inout Float, _ note: StaticString) { add(4) }
  mutating func field(_ name: StaticString, _ value: inout Bool, _ note: StaticString) { add(1) }
  mutating func field<Choice: RawRepresentable>(
    _ name: StaticString, _ value: inout Choice, _ note: StaticString
  ) where Choice.RawValue == UInt8 {
    add(1)
  }
  mutating func field<let capacity: Int>(
    _ name: StaticString, _ value: inout FixedVector<capacity>, _ note: StaticString
  ) {
    add(4)
    largest += capacity * 4
  }
}
