/// The values of a frame by the names of their signals, for reports, logs and tests. Each look is a search for a name: what runs in
/// a tick resolves its `SignalIndex`es once instead.
public struct FrameView {
  /// The signals.
  public let table: SignalTable
  /// Their values.
  public let frame: Frame

  /// The values of a frame of a table.
  public init(_ table: SignalTable, _ frame: Frame) { (self.table, self.frame) = (table, frame) }

  /// The value of a signal of one value, as it lies in the frame; `nil` when there is none of this name and type.
  public func value<Value: SignalValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
    table.index(of: name, as: type).map { frame[$0] }
  }

  /// All values of a signal, as they lie in the frame; empty when there is none of this name and type.
  public func values<Value: SignalValue>(_ name: String, as type: Value.Type = Value.self) -> [Value] {
    (table.indices(of: name, as: type) ?? []).map { frame[$0] }
  }

  /// See `SignalTable.number(_:in:)`.
  public subscript(name: String) -> Double? { table.number(name, in: frame) }

  /// Whether a flag is set; `false` also when there is none of this name.
  public func isSet(_ name: String) -> Bool { value(name, as: Bool.self) ?? false }

  /// The name of a choice's value; `nil` when there is no choice of this name, or no such value.
  public func choice(_ name: String) -> String? {
    guard let value = value(name, as: UInt8.self) else { return nil }
    return table[name]?.kind.choiceName(value)
  }
}

extension SignalTable {
  /// The value of a signal of one value as a number, a flag as 0 or 1 and a choice by its place; `nil` when there is none of this name.
  /// Digests and times beyond 2⁵³ are rounded.
  public func number(_ name: String, in frame: Frame) -> Double? {
    guard let signal = self[name], signal.width == 1 else { return nil }
    let view = FrameView(self, frame)
    return switch signal.kind {
    case .time: view.value(name, as: Int64.self).map { Double($0) }
    case .word: view.value(name, as: UInt64.self).map { Double($0) }
    case .wide: view.value(name, as: Double.self)
    case .count: view.value(name, as: UInt32.self).map { Double($0) }
    case .number: view.value(name, as: Float.self).map { Double($0) }
    case .flag: view.value(name, as: Bool.self).map { $0 ? 1 : 0 }
    case .choice: view.value(name, as: UInt8.self).map { Double($0) }
    }
  }

  /// The devices that give readings, in the order in which they were declared: each has the time and the number of its newest one.
  public var deviceNames: [String] {
    declaredSignals.compactMap { signal in
      guard case .device = signal.origin, signal.kind == .time, let name = signal.owner(of: "time"),
        self["\(name).count"]?.kind == .count
      else { return nil }
      return name
    }
  }
}

extension Signal {
  /// What stands in front of `.part` in its name; `nil` when it does not end so.
  public func owner(of part: String) -> String? {
    name.hasSuffix(".\(part)") ? String(name.dropLast(part.count + 1)) : nil
  }
}

extension SignalKind {
  /// The names of a choice's values; none for other kinds.
  public var choices: [String] {
    if case .choice(let names) = self { return names }
    return []
  }

  /// The name of a choice's value; `nil` for one that it does not have, and for what is no choice.
  public func choiceName(_ value: UInt8) -> String? {
    guard case .choice(let names) = self, Int(value) < names.count else { return nil }
    return names[Int(value)]
  }
}

extension SignalTable {
  /// Puts a value under a name into a frame of this table, a flag as 0 or 1 and a choice as its number; says `false` when there is no
  /// such signal, or one of several values. For tests and tools: what runs in a tick has places.
  @discardableResult
  public func put(_ value: Double, as name: String, in frame: Frame) -> Bool {
    guard let signal = self[name], signal.width == 1, let range = bytes(of: name) else { return false }
    for (place, byte) in signal.kind.bytes(of: value).enumerated() {
      frame.base.storeBytes(of: byte, toByteOffset: range.lowerBound + place, as: UInt8.self)
    }
    return true
  }
}
