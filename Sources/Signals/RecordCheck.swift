/// Looks whether a tick's record that came from outside can be a frame: every flag and choice must have one of its values. Every
/// number is a value, those that are not finite included.
public struct RecordCheck: Sendable {
  /// Bytes of a record.
  private let size: Int
  /// The signals of a byte a value, which stand last, and the largest value of each of their bytes.
  private let signals: [Signal]
  private let largest: [UInt8]
  private var first: Int { size - largest.count }

  /// A check of the records of a table.
  public init(_ table: SignalTable) {
    size = table.recordSize
    signals = table.signals.filter { $0.isLogged && $0.kind.size == 1 }
    largest = signals.flatMap { signal -> [UInt8] in
      let value: UInt8 =
        if case .choice(let names) = signal.kind { UInt8(clamping: names.count - 1) } else { 1 }
      return Array(repeating: value, count: signal.width)
    }
  }

  /// Whether a record has the right length and only such values.
  public func isSound(_ record: UnsafeRawBufferPointer) -> Bool {
    guard record.count == size else { return false }
    let first = first
    return largest.withUnsafeBufferPointer { largest in
      var isSound = true
      for place in 0..<largest.count where record[first + place] > largest[place] { isSound = false }
      return isSound
    }
  }

  /// The first signal of a record of the right length that has no such value, and its byte's place; `nil` when all have.
  public func firstUnsound(_ record: UnsafeRawBufferPointer) -> (signal: Signal, offset: Int)? {
    guard record.count == size, let place = largest.indices.first(where: { record[first + $0] > largest[$0] })
    else { return nil }
    var end = 0
    for signal in signals {
      end += signal.width
      if place < end { return (signal, first + place) }
    }
    return nil
  }
}
