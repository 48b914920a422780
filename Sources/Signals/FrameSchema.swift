import PortableMath

/// The record of a tick as other people's tools read it.
extension SignalTable {
  /// The fields of a record as `ros2msg` text, in their order: a record is the logged slices of the frame behind CDR's
  /// encapsulation, little endian, and needs no padding because the banks stand widest first.
  public var schemaText: String {
    var text = """
      # One tick of the controller: all that it saw and all that it decided, bit for bit.

      """
    for signal in signals where signal.isLogged {
      text += signal.kind.rosType + (signal.width > 1 ? "[\(signal.width)]" : "") + " \(signal.fieldName)"
      let note = ["\(signal.unit)", signal.about, signal.kind.values].filter { !$0.isEmpty }.joined(
        separator: ", ")
      if !note.isEmpty { text += "  # \(note)" }
      text += "\n"
    }
    return text
  }

  /// The schema's full name. Tools refuse two schemas of one name, so each vehicle's has its own, by its text.
  public var schemaName: String {
    let digits = String(nameHash(schemaText), radix: 16, uppercase: true)
    return "ganglion_msgs/msg/Tick" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension SignalKind {
  fileprivate var rosType: String {
    switch self {
    case .time: "int64"
    case .word: "uint64"
    case .wide: "float64"
    case .count: "uint32"
    case .number: "float32"
    case .flag: "bool"
    case .choice: "uint8"
    }
  }

  /// The values of a choice, for people.
  fileprivate var values: String {
    guard case .choice(let names) = self else { return "" }
    return names.enumerated().map { "\($0) \($1)" }.joined(separator: ", ")
  }
}
