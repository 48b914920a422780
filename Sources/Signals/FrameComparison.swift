/// Where two frames differ, for people.
public struct FrameDifference: Equatable, Sendable {
  /// The signal that was declared first among those that differ: what comes from outside before what follows from it, and
  /// an earlier block's before a later one's.
  public var signal: Signal
  /// Which of its values, from 0.
  public var element: Int
  /// Its value in the first frame and in the second; numbers with a fraction also by their bits.
  public var first, second: String
  /// How many other signals differ.
  public var others: Int
}

extension SignalTable {
  /// Whether the logged values of two frames are equal, bit for bit: −0 is not 0, and a NaN equals itself.
  public func areEqual(_ first: Frame, _ second: Frame) -> Bool {
    for range in record {
      var place = range.lowerBound
      while place &+ 8 <= range.upperBound {
        let (a, b) = (
          first.base.loadUnaligned(fromByteOffset: place, as: UInt64.self),
          second.base.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        )
        if a != b { return false }
        place &+= 8
      }
      while place < range.upperBound {
        let a = first.base.load(fromByteOffset: place, as: UInt8.self)
        if a != second.base.load(fromByteOffset: place, as: UInt8.self) { return false }
        place &+= 1
      }
    }
    return true
  }

  /// How the logged values of two frames differ; `nil` when they are equal.
  public func difference(_ first: Frame, _ second: Frame) -> FrameDifference? {
    if areEqual(first, second) { return nil }
    let (a, b) = (bytes(of: first), bytes(of: second))
    let different = signals.indices.filter {
      signals[$0].isLogged && !a[range(of: $0)].elementsEqual(b[range(of: $0)])
    }
    guard let place = different.min(by: { declared[$0] < declared[$1] }) else { return nil }
    let (signal, bytes) = (signals[place], range(of: place))
    let size = signal.kind.size
    let byte = bytes.first { a[$0] != b[$0] } ?? bytes.lowerBound
    let element = (byte - bytes.lowerBound) / size
    let start = bytes.lowerBound + element * size
    return FrameDifference(
      signal: signal, element: element, first: signal.kind.text(a, at: start),
      second: signal.kind.text(b, at: start),
      others: different.count - 1)
  }

  /// The values of a frame of this table as bytes.
  private func bytes(of frame: Frame) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: frame.base, count: size)
  }
}

extension SignalKind {
  /// A value as text that is different whenever the bits are.
  public func text(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> String {
    guard offset >= 0, bytes.count - offset >= size else { return "missing" }
    func load<T: BitwiseCopyable>(_ type: T.Type) -> T {
      bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }
    switch self {
    case .time: return "\(load(Int64.self))"
    case .word: return "0x" + Self.bits(load(UInt64.self))
    case .count: return "\(load(UInt32.self))"
    case .wide: return "\(load(Double.self)) (0x\(Self.bits(load(UInt64.self))))"
    case .number: return "\(load(Float.self)) (0x\(Self.bits(load(UInt32.self))))"
    case .flag:
      let value = load(UInt8.self)
      return value < 2 ? (value == 1 ? "yes" : "no") : "\(value)"
    case .choice(let names):
      let value = Int(load(UInt8.self))
      return value < names.count ? "\(names[value]) (\(value))" : "\(value)"
    }
  }

  private static func bits<T: FixedWidthInteger & UnsignedInteger>(_ value: T) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: T.bitWidth / 4 - digits.count) + digits
  }
}
