/// One reading of an inertial measurement unit, in the sensor's axes.
public struct InertialSample: Equatable, Sendable, BitwiseCopyable {
  /// Specific force along x, y, z in m/s²; at rest, level, z down: (0, 0, −9.81).
  public var accelerationX, accelerationY, accelerationZ: Float
  /// Angular rate about x, y, z in rad/s.
  public var rateX, rateY, rateZ: Float
  /// Die temperature in °C.
  public var temperature: Float

  /// A reading from its parts: m/s², rad/s, °C.
  public init(
    acceleration: (x: Float, y: Float, z: Float), rate: (x: Float, y: Float, z: Float), temperature: Float
  ) {
    (accelerationX, accelerationY, accelerationZ) = acceleration
    (rateX, rateY, rateZ) = rate
    self.temperature = temperature
  }
}

/// One reading of a barometer.
public struct PressureSample: Equatable, Sendable, BitwiseCopyable {
  /// Absolute pressure in Pa.
  public var pressure: Float
  /// Temperature in °C.
  public var temperature: Float

  /// A reading from its parts: Pa, °C.
  public init(pressure: Float, temperature: Float) {
    self.pressure = pressure
    self.temperature = temperature
  }
}

/// One reading of a range finder.
public struct RangeSample: Equatable, Sendable, BitwiseCopyable {
  /// Distance in m along the sensor's axis; meaningful only when `isValid`.
  public var distance: Float
  /// Whether the sensor saw a target and vouches for the distance.
  public var isValid: Bool

  /// A reading from its parts.
  public init(distance: Float, isValid: Bool) {
    self.distance = distance
    self.isValid = isValid
  }
}

/// One reading of the battery.
public struct PowerSample: Equatable, Sendable, BitwiseCopyable {
  /// Voltage in V.
  public var voltage: Float
  /// Current drawn in A.
  public var current: Float

  /// A reading from its parts: V, A.
  public init(voltage: Float, current: Float) {
    self.voltage = voltage
    self.current = current
  }
}
