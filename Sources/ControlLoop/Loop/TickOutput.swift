/// A short list of numbers in place: no heap, so that it may travel through the tick and its log.
public struct FixedVector<let capacity: Int>: BitwiseCopyable, Sendable, Equatable {
  /// The numbers; those from `count` on are zero.
  public var storage: InlineArray<capacity, Float>
  @usableFromInline var used: Int

  /// How many numbers are in use, at most `capacity`.
  @inlinable
  public var count: Int { used }

  /// An empty list.
  @inlinable
  public init() {
    storage = InlineArray(repeating: 0)
    used = 0
  }

  /// A list of `count` zeros; more than `capacity` are cut to it.
  @inlinable
  public init(zeros count: Int) {
    storage = InlineArray(repeating: 0)
    used = min(max(count, 0), capacity)
  }

  /// Adds a number; says `false`, and does nothing, when the list is full.
  @inlinable
  @discardableResult
  public mutating func append(_ value: Float) -> Bool {
    guard used < capacity else { return false }
    storage[used] = value
    used += 1
    return true
  }

  /// The number at `index`; reading outside the list gives 0, writing there does nothing.
  @inlinable
  public subscript(index: Int) -> Float {
    get { index >= 0 && index < count ? storage[index] : 0 }
    set { if index >= 0 && index < count { storage[index] = newValue } }
  }

  /// Whether the numbers in use have equal bits.
  @inlinable
  public static func == (a: FixedVector, b: FixedVector) -> Bool {
    guard a.count == b.count else { return false }
    for index in 0..<a.count where a.storage[index].bitPattern != b.storage[index].bitPattern {
      return false
    }
    return true
  }
}

/// What the vehicle is doing.
public enum VehicleMode: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Outputs at their safe values, enable line low.
  case disarmed = 0
  /// Flying by the configured controller.
  case active = 1
  /// Flying level at the altitude held when a fault called for it.
  case hold = 2
  /// Descending level until the ground, then disarmed.
  case landing = 3
  /// Stopped by a failsafe, until the pilot disarms.
  case terminated = 4

  /// Whether a motor may turn. Of the mode and not of the monitor, which the tick would copy to ask it.
  public var isArmed: Bool { self == .active || self == .hold || self == .landing }
}

/// Which controller's command reaches the mixer.
public enum ActiveController: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case none = 0
  case network = 1
  case classical = 2
}

/// What of a network was beyond its range in a tick, and counted as the end of that range.
public struct NetworkLimits: OptionSet, BitwiseCopyable, Sendable {
  /// A bit for each.
  public let rawValue: UInt8
  /// Limits from their bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// An input, in fixed point.
  public static let inputs = NetworkLimits(rawValue: 1)
  /// A state, or a result of a layer without bound, in fixed point.
  public static let states = NetworkLimits(rawValue: 2)
  /// The time since the last tick.
  public static let elapsed = NetworkLimits(rawValue: 4)

  /// Each of them, with its name and what it says to people.
  public static let all: [(limit: NetworkLimits, name: String, text: String)] = [
    (.inputs, "inputs", "an input beyond its range"), (.states, "states", "a state at the end of its range"),
    (.elapsed, "elapsed", "more time since the last tick than it was made for"),
  ]
}

/// Everything a tick decided: with `TickInput`, all that a replay compares.
public struct TickOutput: BitwiseCopyable, Sendable {
  /// Which sensors were trusted.
  public var votes = SensorVotes()
  /// Attitude, rates and altitude as estimated.
  public var estimate = Estimate()
  /// What the vehicle is doing.
  public var mode: VehicleMode = .disarmed
  /// Whose command reached the mixer.
  public var controller: ActiveController = .none
  /// Why the vehicle may not arm, a bit for each `ArmingInhibit`.
  public var inhibits: UInt32 = 0
  /// What is wrong, a bit for each `FailsafeCondition`.
  public var faults: UInt32 = 0
  /// Elapsed time as the network saw it, in its time units.
  public var ts: Float = 0
  /// The network's inputs after scaling, in its order.
  public var networkInputs = FixedVector<64>()
  /// Digest of the network's whole state after the step.
  public var stateDigest: UInt64 = 0
  /// What of the network was beyond its range.
  public var networkLimits: NetworkLimits = []
  /// The network's outputs before scaling.
  public var networkOutputs = FixedVector<16>()
  /// What the classical controller asks for.
  public var classicalCommand = BodyCommand.none
  /// What goes to the mixer, after limits.
  public var command = BodyCommand.none
  /// What goes to the actuators, one for each motor: thrust fractions, 0 to 1, or duties of bridges, −1 to 1.
  public var motors = FixedVector<8>()
  /// Pulse widths in µs as sent to the actuator driver; the safe values while disarmed.
  public var pulses = FixedVector<8>()
  /// Level of the enable line.
  public var enable = false

  /// A tick that decided nothing yet.
  public init() {}
}

/// One tick of the log.
public struct TickRecord: BitwiseCopyable, Sendable {
  /// What the tick saw.
  public var input: TickInput
  /// What it decided.
  public var output: TickOutput

  /// A record from its parts.
  public init(input: TickInput, output: TickOutput) {
    (self.input, self.output) = (input, output)
  }
}
