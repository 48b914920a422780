/// A type that the values of some kinds of signal have.
public protocol SignalValue: BitwiseCopyable, Sendable {
  /// What lies in a frame for it.
  associatedtype Stored: BitwiseCopyable
  /// Whether signals of a kind have values of this type.
  static func fits(_ kind: SignalKind) -> Bool
  /// The value that lies there.
  init(stored: Stored)
  /// What is put there for the value.
  var stored: Stored { get }
}

/// A value that lies in a frame as it is.
public protocol PlainSignalValue: SignalValue where Stored == Self {}

extension PlainSignalValue {
  /// See `SignalValue`.
  @inlinable
  public init(stored: Self) { self = stored }
  /// See `SignalValue`.
  @inlinable
  public var stored: Self { self }
}

extension Int64: PlainSignalValue {
  /// See `SignalValue`.
  public static func fits(_ kind: SignalKind) -> Bool { kind == .time }
}

extension UInt64: PlainSignalValue {
  /// See `SignalValue`.
  public static func fits(_ kind: SignalKind) -> Bool { kind == .word }
}

extension Double: PlainSignalValue {
  /// See `SignalValue`.
  public static func fits(_ kind: SignalKind) -> Bool { kind == .wide }
}

extension UInt32: PlainSignalValue {
  /// See `SignalValue`.
  public static func fits(_ kind: SignalKind) -> Bool { kind == .count }
}

extension Float: PlainSignalValue {
  /// See `SignalValue`.
  public static func fits(_ kind: SignalKind) -> Bool { kind == .number }
}

extension UInt8: PlainSignalValue {
  /// See `SignalValue`.
  public static func fits(_ kind: SignalKind) -> Bool {
    if case .choice = kind { return true }
    return false
  }
}

/// Never loaded as a Boolean: a byte from outside may be neither 0 nor 1.
extension Bool: SignalValue {
  /// See `SignalValue`.
  public static func fits(_ kind: SignalKind) -> Bool { kind == .flag }
  /// See `SignalValue`.
  @inlinable
  public init(stored: UInt8) { self = stored != 0 }
  /// See `SignalValue`.
  @inlinable
  public var stored: UInt8 { self ? 1 : 0 }
}

/// The place of a signal's value in every frame of one table. Only a `SignalTable` makes one.
@frozen
public struct SignalIndex<Value: SignalValue>: BitwiseCopyable, Hashable, Sendable {
  /// Bytes from the frame's start; a multiple of the value's size.
  public let offset: UInt32

  init(offset: Int) { self.offset = UInt32(truncatingIfNeeded: offset) }
}

/// The values of a vehicle's signals, in memory that `FrameMemory` owns: a view, to be handed to what runs in a tick.
///
/// Reading and writing are a load and a store. There is no check of the place: an index is made by the table that the memory was
/// made for, and whoever puts the two together (`Program`) sees to it that they are of one table.
@frozen
public struct Frame: BitwiseCopyable {
  /// Where the values begin, on a boundary of 64 bytes.
  public let base: UnsafeMutableRawPointer

  /// The frame that begins at `base`.
  @inlinable
  public init(_ base: UnsafeMutableRawPointer) { self.base = base }

  /// A signal's value.
  @inlinable
  public subscript<Value>(index: SignalIndex<Value>) -> Value {
    get { Value(stored: base.load(fromByteOffset: Int(index.offset), as: Value.Stored.self)) }
    nonmutating set {
      base.storeBytes(of: newValue.stored, toByteOffset: Int(index.offset), as: Value.Stored.self)
    }
  }
}

/// The memory of a frame. At first its signals have their initial values.
public struct FrameMemory: ~Copyable {
  /// The values.
  public let frame: Frame
  /// Bytes of the values.
  public let size: Int

  /// Memory for the values of `table`.
  public init(_ table: SignalTable) {
    size = table.size
    let room = max((size + 63) & ~63, 64)
    let base = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: room)
    table.blank.withUnsafeBytes {
      base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
    }
    frame = Frame(base)
  }

  deinit { frame.base.deallocate() }

  /// Takes the values in the bytes of another frame of the table; what is missing stays.
  public func fill(from bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    frame.base.copyMemory(from: start, byteCount: min(bytes.count, size))
  }

  /// The values as bytes, in this machine's order.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: frame.base, count: size) }
}

extension SignalKind {
  /// A value of this kind as bytes, in this machine's order; what it cannot hold is its nearest value.
  func bytes(of value: Double) -> [UInt8] {
    func bytes<T: BitwiseCopyable>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
    return switch self {
    case .time, .word: bytes(Int64(exactly: value.rounded()) ?? 0)
    case .wide: bytes(value)
    case .count: bytes(UInt32(exactly: value.rounded()) ?? 0)
    case .number: bytes(Float(value))
    case .flag, .choice: bytes(UInt8(exactly: value.rounded()) ?? 0)
    }
  }
}
