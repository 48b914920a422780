/// Writes `text` with a terminating zero into `size` bytes, cut between two characters if it is too long.
func write(_ text: String, to buffer: UnsafeMutablePointer<CChar>?, size: Int) {
  guard let buffer, size > 0 else { return }
  var count = 0
  for scalar in text.unicodeScalars {
    let bytes = UTF8.encode(scalar)
    guard let bytes, count + bytes.count < size else { break }
    for byte in bytes {
      buffer[count] = CChar(bitPattern: byte)
      count += 1
    }
  }
  buffer[count] = 0
}

/// A text with a terminating zero that lies still.
struct CText: ~Copyable {
  let start: UnsafeMutablePointer<CChar>
  private let capacity: Int

  /// Room for `text`, and for later texts of up to `capacity` − 1 bytes.
  init(_ text: String, capacity: Int = 0) {
    self.capacity = max(capacity, text.utf8.count + 1)
    start = .allocate(capacity: self.capacity)
    write(text, to: start, size: self.capacity)
  }

  /// Replaces the text, cut to the capacity.
  mutating func set(_ text: String) { write(text, to: start, size: capacity) }

  deinit { start.deallocate() }
}
