import ControlLoop

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where two ticks differ, for people.
public struct TickDifference: Equatable, Sendable {
  /// The field, as the log names it, with its index when it is in a list.
  public var field: String
  /// Its value in the log and in the replay; numbers with a fraction also by their bits.
  public var recorded, replayed: String
}

/// Compares ticks bit for bit: every input, digest, output and command; −0 is not 0, a NaN equals itself.
public struct TickComparison: ~Copyable {
  private let codec: TickCodec
  private var recorded = CDREncoder()
  private var replayed = CDREncoder()

  /// A comparison of ticks of a layout, with its own memory; keep it for the whole replay.
  public init(of layout: TickLayout) { codec = TickCodec(layout) }

  /// The first field, in the order of the log's schema, in which two ticks differ; `nil` when they are equal.
  public mutating func firstDifference(
    recorded record: TickRecord, replayed replay: TickRecord
  ) -> TickDifference? {
    var (record, replay) = (record, replay)
    // Equal records have equal encodings, and comparing these costs little.
    codec.encode(&record, into: &recorded)
    codec.encode(&replay, into: &replayed)
    if recorded.payload.elementsEqualBytes(replayed.payload) { return nil }
    return slowDifference(&record, &replay)
  }

  private func slowDifference(_ record: inout TickRecord, _ replay: inout TickRecord) -> TickDifference? {
    var (a, b) = (TickTextWriter(), TickTextWriter())
    record.visitFields(of: codec.layout, &a)
    replay.visitFields(of: codec.layout, &b)
    for (x, y) in zip(a.values, b.values) where x.name != y.name || x.text != y.text {
      return TickDifference(field: x.name, recorded: x.text, replayed: y.text)
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  func elementsEqualBytes(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let a = baseAddress, let b = other.baseAddress else { return true }
    return memcmp(a, b, count) == 0
  }
}

/// Every field as text that is different whenever the bits are.
struct TickTextWriter: TickFieldVisitor {
  private(set) var values: [(name: String, text: String)] = []

  private mutating func add(_ name: StaticString, _ value: some CustomStringConvertible) {
    values.append(("\(name)", value.description))
  }

  private static func text(_ value: Float) -> String {
    let bits = String(value.bitPattern, radix: 16, uppercase: true)
    return "\(value) (0x\(String(repeating: "0", count: 8 - bits.count))\(bits))"
  }

  mutating func field(_ name: StaticString, _ value: inout UInt64, _ note: StaticString) { add(name, value) }
  mutating func field(_ name: StaticString, _ value: inout Int64, _ note: StaticString) { add(name, value) }
  mutating func field(_ name: StaticString, _ value: inout UInt32, _ note: StaticString) { add(name, value) }
  mutating func field(_ name: StaticString, _ value: inout Bool, _ note: StaticString) { add(name, value) }
  mutating func field(_ name: StaticString, _ value: inout Float, _ note: StaticString) {
    add(name, Self.text(value))
  }

  mutating func field<Choice: RawRepresentable>(
    _ name: StaticString, _ value: inout Choice, _ note: StaticString
  ) where Choice.RawValue == UInt8 {
    add(name, "\(value) (\(value.rawValue))")
  }

  mutating func field<let capacity: Int>(
    _ name: StaticString, _ value: inout FixedVector<capacity>, _ note: StaticString
  ) {
    values.append(("\(name).count", "\(value.count)"))
    for index in 0..<value.count { values.append(("\(name)[\(index)]", Self.text(value[index]))) }
  }
}
