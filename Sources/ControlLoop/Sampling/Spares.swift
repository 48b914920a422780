import HardwareInterfaces

/// A value for each spare that a sensor may have.
public struct Spares<Value: BitwiseCopyable & Sendable & Equatable>: BitwiseCopyable, Sendable, Equatable {
  private var first, second: Value

  /// Spares that a sensor has at most.
  public static var count: Int { 2 }

  /// The same value for each.
  public init(_ value: Value) { (first, second) = (value, value) }

  /// The value of the spare at `index`, in order of priority; reading outside gives the last, writing there does nothing.
  public subscript(index: Int) -> Value {
    get { index == 0 ? first : second }
    set {
      switch index {
      case 0: first = newValue
      case 1: second = newValue
      default: break
      }
    }
  }
}

/// The newest readings of spare sensors, by kind.
public struct SpareReadings: BitwiseCopyable, Sendable, Equatable {
  /// Spare inertial sensors, in body axes.
  public var inertial = Spares(
    Reading(
      empty: InertialSample(acceleration: (0, 0, 0), rate: (0, 0, 0), temperature: 0), isPresent: false))
  /// Spare barometers.
  public var pressure = Spares(Reading(empty: PressureSample(pressure: 0, temperature: 0), isPresent: false))
  /// Spare magnetometers, in body axes.
  public var magnetic = Spares(Reading(empty: MagneticSample(field: (0, 0, 0)), isPresent: false))
  /// Spare range finders.
  public var range = Spares(Reading(empty: RangeSample(distance: 0, isValid: false), isPresent: false))

  /// No spares.
  public init() {}

  /// Puts the readings that `bus` has in place of those here.
  mutating func take(from bus: SpareReadings) {
    for spare in 0..<Spares<Int>.count {
      if bus.inertial[spare].isPresent { inertial[spare] = bus.inertial[spare] }
      if bus.pressure[spare].isPresent { pressure[spare] = bus.pressure[spare] }
      if bus.magnetic[spare].isPresent { magnetic[spare] = bus.magnetic[spare] }
      if bus.range[spare].isPresent { range[spare] = bus.range[spare] }
    }
  }
}
