/// A `ros2msg` schema, read from its text: the message's fields and the types they stand on.
struct ROS2Schema: Sendable {
  /// Types a field may have.
  enum Kind: Equatable, Sendable {
    case bool, string
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case float32, float64
    /// A message of the same schema, by name.
    case message(String)
  }

  /// One value, or how many of them.
  enum Shape: Equatable, Sendable {
    case single
    case array(Int)
    case sequence
  }

  struct Field: Equatable, Sendable {
    var name: String
    var kind: Kind
    var shape: Shape
  }

  /// The message's own fields.
  private(set) var fields: [Field] = []
  /// Fields of the messages it stands on, by full name.
  private(set) var types: [String: [Field]] = [:]

  /// Longest text in bytes, hundreds of times that of any usual message.
  static let longestText = 1 << 20

  /// Reads a schema's text; throws `LogError` for a line that is no field, or for too long a text.
  init(text: String) throws(LogError) {
    guard text.utf8.count <= Self.longestText else {
      throw LogError(
        .tooLarge, "a schema has \(text.utf8.count) bytes, more than the \(Self.longestText) that are read",
        remedy: "Export another topic.")
    }
    var name: String?
    var current: [Field] = []
    var package = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      let content = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let first = content.first else { continue }
      if first.hasPrefix("====") {
        store(&current, as: name)
      } else if first == "MSG:", content.count == 2 {
        name = Self.normalised(String(content[1]))
        package = String(content[1].prefix { $0 != "/" })
      } else if content.count >= 2,
        content[1].contains("=") || (content.count > 2 && content[2].hasPrefix("="))
      {
        // A constant is no field.
        continue
      } else if content.count >= 2 {
        current.append(try Self.field(String(first), String(content[1]), package))
      } else {
        throw LogError(
          .malformed, "a schema has the line '\(line)', which is no field", remedy: LogError.recoverRemedy)
      }
    }
    store(&current, as: name)
  }

  private mutating func store(_ current: inout [Field], as name: String?) {
    if let name {
      types[name] = current
    } else {
      fields = current
    }
    current = []
  }

  /// `package/msg/Type` and `package/Type` are the same.
  private static func normalised(_ name: String) -> String {
    let parts = name.split(separator: "/")
    return parts.count == 3 ? "\(parts[0])/\(parts[2])" : name
  }

  private static func field(_ type: String, _ name: String, _ package: String) throws(LogError) -> Field {
    var base = type[...]
    var shape = Shape.single
    if base.hasSuffix("]"), let open = base.lastIndex(of: "[") {
      let size = base[base.index(after: open)...].dropLast()
      base = base[..<open]
      if size.isEmpty || size.hasPrefix("<=") {
        shape = .sequence
      } else if let count = Int(size), count > 0 {
        shape = .array(count)
      } else {
        throw LogError(
          .malformed, "a schema has a field of type '\(type)'", remedy: LogError.recoverRemedy)
      }
    }
    if let bound = base.range(of: "<=") { base = base[..<bound] }
    return Field(name: name, kind: kind(String(base), package), shape: shape)
  }

  private static func kind(_ name: String, _ package: String) -> Kind {
    switch name {
    case "bool": .bool
    case "string": .string
    case "int8": .int8
    case "uint8", "byte", "char": .uint8
    case "int16": .int16
    case "uint16": .uint16
    case "int32": .int32
    case "uint32": .uint32
    case "int64": .int64
    case "uint64": .uint64
    case "float32": .float32
    case "float64": .float64
    default: .message(name.contains("/") ? normalised(name) : package.isEmpty ? name : "\(package)/\(name)")
    }
  }
}

extension Substring {
  /// Where `text` first stands; only its lower end.
  fileprivate func range(of text: String) -> Index? {
    indices.first { self[$0...].hasPrefix(text) }
  }
}
