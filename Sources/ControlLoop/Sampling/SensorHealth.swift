import HardwareInterfaces

/// How far a sensor's newest reading can be trusted in this tick.
public enum SensorHealth: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The vehicle has no such sensor.
  case absent = 0
  /// No reading yet, and no fault either.
  case starting = 1
  /// Fresh, and the driver reports no fault.
  case good = 2
  /// The newest reading is older than the limit.
  case stale = 3
  /// The driver reports a fault; the newest reading may still be young.
  case faulty = 4
}

extension Reading {
  /// The reading's age at `now` in ns.
  @inlinable
  public func age(at now: MonotonicTime) -> Int64 { now.nanoseconds(since: time) }

  /// The sensor's health at `now`, stale when older than `limit` ns.
  @inlinable
  public func health(at now: MonotonicTime, staleAfter limit: Int64) -> SensorHealth {
    guard isPresent else { return .absent }
    guard sequence > 0 else { return fault == .none ? .starting : .faulty }
    if age(at: now) > limit { return .stale }
    return fault == .none ? .good : .faulty
  }

  /// Whether the vehicle has this sensor but no reading of it that is younger than `limit` ns.
  @inlinable
  public func isMissing(at now: MonotonicTime, staleAfter limit: Int64) -> Bool {
    isPresent && (sequence == 0 || age(at: now) > limit)
  }
}

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
    if bus.actuatorFault != .none { actuatorFault = bus.actuatorFault }
  }
}

/// What the sensors' identity registers held; `nil` for a sensor that is not there, has none, or was not asked yet.
public struct SensorIdentities: BitwiseCopyable, Sendable, Equatable {
  /// By sensor.
  public var inertial, barometer, magnetometer, range, power: UInt8?

  /// Identities from their parts.
  public init(
    inertial: UInt8? = nil, barometer: UInt8? = nil, magnetometer: UInt8? = nil, range: UInt8? = nil,
    power: UInt8? = nil
  ) {
    (self.inertial, self.barometer, self.magnetometer) = (inertial, barometer, magnetometer)
    (self.range, self.power) = (range, power)
  }
}
