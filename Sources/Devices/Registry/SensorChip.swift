import HardwareInterfaces

/// A driver that a configuration can name.
public protocol ConfiguredSensor<Use, Sample>: SensorDriver {
  /// What a configuration says of sensors of this kind.
  associatedtype Use: Sendable
  /// What is known of the chip.
  static var facts: ChipFacts { get }
  /// A driver at power-on for a chip used so.
  init(_ use: Use)
}

/// One row of the table of drivers: a chip that a configuration can name.
public struct SensorChip<Use: Sendable, Sample: BitwiseCopyable & Sendable>: NamedRow, Equatable {
  /// What is known of the chip.
  public let facts: ChipFacts
  private let make: @Sendable (Use) -> Made<Sample>

  /// The name in a configuration.
  public var name: String { facts.name }

  /// A driver at power-on for a chip used so.
  public func makeDriver(_ use: Use) -> any SensorDriver<Sample> { make(use).driver }

  /// The row of `Driver`.
  public init<Driver: ConfiguredSensor<Use, Sample>>(_: Driver.Type) {
    self.init(Driver.facts) { Driver($0) }
  }

  /// The row of a chip with these facts, for drivers of more than one chip.
  public init<Driver: SensorDriver<Sample>>(
    _ facts: ChipFacts, makeDriver: @escaping @Sendable (Use) -> Driver
  ) {
    self.facts = facts
    make = { Made(driver: makeDriver($0)) }
  }

  /// Two rows are of the same chip when they have one name.
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
}

/// What a row's function returns. The optimiser of Swift 6.2 cannot specialise a stored function that returns the
/// driver itself.
private struct Made<Sample: BitwiseCopyable & Sendable> {
  let driver: any SensorDriver<Sample>
}

/// Inertial measurement units.
public typealias InertialChip = SensorChip<InertialUse, InertialSample>
/// Barometers.
public typealias BarometerChip = SensorChip<SensorUse, PressureSample>
/// Differential pressure sensors.
public typealias DifferentialPressureChip = SensorChip<DifferentialPressureUse, DifferentialPressureSample>
/// Magnetometers.
public typealias MagneticChip = SensorChip<SensorUse, MagneticSample>
/// Range finders.
public typealias RangeChip = SensorChip<SensorUse, RangeSample>
/// Battery monitors.
public typealias PowerChip = SensorChip<PowerUse, PowerSample>
/// Angle sensors of shafts.
public typealias AngleChip = SensorChip<SensorUse, AngleSample>
/// Converters of analog inputs.
public typealias AnalogChip = SensorChip<AnalogUse, AnalogSample>
/// Chips of digital lines, as inputs.
public typealias PortChip = SensorChip<PortUse, PortSample>
