import LiquidModel
import Signals

/// What a block reads in a step.
@frozen
public struct Input<Value: SignalValue>: BitwiseCopyable, Sendable {
  @usableFromInline let place: UInt32

  init(_ place: UInt32) { self.place = place }
}

/// What a block writes in a step.
@frozen
public struct Output<Value: SignalValue>: BitwiseCopyable, Sendable {
  @usableFromInline let place: UInt32

  init(_ place: UInt32) { self.place = place }
}

/// Several things that a block reads, in their order. Their places lie in the program's arena.
@frozen
public struct InputList<Value: SignalValue>: BitwiseCopyable {
  @usableFromInline let inputs: UnsafeBufferPointer<Input<Value>>

  /// How many there are.
  @inlinable
  public var count: Int { inputs.count }

  /// One of them; `index` must be from 0 and below `count`.
  @inlinable
  public subscript(index: Int) -> Input<Value> { inputs[index] }
}

/// A vector that a block writes: the values of one signal, one behind the other.
@frozen
public struct OutputVector<Value: SignalValue>: BitwiseCopyable {
  @usableFromInline let place: UInt32
  /// How many values it has.
  public let count: Int

  init(_ place: UInt32, count: Int) { (self.place, self.count) = (place, count) }
}

/// The validities of several things that a block reads, in their order: for a block that decides among them.
@frozen
public struct ValidityList: BitwiseCopyable {
  /// The flags' places; the largest number for what is always valid.
  @usableFromInline let flags: UnsafeBufferPointer<UInt32>
}

extension Frame {
  /// What an input reads.
  @inlinable
  public subscript<Value>(input: Input<Value>) -> Value {
    Value(stored: base.load(fromByteOffset: Int(input.place), as: Value.Stored.self))
  }

  /// What an output has written last, and writes.
  @inlinable
  public subscript<Value>(output: Output<Value>) -> Value {
    get { Value(stored: base.load(fromByteOffset: Int(output.place), as: Value.Stored.self)) }
    nonmutating set {
      base.storeBytes(of: newValue.stored, toByteOffset: Int(output.place), as: Value.Stored.self)
    }
  }

  /// The values of a vector, in the frame's memory.
  @inlinable
  public subscript<Value: PlainSignalValue>(vector: OutputVector<Value>) -> UnsafeMutableBufferPointer<Value>
  {
    UnsafeMutableBufferPointer(
      start: (base + Int(vector.place)).assumingMemoryBound(to: Value.self), count: vector.count)
  }

  /// Whether the value at `index` of a list, from 0, is valid.
  @inlinable
  public func isValid(_ list: ValidityList, _ index: Int) -> Bool {
    let flag = list.flags[index]
    return flag == .max || base.load(fromByteOffset: Int(flag), as: UInt8.self) != 0
  }
}

/// With what a block's initialiser finds its ports and makes its tables. Kinds, units and counts were checked before: a name that
/// is none of the block's own ports is a mistake in the block, which `BlockTableTests` finds for every block that there is.
public struct Wiring: ~Copyable {
  let inputs: [String: [UInt32]]
  /// The places of their validities' flags; `nil` for what is always valid.
  let validities: [String: [UInt32?]]
  let outputs: [String: UInt32]
  /// The names of the values of what an input reads, where it is a choice.
  let choices: [String: [[String]]]
  let arena: Arena
  /// The network that the block is given; only a block of that kind has one.
  private var network: NetworkRuntime?
  /// Names that the block has asked for and does not have.
  private(set) var mistakes: [String] = []

  init(
    inputs: [String: [UInt32]], validities: [String: [UInt32?]], outputs: [String: UInt32],
    choices: [String: [[String]]], network: consuming NetworkRuntime?, arena: Arena
  ) {
    (self.inputs, self.validities, self.outputs, self.arena) = (inputs, validities, outputs, arena)
    self.choices = choices
    self.network = network
  }

  /// Hands over the network that the declaration gives the block; `nil` when it gives none.
  public mutating func takeNetwork() -> NetworkRuntime? { network.take() }

  /// The names of the values of what the port `name` reads; none unless that is a choice.
  public func choice(_ name: String) -> [String] { choices[name]?.first ?? [] }

  /// What the port `name` reads.
  public mutating func input<Value>(_ name: String, as type: Value.Type = Value.self) -> Input<Value> {
    guard let place = inputs[name]?.first else { return Input(mistake(name)) }
    return Input(place)
  }

  /// What the port `name` reads, if it is bound to anything.
  public func optionalInput<Value>(_ name: String, as type: Value.Type = Value.self) -> Input<Value>? {
    inputs[name]?.first.map { Input($0) }
  }

  /// All that the port `name` reads.
  public mutating func inputList<Value>(_ name: String, as type: Value.Type = Value.self) -> InputList<Value>
  {
    if inputs[name] == nil { _ = mistake(name) }
    return InputList(inputs: arena.table((inputs[name] ?? []).map { Input<Value>($0) }))
  }

  /// Whether what the port `name` reads is valid, one by one.
  public mutating func validities(of name: String) -> ValidityList {
    if validities[name] == nil { _ = mistake(name) }
    return ValidityList(flags: arena.table((validities[name] ?? []).map { $0 ?? .max }))
  }

  /// What the port `name` writes.
  public mutating func output<Value>(_ name: String, as type: Value.Type = Value.self) -> Output<Value> {
    Output(outputs[name] ?? mistake(name))
  }

  /// The values that the port `name` writes; `count` as its description says.
  public mutating func outputVector<Value>(_ name: String, count: Int, as type: Value.Type = Value.self)
    -> OutputVector<Value>
  {
    OutputVector(outputs[name] ?? mistake(name), count: outputs[name] == nil ? 0 : count)
  }

  /// What the port `name` writes, if it has one.
  public func optionalOutput<Value>(_ name: String, as type: Value.Type = Value.self) -> Output<Value>? {
    outputs[name].map { Output($0) }
  }

  /// A table of the block's own, in the arena.
  public func table<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
    arena.table(elements)
  }

  /// A table of the block's own that it writes to, in the arena.
  public func memory<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(mutating: arena.table(elements))
  }

  private mutating func mistake(_ name: String) -> UInt32 {
    mistakes.append(name)
    return 0
  }
}

/// Memory of a program's states and tables: pieces that never move, and go together.
final class Arena {
  private var pieces: [UnsafeMutableRawPointer] = []
  private var used = 0
  private var size = 0

  /// Bytes of a piece at least.
  private static let pieceSize = 16_384

  /// Room for `count` values of a type, not initialised.
  func room<Value: ~Copyable>(for type: Value.Type, count: Int) -> UnsafeMutablePointer<Value> {
    let alignment = max(MemoryLayout<Value>.alignment, 8)
    let wanted = max(MemoryLayout<Value>.stride * count, 1)
    used = (used + alignment - 1) & ~(alignment - 1)
    if pieces.isEmpty || used + wanted > size {
      size = max(wanted, Self.pieceSize)
      used = 0
      let piece = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      piece.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      pieces.append(piece)
    }
    defer { used += wanted }
    return (pieces[pieces.count - 1] + used).bindMemory(to: Value.self, capacity: count)
  }

  /// A copy of `elements`.
  func table<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
    let room = room(for: Element.self, count: elements.count)
    for (index, element) in elements.enumerated() { (room + index).initialize(to: element) }
    return UnsafeBufferPointer(start: room, count: elements.count)
  }

  deinit {
    for piece in pieces { piece.deallocate() }
  }
}
