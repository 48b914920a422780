/// Writes messages in CDR, little-endian, as ROS 2 does (OMG CDR 1 in the encapsulation `00 01 00 00`).
///
/// Each number is aligned to its size, counted from behind the four bytes of encapsulation; strings and
/// sequences carry a 32-bit count, a string's includes its closing zero. The buffer is used again for every
/// message, so encoding allocates nothing once it has grown.
struct CDREncoder: ~Copyable {
  /// Bytes in front of the first number.
  static let encapsulation = 4

  private var buffer = OutputBuffer()

  /// The message as encoded so far; valid until the next change.
  var payload: UnsafeRawBufferPointer { buffer.bytes }

  /// Starts a message.
  mutating func begin() {
    buffer.clear()
    // Representation CDR_LE, no options.
    buffer.append(UInt32(0x0000_0100))
  }

  /// Appends an integer.
  @inline(__always)
  mutating func put<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    buffer.align(to: MemoryLayout<T>.size, from: Self.encapsulation)
    buffer.append(value)
  }

  /// Appends a float32 by its bits.
  @inline(__always)
  mutating func put(_ value: Float) { put(value.bitPattern) }

  /// Appends a float64 by its bits.
  @inline(__always)
  mutating func put(_ value: Double) { put(value.bitPattern) }

  /// Appends a bool.
  @inline(__always)
  mutating func put(_ value: Bool) { put(UInt8(value ? 1 : 0)) }

  /// Appends a string.
  mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      put(UInt32(truncatingIfNeeded: utf8.count + 1))
      buffer.append(UnsafeRawBufferPointer(utf8))
    }
    buffer.append(UInt8(0))
  }

  /// Lets `body` write at most `limit` bytes behind a begun message's encapsulation, and takes in as many as it
  /// says.
  @inline(__always)
  mutating func fill(atMost limit: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
    buffer.fill(atMost: limit, body)
  }

  /// Appends a ROS time: seconds and nanoseconds since the clock's start.
  mutating func putTime(nanoseconds: UInt64) {
    put(Int32(truncatingIfNeeded: nanoseconds / 1_000_000_000))
    put(UInt32(truncatingIfNeeded: nanoseconds % 1_000_000_000))
  }
}
