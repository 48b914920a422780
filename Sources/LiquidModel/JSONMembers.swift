/// Takes the members of a JSON object one by one, and refuses what is missing, wrong or left over.
struct JSONMembers {
  private var members: [String: JSONValue]
  /// What is read, for messages.
  let place: String

  /// The members of `value`, which must be an object.
  init(_ value: JSONValue, place: String) throws(ModelError) {
    guard case .object(let members) = value else {
      throw ModelError(place, "\(value.kind) where an object was expected", remedy: ModelError.exportAgain)
    }
    (self.members, self.place) = (members, place)
  }

  /// Whether the member `name` is there and is `value`.
  func has(_ name: String, _ value: JSONValue) -> Bool { members[name] == value }

  /// The member `name`, whatever it is; nil if it is absent or null.
  mutating func optional(_ name: String) -> JSONValue? {
    guard let value = members.removeValue(forKey: name), value != .null else { return nil }
    return value
  }

  /// The member `name`, whatever it is.
  mutating func required(_ name: String) throws(ModelError) -> JSONValue {
    guard let value = optional(name) else {
      throw ModelError(place, "\"\(name)\" is missing", remedy: ModelError.exportAgain)
    }
    return value
  }

  /// The string `name`.
  mutating func string(_ name: String) throws(ModelError) -> String {
    let value = try required(name)
    guard case .string(let string) = value else { throw wrong(name, value, "a string") }
    return string
  }

  /// The number `name`.
  mutating func number(_ name: String) throws(ModelError) -> Double {
    let value = try required(name)
    guard case .number(let number) = value else { throw wrong(name, value, "a number") }
    return number
  }

  /// The boolean `name`.
  mutating func bool(_ name: String) throws(ModelError) -> Bool {
    let value = try required(name)
    guard case .bool(let bool) = value else { throw wrong(name, value, "true or false") }
    return bool
  }

  /// The list `name`.
  mutating func array(_ name: String) throws(ModelError) -> [JSONValue] {
    let value = try required(name)
    guard case .array(let values) = value else { throw wrong(name, value, "a list") }
    return values
  }

  /// The whole number `name`, within `range`.
  mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(ModelError) -> Int {
    try JSONMembers.integer(required(name), in: range, place: "\(place), \(name)")
  }

  /// The choice `name`, one of the raw values of `Choice`.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _: Choice.Type
  ) throws(ModelError) -> Choice where Choice.RawValue == String {
    let text = try string(name)
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ModelError(
        "\(place), \(name)", "\(ModelError.excerpt(text)) is none of \(known)", remedy: ModelError.exportAgain
      )
    }
    return choice
  }

  /// Refuses members that nobody has taken: they may change the meaning of the rest.
  func finish() throws(ModelError) {
    guard let name = members.keys.min() else { return }
    throw ModelError(
      place, "unknown member \(ModelError.excerpt(name))",
      remedy: "the file may come from a newer Ganglion: update, or export the model again")
  }

  /// `value` as a whole number within `range`.
  static func integer(_ value: JSONValue, in range: ClosedRange<Int>, place: String) throws(ModelError) -> Int
  {
    guard case .number(let number) = value, let integer = Int(exactly: number) else {
      throw ModelError(
        place, "\(value.kind) where a whole number was expected", remedy: ModelError.exportAgain)
    }
    guard range.contains(integer) else {
      throw ModelError(
        place, "\(integer) is outside \(range.lowerBound) to \(range.upperBound)",
        remedy: "use a network within these bounds")
    }
    return integer
  }

  private func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> ModelError {
    ModelError(
      "\(place), \(name)", "\(value.kind) where \(expected) was expected", remedy: ModelError.exportAgain)
  }
}
