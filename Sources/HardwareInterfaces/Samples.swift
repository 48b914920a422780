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

/// One reading of a differential pressure sensor.
public struct DifferentialPressureSample: Equatable, Sendable, BitwiseCopyable {
  /// Pressure at its first port above that at its second one, in Pa.
  public var pressure: Float
  /// Temperature in °C.
  public var temperature: Float

  /// A reading from its parts: Pa, °C.
  public init(pressure: Float, temperature: Float) {
    self.pressure = pressure
    self.temperature = temperature
  }
}

/// One reading of a magnetometer, in the sensor's axes.
public struct MagneticSample: Equatable, Sendable, BitwiseCopyable {
  /// Magnetic flux density along x, y, z in T; the Earth's is 25 to 65 µT.
  public var fieldX, fieldY, fieldZ: Float

  /// A reading from its parts in T.
  public init(field: (x: Float, y: Float, z: Float)) {
    (fieldX, fieldY, fieldZ) = field
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
  /// Current drawn in A; NaN when it is not known, as with a shunt that is at the end of its converter's range.
  public var current: Float

  /// A reading from its parts: V, A.
  public init(voltage: Float, current: Float) {
    self.voltage = voltage
    self.current = current
  }
}

/// What a magnetic angle sensor says of its magnet.
public enum MagnetState: UInt8, Sendable, BitwiseCopyable {
  /// As strong as the sensor wants it.
  case good = 0
  /// Too weak, too far away: the angle is noisier.
  case weak = 1
  /// Too strong, too near: the angle may be distorted.
  case strong = 2
}

/// One reading of a shaft's angle.
public struct AngleSample: Equatable, Sendable, BitwiseCopyable {
  /// Angle in rad within one turn, from 0 up to but not including 2π.
  public var angle: Float
  /// What the sensor says of its magnet.
  public var magnet: MagnetState

  /// A reading from its parts: rad.
  public init(angle: Float, magnet: MagnetState) {
    (self.angle, self.magnet) = (angle, magnet)
  }
}

/// One reading of four analog inputs.
public struct AnalogSample: Equatable, Sendable, BitwiseCopyable {
  /// Voltages in V at the inputs 0 to 3; 0 for an input that is not read.
  public var voltages: InlineArray<4, Float>
  /// The inputs whose voltage is beyond the full scale, a bit for each.
  public var clipped: UInt8

  /// A reading from its parts: V.
  public init(voltages: InlineArray<4, Float>, clipped: UInt8) {
    (self.voltages, self.clipped) = (voltages, clipped)
  }

  /// Whether every voltage is equal.
  public static func == (a: AnalogSample, b: AnalogSample) -> Bool {
    for input in 0..<4 where a.voltages[input] != b.voltages[input] { return false }
    return a.clipped == b.clipped
  }
}

/// The levels of sixteen digital lines.
public struct PortSample: Equatable, Sendable, BitwiseCopyable {
  /// A bit for each line, set while it is high.
  public var levels: UInt16

  /// A reading from its parts.
  public init(levels: UInt16) { self.levels = levels }
}
