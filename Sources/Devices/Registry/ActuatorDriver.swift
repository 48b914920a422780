import HardwareInterfaces

/// A driver that keeps a chip running, and sends it what its channels are to have.
///
/// `poll` and `write` take no heap block.
public protocol ActuatorDriver: Sendable {
  /// Moves the start on by one step or, while the chip runs, looks at it when it is time. `now` is the time before the first transfer.
  mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> ActuatorPoll

  /// Sends what consecutive channels, beginning with `first`, are to have, in the unit that the chip's row says (`ActuatorChip.factor`).
  /// What lies between used channels is 0. A value that is not a number counts as 0.
  ///
  /// - Returns: whether the chip took them: not while it is starting.
  mutating func write<Bus: I2CBus & ~Copyable>(
    _ values: Span<Float>, from first: Int, to bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool

  /// What the chip's input lines read in the last poll; `nil` when they were not read then, or it has none.
  var inputs: PortSample? { get }
}

extension ActuatorDriver {
  /// None.
  public var inputs: PortSample? { nil }
}

/// One used channel of an actuator's chip.
public struct ActuatorChannel: Equatable, Sendable {
  /// Its number, from 0 and below the chip's count.
  public var number: Int
  /// What it is given.
  public var quantity: ActuatorQuantity
  /// What it is given while nobody vouches for the vehicle.
  public var safe: Double

  /// A channel from its parts.
  public init(_ number: Int, _ quantity: ActuatorQuantity, safe: Double) {
    (self.number, self.quantity, self.safe) = (number, quantity, safe)
  }
}

/// How an actuator's chip is used.
public struct ActuatorUse: Equatable, Sendable {
  /// 7-bit address.
  public var address: UInt8
  /// The channels that are used, no two of one number.
  public var channels: [ActuatorChannel]
  /// What is set.
  public var settings: ActuatorSettings

  /// A use from its parts.
  public init(address: UInt8, channels: [ActuatorChannel], settings: ActuatorSettings) {
    (self.address, self.channels, self.settings) = (address, channels, settings)
  }
}

/// An actuator's driver that a configuration can name.
public protocol ConfiguredActuator: ActuatorDriver {
  /// What is known of the chip.
  static var facts: ActuatorFacts { get }
  /// A driver at power-on for a chip used so.
  init(_ use: ActuatorUse)
  /// By what a quantity is multiplied for `write`.
  static func factor(of quantity: ActuatorQuantity, _ settings: ActuatorSettings) -> Double
  /// The writes of 1 to 8 bytes each that make a running chip's channels safe, for somebody without a driver, such as a guard.
  ///
  /// - Parameter isWhole: whether a write of more than two bytes arrives as one. An adapter that can only write single registers
  ///   would leave what takes several of them half changed in between.
  static func safeWrites(_ use: ActuatorUse, isWhole: Bool) -> [[UInt8]]
}

extension ConfiguredActuator {
  /// As it is.
  public static func factor(of quantity: ActuatorQuantity, _ settings: ActuatorSettings) -> Double { 1 }
}

/// One row of the table of actuators: a chip that a configuration can name.
public struct ActuatorChip: NamedRow {
  /// What is known of the chip.
  public let facts: ActuatorFacts
  private let make: @Sendable (ActuatorUse) -> Made
  private let factors: @Sendable (ActuatorQuantity, ActuatorSettings) -> Double
  private let writes: @Sendable (ActuatorUse, Bool) -> [[UInt8]]

  /// What a row's function returns; see `SensorChip`.
  private struct Made {
    let driver: any ActuatorDriver
  }

  /// The row of `Driver`.
  public init<Driver: ConfiguredActuator>(_: Driver.Type) {
    facts = Driver.facts
    make = { Made(driver: Driver($0)) }
    factors = { Driver.factor(of: $0, $1) }
    writes = { Driver.safeWrites($0, isWhole: $1) }
  }

  /// The name in a configuration.
  public var name: String { facts.name }

  /// A driver at power-on for a chip used so.
  public func makeDriver(_ use: ActuatorUse) -> any ActuatorDriver { make(use).driver }

  /// By what a quantity is multiplied for the driver's `write`.
  public func factor(of quantity: ActuatorQuantity, _ settings: ActuatorSettings) -> Double {
    factors(quantity, settings)
  }

  /// See `ConfiguredActuator.safeWrites`.
  public func safeWrites(_ use: ActuatorUse, isWhole: Bool) -> [[UInt8]] { writes(use, isWhole) }
}
