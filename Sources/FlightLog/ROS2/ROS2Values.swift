/// Flattens a CDR message by its schema into names and values, as `header.stamp.sec` or `inputs[3]`.
struct ROS2Values {
  /// The most values of one message, and the deepest nesting, that are read.
  static let largestCount = 65_536
  static let deepestNesting = 16

  private let schema: ROS2Schema
  private var decoder: CDRDecoder
  private var values: [(name: String, text: String)] = []
  /// Texts with bytes that are no text.
  private var oddTexts = 0
  /// Fields and elements visited, also those that take no bytes.
  private var steps = 0

  /// All values of the message in `range`; counts its texts with zeros or bytes that are not UTF-8, whose places say so (U+FFFD).
  ///
  /// Throws `LogError` when the message does not fit the schema.
  static func read(
    _ schema: ROS2Schema, _ bytes: LogBytes, _ range: Range<Int>, oddTexts: inout Int
  ) throws(LogError) -> [(name: String, text: String)] {
    guard let decoder = CDRDecoder(bytes, range) else {
      throw LogError(
        .unsupported, at: range.lowerBound, "a message is not plain CDR",
        remedy: LogError.recoverRemedy)
    }
    var reader = ROS2Values(schema: schema, decoder: decoder)
    try reader.read(schema.fields, prefix: "", depth: 0)
    oddTexts += reader.oddTexts
    return reader.values
  }

  /// All values of the message in `range`, whatever its texts hold.
  static func read(
    _ schema: ROS2Schema, _ bytes: LogBytes, _ range: Range<Int>
  ) throws(LogError) -> [(name: String, text: String)] {
    var oddTexts = 0
    return try read(schema, bytes, range, oddTexts: &oddTexts)
  }

  private init(schema: ROS2Schema, decoder: CDRDecoder) {
    (self.schema, self.decoder) = (schema, decoder)
  }

  private mutating func read(_ fields: [ROS2Schema.Field], prefix: String, depth: Int) throws(LogError) {
    for field in fields {
      let name = prefix + field.name
      switch field.shape {
      case .single: try read(field.kind, name, depth)
      case .array(let count): try read(field.kind, name, depth, count: count)
      case .sequence:
        guard let count = decoder.integer(UInt32.self) else { throw failure(name) }
        try read(field.kind, name, depth, count: Int(count))
      }
    }
  }

  private mutating func read(_ kind: ROS2Schema.Kind, _ name: String, _ depth: Int, count: Int)
    throws(LogError)
  {
    // Every element takes a byte at least, so a hostile count ends here.
    guard count <= decoder.remaining else { throw failure(name) }
    for index in 0..<count { try read(kind, "\(name)[\(index)]", depth) }
  }

  private mutating func read(_ kind: ROS2Schema.Kind, _ name: String, _ depth: Int) throws(LogError) {
    steps += 1
    guard steps <= Self.largestCount else { throw failure(name) }
    if case .message(let type) = kind {
      guard depth < Self.deepestNesting, let fields = schema.types[type] else {
        throw LogError(
          .malformed, at: decoder.position,
          "the schema of field \(name) needs \(type), which it does not have",
          remedy: LogError.recoverRemedy)
      }
      return try read(fields, prefix: name + ".", depth: depth + 1)
    }
    guard let text = value(kind) else { throw failure(name) }
    values.append((name, text))
  }

  private mutating func value(_ kind: ROS2Schema.Kind) -> String? {
    switch kind {
    case .bool: decoder.integer(UInt8.self).map { $0 == 0 ? "0" : "1" }
    case .string:
      decoder.text().map {
        if !$0.isWhole { oddTexts += 1 }
        return $0.text
      }
    case .int8: decoder.integer(Int8.self).map { "\($0)" }
    case .uint8: decoder.integer(UInt8.self).map { "\($0)" }
    case .int16: decoder.integer(Int16.self).map { "\($0)" }
    case .uint16: decoder.integer(UInt16.self).map { "\($0)" }
    case .int32: decoder.integer(Int32.self).map { "\($0)" }
    case .uint32: decoder.integer(UInt32.self).map { "\($0)" }
    case .int64: decoder.integer(Int64.self).map { "\($0)" }
    case .uint64: decoder.integer(UInt64.self).map { "\($0)" }
    case .float32: decoder.float().map { "\($0)" }
    case .float64: decoder.double().map { "\($0)" }
    case .message: nil
    }
  }

  private func failure(_ name: String) -> LogError {
    LogError(
      .malformed, at: decoder.position, "field \(name) of a message is cut or too long",
      remedy: LogError.recoverRemedy)
  }
}
