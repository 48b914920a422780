import ControlLoop

/// Decoding with every check; the first field that cannot be read is remembered and ends the reading.
struct TickFieldReader: TickFieldVisitor {
  var decoder: CDRDecoder
  var failure: (name: StaticString, offset: Int)?

  init(decoder: CDRDecoder) { self.decoder = decoder }

  private mutating func take<Value>(_ name: StaticString, _ read: Value?, into value: inout Value) {
    if let read, failure == nil {
      value = read
    } else {
      fail(name)
    }
  }

  private mutating func fail(_ name: StaticString) {
    if failure == nil { failure = (name, decoder.position) }
  }

  mutating func field(_ name: StaticString, _ value: inout UInt64, _ note: StaticString) {
    take(name, decoder.integer(), into: &value)
  }
  mutating func field(_ name: StaticString, _ value: inout Int64, _ note: StaticString) {
    take(name, decoder.integer(), into: &value)
  }
  mutating func field(_ name: StaticString, _ value: inout UInt32, _ note: StaticString) {
    take(name, decoder.integer(), into: &value)
  }
  mutating func field(_ name: StaticString, _ value: inout Float, _ note: StaticString) {
    take(name, decoder.float(), into: &value)
  }
  mutating func field(_ name: StaticString, _ value: inout Bool, _ note: StaticString) {
    take(name, decoder.bool(), into: &value)
  }

  mutating func field<Choice: RawRepresentable>(
    _ name: StaticString, _ value: inout Choice, _ note: StaticString
  ) where Choice.RawValue == UInt8 {
    take(name, decoder.integer(UInt8.self).flatMap { Choice(rawValue: $0) }, into: &value)
  }

  mutating func field<let capacity: Int>(
    _ name: StaticString, _ value: inout FixedVector<capacity>, _ note: StaticString
  ) {
    guard failure == nil, let count = decoder.integer(UInt32.self), count <= UInt32(capacity),
      Int(count) * 4 <= decoder.remaining
    else { return fail(name) }
    value = FixedVector(zeros: Int(count))
    for index in 0..<Int(count) {
      if let number = decoder.float() { value.storage[index] = number }
    }
  }
}

/// The schema: a line of `ros2msg` for each field.
struct TickSchemaWriter: TickFieldVisitor {
  private(set) var text = """
    # One tick of the controller: all that it saw and all that it decided, bit for bit.
    # Axes of the body: x forward, y right, z down.

    """

  private mutating func line(_ type: String, _ name: StaticString, _ note: StaticString) {
    text += "\(type) \(name)"
    if note.utf8CodeUnitCount > 0 { text += "  # \(note)" }
    text += "\n"
  }

  mutating func field(_ name: StaticString, _ value: inout UInt64, _ note: StaticString) {
    line("uint64", name, note)
  }
  mutating func field(_ name: StaticString, _ value: inout Int64, _ note: StaticString) {
    line("int64", name, note)
  }
  mutating func field(_ name: StaticString, _ value: inout UInt32, _ note: StaticString) {
    line("uint32", name, note)
  }
  mutating func field(_ name: StaticString, _ value: inout Float, _ note: StaticString) {
    line("float32", name, note)
  }
  mutating func field(_ name: StaticString, _ value: inout Bool, _ note: StaticString) {
    line("bool", name, note)
  }
  mutating func field<Choice: RawRepresentable>(
    _ name: StaticString, _ value: inout Choice, _ note: StaticString
  ) where Choice.RawValue == UInt8 {
    line("uint8", name, note)
  }
  mutating func field<let capacity: Int>(
    _ name: StaticString, _ value: inout FixedVector<capacity>, _ note: StaticString
  ) {
    line("float32[<=\(capacity)]", name, note)
  }
}
