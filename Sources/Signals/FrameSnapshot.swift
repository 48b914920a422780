/// The values of a frame at one moment, to be asked by name: for what is told to people, and for tests.
public final class FrameSnapshot: Sendable {
  /// The signals.
  public let table: SignalTable
  private let bytes: [UInt8]

  /// The values that `frame`, of `table`, has now.
  public init(_ table: SignalTable, _ frame: Frame) {
    self.table = table
    bytes = Array(UnsafeRawBufferPointer(start: frame.base, count: table.size))
  }

  /// The values in the bytes of a frame of `table`; those that are missing are 0.
  public init(_ table: SignalTable, _ bytes: UnsafeRawBufferPointer) {
    self.table = table
    self.bytes = Array(bytes.prefix(table.size)) + Array(repeating: 0, count: max(table.size - bytes.count, 0))
  }

  /// The value of the signal called `name`, a flag as 0 or 1 and a choice as its number; `nil` when there is no such signal, or one of
  /// several values.
  public subscript(name: String) -> Double? { values(name).flatMap { $0.count == 1 ? $0[0] : nil } }

  /// All values of the signal called `name`.
  public func values(_ name: String) -> [Double]? {
    guard let signal = table[name], let range = table.bytes(of: name) else { return nil }
    return bytes.withUnsafeBytes { bytes in
      (0..<signal.width).map { signal.kind.number(bytes, at: range.lowerBound + $0 * signal.kind.size) }
    }
  }

  /// Whether the flag called `name` is set; `false` when there is none.
  public func isSet(_ name: String) -> Bool { self[name].map { $0 != 0 } ?? false }

  /// The name of the value of the choice called `name`; `nil` when there is none.
  public func choice(_ name: String) -> String? {
    guard case .choice(let names)? = table[name]?.kind, let value = self[name].map({ Int($0) }),
      names.indices.contains(value)
    else { return nil }
    return names[value]
  }
}

extension SignalKind {
  /// A value as a number; what a `Double` cannot hold is rounded.
  func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Double {
    func load<T: BitwiseCopyable>(_ type: T.Type) -> T {
      bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }
    return switch self {
    case .time: Double(load(Int64.self))
    case .word: Double(load(UInt64.self))
    case .wide: load(Double.self)
    case .count: Double(load(UInt32.self))
    case .number: Double(load(Float.self))
    case .flag, .choice: Double(load(UInt8.self))
    }
  }
}
