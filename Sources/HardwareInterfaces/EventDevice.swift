/// What the kernel says of an axis of an input device (`struct input_absinfo`, linux/input.h).
public struct AxisState: Equatable, Sendable, BitwiseCopyable {
  /// Where it is now, and the ends of its range.
  public var value, minimum, maximum: Int32
  /// Changes up to this one are noise.
  public var fuzz: Int32
  /// Values up to this far from the middle are the middle.
  public var flat: Int32

  /// A state from its parts.
  public init(value: Int32, minimum: Int32, maximum: Int32, fuzz: Int32 = 0, flat: Int32 = 0) {
    (self.value, self.minimum, self.maximum, self.fuzz, self.flat) = (value, minimum, maximum, fuzz, flat)
  }
}

/// Which keys of an input device are down, by their codes (linux/input-event-codes.h), 0 to 767.
public struct KeyStates: Sendable, BitwiseCopyable, Equatable {
  /// How many codes there are (KEY_CNT).
  public static let count = 768

  private var words = InlineArray<12, UInt64>(repeating: 0)

  /// No key is down.
  public init() {}

  /// Whether the key of `code` is down; a code that there is not, is not.
  public subscript(code: Int) -> Bool {
    get {
      guard code >= 0, code < Self.count else { return false }
      return words[code >> 6] >> UInt64(code & 63) & 1 != 0
    }
    set {
      guard code >= 0, code < Self.count else { return }
      let bit = UInt64(1) << UInt64(code & 63)
      if newValue { words[code >> 6] |= bit } else { words[code >> 6] &= ~bit }
    }
  }

  /// Whether the same keys are down.
  public static func == (left: KeyStates, right: KeyStates) -> Bool {
    for word in 0..<12 where left.words[word] != right.words[word] { return false }
    return true
  }
}

/// An input device of the kernel, such as a gamepad, owned by whoever reads it. No call waits, and none allocates.
public protocol EventDevice: ~Copyable {
  /// Takes the records of events that have come, as many as `buffer` has room for: 24 bytes each. Returns the number of bytes.
  mutating func read(into buffer: inout MutableSpan<UInt8>) throws(PortError) -> Int

  /// An axis as it is now; `nil` when the device has none of that code.
  mutating func axis(_ code: Int) throws(PortError) -> AxisState?

  /// The keys as they are now.
  mutating func keys() throws(PortError) -> KeyStates
}
