/// All signals of a vehicle, each with its place in a frame.
///
/// A table is made once, when a configuration is read. What it gives out are indices, so that nothing in flight looks at a
/// name; and only it gives them out, so that an index never leads out of a frame of its table.
public struct SignalTable: Sendable, Equatable {
  /// The signals in the order of the frame.
  public let signals: [Signal]
  /// Bytes of a frame's values.
  public let size: Int
  /// The bytes of a frame that a tick's record has, in order: one range for each bank that has any.
  public let record: [Range<Int>]
  /// Bytes of a tick's record.
  public let recordSize: Int

  /// Where each signal lies, in bytes from the frame's start, in the order of `signals`.
  private let offsets: [Int]
  /// Which of the given signals each is.
  let declared: [Int]
  private let places: [String: Int]

  /// Bytes of a frame at most: 10,000 devices would be a mistake, and are one.
  public static let largestFrame = 16_384

  /// A table of `signals`, in any order; throws everything that is wrong with them.
  public init(_ signals: [Signal]) throws(SignalErrors) {
    try Self.check(signals)
    // Stable: what one owner declares stays in its order.
    let order = signals.indices.sorted {
      let (a, b) = (signals[$0], signals[$1])
      return (a.kind.bank, a.isLogged ? 0 : 1, a.origin.rank, $0) < (
        b.kind.bank, b.isLogged ? 0 : 1, b.origin.rank, $1
      )
    }
    var (offset, offsets) = (0, [Int]())
    for index in order {
      offsets.append(offset)
      offset += signals[index].size
    }
    self.signals = order.map { signals[$0] }
    self.offsets = offsets
    declared = order
    size = offset
    record = Self.ranges(self.signals, offsets) { $0.isLogged }
    recordSize = record.reduce(0) { $0 + $1.count }
    places = Dictionary(uniqueKeysWithValues: order.enumerated().map { (signals[$1].name, $0) })
  }

  private static func check(_ signals: [Signal]) throws(SignalErrors) {
    var errors: [SignalError] = []
    var fields: [String: Signal] = [:]
    var size = 0
    for signal in signals {
      guard (1...largestFrame).contains(signal.width) else {
        errors.append(.badWidth(signal))
        continue
      }
      size = min(size + signal.size, Int(Int32.max))
      if !signal.isLogged, signal.origin.isOutside { errors.append(.notLogged(signal)) }
      if !Signal.isWellFormed(signal.name) { errors.append(.badName(signal)) }
      if case .choice(let names) = signal.kind, names.isEmpty || names.count > 256 {
        errors.append(.badChoice(signal))
      }
      if let other = fields.updateValue(signal, forKey: signal.fieldName) {
        errors.append(.twice(other, signal))
      }
    }
    for signal in signals {
      guard let validity = signal.validity else { continue }
      let flag = fields[String(validity.map { $0 == "." ? "_" : $0 })]
      if flag?.name != validity || flag?.kind != .flag { errors.append(.noValidity(signal, validity)) }
    }
    if size > largestFrame { errors.insert(.tooLarge(signals.count, bytes: size), at: 0) }
    if !errors.isEmpty { throw SignalErrors(errors) }
  }

  /// The signals in the order in which they were declared: what comes from outside, then block by block.
  public var declaredSignals: [Signal] {
    zip(signals, declared).sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// The signal called `name`; `nil` when there is none.
  public subscript(name: String) -> Signal? { places[name].map { signals[$0] } }

  /// The place of a signal that is read or written as `Value`; `nil` when there is none of this name and type.
  public func index<Value: SignalValue>(of name: String, as type: Value.Type = Value.self) -> SignalIndex<
    Value
  >? {
    guard let place = places[name], signals[place].width == 1, Value.fits(signals[place].kind) else {
      return nil
    }
    return SignalIndex(offset: offsets[place])
  }

  /// The places of all values of a signal, one behind the other; `nil` when there is none of this name and type.
  public func indices<Value: SignalValue>(
    of name: String, as type: Value.Type = Value.self
  ) -> [SignalIndex<Value>]? {
    guard let place = places[name], Value.fits(signals[place].kind) else { return nil }
    return (0..<signals[place].width).map {
      SignalIndex(offset: offsets[place] + $0 * MemoryLayout<Value.Stored>.size)
    }
  }

  /// Where the signal called `name` lies, in bytes; `nil` when there is none.
  public func bytes(of name: String) -> Range<Int>? {
    places[name].map { offsets[$0]..<offsets[$0] + signals[$0].size }
  }

  /// The ranges of bytes, one for each bank that has any, of all signals that are `included`: few, because what one owner has
  /// lies side by side.
  public func ranges(where included: (Signal) -> Bool) -> [Range<Int>] {
    Self.ranges(signals, offsets, where: included)
  }

  private static func ranges(_ signals: [Signal], _ offsets: [Int], where included: (Signal) -> Bool)
    -> [Range<Int>]
  {
    var ranges: [Range<Int>] = []
    for (signal, offset) in zip(signals, offsets) where included(signal) {
      if let last = ranges.last, last.upperBound == offset {
        ranges[ranges.count - 1] = last.lowerBound..<offset + signal.size
      } else {
        ranges.append(offset..<offset + signal.size)
      }
    }
    return ranges
  }

  /// The bytes that a frame has before anything is written.
  var blank: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    for (signal, offset) in zip(signals, offsets) where signal.initial != 0 {
      for index in 0..<signal.width {
        let value = signal.kind.bytes(of: signal.initial)
        for (byte, content) in value.enumerated() { bytes[offset + index * value.count + byte] = content }
      }
    }
    return bytes
  }

  /// Where the signal at `place` in `signals` lies, in bytes.
  func range(of place: Int) -> Range<Int> { offsets[place]..<offsets[place] + signals[place].size }
}
