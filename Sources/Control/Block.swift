import Signals

/// What a program needs of a block's state: its step, and its end.
///
/// Both come from the type: a row cannot be put together with another type's code. `scripts/check-object-code` takes every witness
/// of `run` as a root.
public protocol Steppable: SendableMetatype, ~Copyable {
  /// Moves on by one step: reads and writes `frame`, and nothing else.
  mutating func step(_ frame: Frame)
  /// Steps the block at `state`.
  static func run(_ state: UnsafeMutableRawPointer, _ frame: Frame)
  /// Ends the life of the block at `state`.
  static func destroy(_ state: UnsafeMutableRawPointer)
}

extension Steppable where Self: ~Copyable {
  /// See `Steppable`.
  @inlinable
  public static func run(_ state: UnsafeMutableRawPointer, _ frame: Frame) {
    state.assumingMemoryBound(to: Self.self).pointee.step(frame)
  }

  /// See `Steppable`.
  @inlinable
  public static func destroy(_ state: UnsafeMutableRawPointer) {
    state.assumingMemoryBound(to: Self.self).deinitialize(count: 1)
  }
}

/// A part of a vehicle's tick: an estimator, a filter, a controller, a network, a mixer.
///
/// A block is a struct that holds its ports, its numbers and its memory, and no reference and no array: tables of varying length
/// lie in the program's arena (`Wiring.table`). Generic blocks are refused by the object code's check, because they are not specialised.
public protocol Block: Steppable, ~Copyable {
  /// Its name in a configuration, what it is for, and what can be set.
  static var description: BlockDescription { get }
  /// What a block with these settings reads and writes. `settings` are those of the description, within their ranges.
  static func ports(_ settings: BlockSettings) -> BlockPorts
  /// What of its outputs actuators take: nothing unless it is a conversion (`Blocks/Actuation/ActuatorCommand.swift`).
  static func sent(_ settings: BlockSettings) -> [SentValue]
  /// A block at rest. Its ports were found sound.
  init(_ settings: BlockSettings, _ wiring: inout Wiring)
}

extension Block where Self: ~Copyable {
  /// See `Block`.
  public static func sent(_ settings: BlockSettings) -> [SentValue] { [] }
}

/// What a kind of block is, for configurations and for people.
public struct BlockDescription: Sendable {
  /// The name in a configuration.
  public var name: String
  /// What it does, in a sentence or two.
  public var about: String
  /// What can be set.
  public var settings: [SettingDescription]

  /// A description from its parts.
  public init(_ name: String, about: String, settings: [SettingDescription] = []) {
    (self.name, self.about, self.settings) = (name, about, settings)
  }
}

/// What becomes of a block when something that it reads is not valid.
public enum Invalidity: Sendable {
  /// It is not stepped; its outputs stay as they are, and are not valid.
  case holds
  /// It is stepped, and its outputs are not valid.
  case goesOn
  /// It is stepped, and writes into its flag `valid`, which says before the step whether all that it reads is valid,
  /// whether its outputs are.
  case decides
  /// It is stepped, and its outputs are always valid: it makes of invalid signals what is right, as one does that chooses, or that
  /// reacts to them.
  case ends
}

/// What a block reads and writes.
public struct BlockPorts: Sendable {
  /// What it reads, in any order.
  public var inputs: [InputPort]
  /// What it writes, in the order of the log.
  public var outputs: [OutputPort]
  /// What becomes of it when something that it reads is not valid.
  public var invalidity: Invalidity

  /// Ports from their parts.
  public init(inputs: [InputPort], outputs: [OutputPort], invalidity: Invalidity) {
    (self.inputs, self.outputs, self.invalidity) = (inputs, outputs, invalidity)
  }
}

/// Something that a block reads.
public struct InputPort: Sendable, Equatable {
  /// The name by which a configuration binds it, and the block finds it.
  public var name: String
  /// What is read when the configuration binds nothing; `nil` when it must.
  public var standard: String?
  /// What its value is.
  public var kind: SignalKind
  /// Its unit; `nil` takes any.
  public var unit: Unit?
  /// How many signals it takes.
  public var count: ClosedRange<Int>
  /// What it is, for people.
  public var about: String
  /// The input whose unit its own must be; `nil` for one that may have any, or that `unit` says.
  public var like: String?

  /// A port from its parts.
  public init(
    _ name: String, _ kind: SignalKind, unit: Unit?, standard: String? = nil, count: ClosedRange<Int> = 1...1,
    like: String? = nil, about: String = ""
  ) {
    self.like = like
    (self.name, self.kind, self.unit, self.standard) = (name, kind, unit, standard)
    (self.count, self.about) = (count, about)
  }
}

extension InputPort {
  /// The time of the tick, for blocks that go by it.
  static let time = InputPort("time", .time, unit: .nanosecond, standard: "tick.time")
  /// The time since the tick before, for blocks that run in every tick.
  static let elapsed = InputPort("elapsed", .time, unit: .nanosecond, standard: "tick.elapsed")
}

/// The unit of something that a block writes.
public enum OutputUnit: Sendable {
  /// This one.
  case fixed(Unit)
  /// That of what an input reads.
  case like(String)
  /// That of what an input reads, for each second.
  case rate(of: String)
  /// That of what an input reads, times seconds.
  case integral(of: String)
  /// That of one of several signals that an input reads, by its place from 0.
  case element(of: String, Int)
  /// The product of all that an input reads.
  case product(of: String)
  /// The unit whose square is that of what an input reads.
  case root(of: String)
}

/// Something that a block writes: the signal `BLOCK.NAME`.
public struct OutputPort: Sendable {
  /// Its name behind the block's.
  public var name: String
  /// What its value is.
  public var kind: SignalKind
  /// Its unit.
  public var unit: OutputUnit
  /// How many values it has.
  public var width: Int
  /// The value before the first step.
  public var initial: Double
  /// Whether it is part of a tick's record.
  public var isLogged: Bool
  /// What it is, for people.
  public var about: String
  /// What to do when it is set, for people; empty for what asks for nothing.
  public var remedy: String
  /// Whether it is a command that an actuator is to take, directly or through other blocks.
  public var isCommand = false

  /// A command for an actuator.
  static func command(_ name: String, about: String = "") -> OutputPort {
    var port = OutputPort(name, .number, about: about)
    port.isCommand = true
    return port
  }

  /// A port from its parts.
  public init(
    _ name: String, _ kind: SignalKind, unit: OutputUnit = .fixed(.none), width: Int = 1, initial: Double = 0,
    isLogged: Bool = true, about: String = "", remedy: String = ""
  ) {
    (self.name, self.kind, self.unit, self.width) = (name, kind, unit, width)
    (self.initial, self.isLogged) = (initial, isLogged)
    (self.about, self.remedy) = (about, remedy)
  }
}
