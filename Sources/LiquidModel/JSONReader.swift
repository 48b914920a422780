import Files

/// Reads strict JSON (RFC 8259) of bounded depth out of a model file; every error names the byte.
enum JSONReader {
  /// Deeper nesting than any model file has; bounds the recursion.
  static let maximumDepth = 16

  /// The value that `bytes[range]` holds, with nothing but white space after it.
  ///
  /// - Parameters:
  ///   - place: what is read, for messages.
  static func read(_ bytes: [UInt8], _ range: Range<Int>, place: String) throws(ModelError) -> JSONValue {
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw ModelError(
        "\(place), byte \(range.lowerBound)", "it is not UTF-8 text", remedy: ModelError.copyAgain)
    }
    return try read(text, from: range.lowerBound, place: place)
  }

  /// The value that `text` holds, which begins at a byte of what `place` says.
  static func read(_ text: String, from start: Int = 0, place: String) throws(ModelError) -> JSONValue {
    do throws(JSON5Error) {
      return try JSONValue(JSON5Parser.parse(text, as: .json, maximumDepth: maximumDepth))
    } catch {
      throw ModelError(
        "\(place), byte \(start + error.position.byteOffset(in: text))", error.message,
        remedy: ModelError.copyAgain)
    }
  }
}

extension JSONValue {
  /// A value without its places; throws at a name that occurs twice.
  init(_ value: JSON5Value) throws(JSON5Error) {
    switch value.content {
    case .null: self = .null
    case .boolean(let flag): self = .bool(flag)
    case .number(let number, _): self = .number(number)
    case .string(let text): self = .string(text)
    case .array(let elements):
      var values: [JSONValue] = []
      for element in elements { values.append(try JSONValue(element)) }
      self = .array(values)
    case .object(let members):
      var object: [String: JSONValue] = [:]
      for member in members {
        guard try object.updateValue(JSONValue(member.value), forKey: member.key) == nil else {
          throw JSON5Error(
            position: member.keyPosition, message: "the name \(ModelError.excerpt(member.key)) occurs twice")
        }
      }
      self = .object(object)
    }
  }
}

extension ModelError {
  /// `text` in quotes, cut short and without control characters, fit for a message on a terminal.
  static func excerpt(_ text: String) -> String {
    let visible = text.unicodeScalars.prefix(60).map {
      $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0)
    }
    return "\"" + String(visible) + (text.unicodeScalars.count > 60 ? "…" : "") + "\""
  }
}
