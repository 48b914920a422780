/// Numbers at known places of a message, read in one pass by its schema.
struct ROS2Columns: Sendable {
  private enum Step: Sendable {
    /// A number, and where it goes; `nil` for one that is not wanted.
    case number(ROS2Schema.Kind, Int?)
    case text
  }

  private var steps: [Step] = []
  /// Whether a list of any length has ended the walk through the schema.
  private var isOpenEnded = false
  /// Fields and elements visited, also those that take no bytes.
  private var visits = 0
  /// How many numbers a message gives.
  let count: Int

  /// Fields and elements of a message that are stepped through at most.
  private static let mostSteps = 4096
  private static let deepestNesting = 16

  /// Columns at paths such as `linear_acceleration.x` or `covariance[0]`; those that end in "?" may be missing. `nil` when
  /// the schema lacks one, or has it behind a list whose length is not fixed.
  init?(_ schema: ROS2Schema, _ paths: [String]) {
    count = paths.count
    var wanted: [String: Int] = [:]
    for (slot, path) in paths.enumerated() {
      wanted[path.hasSuffix("?") ? String(path.dropLast()) : path] = slot
    }
    guard add(schema.fields, "", schema, wanted, 0) else { return nil }
    var found: Set<Int> = []
    for step in steps {
      if case .number(_, let slot?) = step { found.insert(slot) }
    }
    guard paths.indices.allSatisfy({ paths[$0].hasSuffix("?") || found.contains($0) }) else { return nil }
    // What stands behind the last wanted number is of no interest.
    while let last = steps.last {
      if case .number(_, _?) = last { break }
      steps.removeLast()
    }
  }

  /// Adds the steps of fields; says `false` for a schema that needs what it does not have, or is too large.
  private mutating func add(
    _ fields: [ROS2Schema.Field], _ prefix: String, _ schema: ROS2Schema, _ wanted: [String: Int],
    _ depth: Int
  ) -> Bool {
    for field in fields {
      let name = prefix + field.name
      switch field.shape {
      case .single: guard add(field.kind, name, schema, wanted, depth) else { return false }
      case .array(let count):
        guard count <= Self.mostSteps else { return false }
        for index in 0..<count {
          guard add(field.kind, "\(name)[\(index)]", schema, wanted, depth) else { return false }
          if isOpenEnded { return true }
        }
      // Nothing behind it has a known place.
      case .sequence: isOpenEnded = true
      }
      if isOpenEnded { return true }
    }
    return true
  }

  private mutating func add(
    _ kind: ROS2Schema.Kind, _ name: String, _ schema: ROS2Schema, _ wanted: [String: Int], _ depth: Int
  ) -> Bool {
    visits += 1
    guard visits <= Self.mostSteps else { return false }
    switch kind {
    case .string: steps.append(.text)
    case .message(let type):
      guard depth < Self.deepestNesting, let fields = schema.types[type] else { return false }
      return add(fields, name + ".", schema, wanted, depth + 1)
    default: steps.append(.number(kind, wanted[name]))
    }
    return true
  }

  /// The numbers of the message in `range`, NaN where the schema has no such column; `nil` when the message is not plain
  /// CDR or is too short.
  func read(_ bytes: LogBytes, _ range: Range<Int>) -> [Double]? {
    guard var decoder = CDRDecoder(bytes, range) else { return nil }
    var numbers = [Double](repeating: .nan, count: count)
    for step in steps {
      switch step {
      case .text:
        guard decoder.skipString() else { return nil }
      case .number(let kind, let slot):
        guard let number = decoder.number(kind) else { return nil }
        if let slot { numbers[slot] = number }
      }
    }
    return numbers
  }
}

extension CDRDecoder {
  /// The next number of a kind; `nil` for what is none.
  fileprivate mutating func number(_ kind: ROS2Schema.Kind) -> Double? {
    switch kind {
    case .bool, .uint8: integer(UInt8.self).map { Double($0) }
    case .int8: integer(Int8.self).map { Double($0) }
    case .int16: integer(Int16.self).map { Double($0) }
    case .uint16: integer(UInt16.self).map { Double($0) }
    case .int32: integer(Int32.self).map { Double($0) }
    case .uint32: integer(UInt32.self).map { Double($0) }
    case .int64: integer(Int64.self).map { Double($0) }
    case .uint64: integer(UInt64.self).map { Double($0) }
    case .float32: float().map { Double($0) }
    case .float64: double()
    case .string, .message: nil
    }
  }
}
