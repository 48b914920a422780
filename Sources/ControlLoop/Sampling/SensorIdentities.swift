/// What the sensors' identity registers held; `nil` for a sensor that is not there, has none, or was not asked yet.
public struct SensorIdentities: BitwiseCopyable, Sendable, Equatable {
  /// By sensor.
  public var inertial, barometer, magnetometer, range, power: UInt8?
  /// Of the spares.
  public var inertialSpares, barometerSpares, magnetometerSpares, rangeSpares: Spares<UInt8?>

  /// Identities from their parts; none of spares.
  public init(
    inertial: UInt8? = nil, barometer: UInt8? = nil, magnetometer: UInt8? = nil, range: UInt8? = nil,
    power: UInt8? = nil
  ) {
    (self.inertial, self.barometer, self.magnetometer) = (inertial, barometer, magnetometer)
    (self.range, self.power) = (range, power)
    (inertialSpares, barometerSpares) = (Spares(nil), Spares(nil))
    (magnetometerSpares, rangeSpares) = (Spares(nil), Spares(nil))
  }

  /// Puts the identities that `bus` has seen in place of those here: each bus has its own sensors.
  public mutating func take(from bus: SensorIdentities) {
    inertial = bus.inertial ?? inertial
    barometer = bus.barometer ?? barometer
    magnetometer = bus.magnetometer ?? magnetometer
    range = bus.range ?? range
    power = bus.power ?? power
    for spare in 0..<Spares<UInt8?>.count {
      inertialSpares[spare] = bus.inertialSpares[spare] ?? inertialSpares[spare]
      barometerSpares[spare] = bus.barometerSpares[spare] ?? barometerSpares[spare]
      magnetometerSpares[spare] = bus.magnetometerSpares[spare] ?? magnetometerSpares[spare]
      rangeSpares[spare] = bus.rangeSpares[spare] ?? rangeSpares[spare]
    }
  }
}
