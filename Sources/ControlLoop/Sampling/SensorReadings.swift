import HardwareInterfaces

/// The newest readings of all sensors, as the loop hands them to the tick.
public struct SensorReadings: BitwiseCopyable, Sendable {
  /// The inertial measurement unit, in body axes.
  public var inertial = Reading(
    empty: InertialSample(acceleration: (0, 0, 0), rate: (0, 0, 0), temperature: 0), isPresent: false)
  /// The barometer.
  public var pressure = Reading(empty: PressureSample(pressure: 0, temperature: 0), isPresent: false)
  /// The magnetometer, in body axes.
  public var magnetic = Reading(empty: MagneticSample(field: (0, 0, 0)), isPresent: false)
  /// The range finder.
  public var range = Reading(empty: RangeSample(distance: 0, isValid: false), isPresent: false)
  /// The battery.
  public var power = Reading(empty: PowerSample(voltage: 0, current: 0), isPresent: false)
  /// The angle of the left wheel's shaft, rising while it rolls forward.
  public var leftEncoder = Reading(empty: AngleSample(angle: 0, magnet: .good), isPresent: false)
  /// The angle of the right wheel's shaft.
  public var rightEncoder = Reading(empty: AngleSample(angle: 0, magnet: .good), isPresent: false)
  /// The spares of the sensors above.
  public var spares = SpareReadings()
  /// What the actuator driver reports.
  public var actuatorFault = DeviceFault.none

  /// No sensors.
  public init() {}

  /// Puts the readings that `bus` has in place of those here: each bus has its own sensors.
  public mutating func take(from bus: SensorReadings) {
    if bus.inertial.isPresent { inertial = bus.inertial }
    if bus.pressure.isPresent { pressure = bus.pressure }
    if bus.magnetic.isPresent { magnetic = bus.magnetic }
    if bus.range.isPresent { range = bus.range }
    if bus.power.isPresent { power = bus.power }
    if bus.leftEncoder.isPresent { leftEncoder = bus.leftEncoder }
    if bus.rightEncoder.isPresent { rightEncoder = bus.rightEncoder }
    spares.take(from: bus.spares)
    if bus.actuatorFault != .none { actuatorFault = bus.actuatorFault }
  }
}
