import PortableMath

/// What the chips on a board measure: the truth at one instant, set by a plant or from a recording.
public struct PhysicalState: Equatable, Sendable, BitwiseCopyable {
  /// Specific force in m/s² in the body's axes (forward, right, down); at rest, level: (0, 0, −9.80665).
  public var specificForce: Vector3
  /// Angular rate in rad/s in the body's axes.
  public var angularRate: Vector3
  /// Temperature of the chips in °C.
  public var temperature: Double
  /// Static air pressure in Pa.
  public var pressure: Double
  /// Magnetic flux density in T in the body's axes; by default the field in the middle of Europe, facing north.
  public var magneticField: Vector3
  /// Relative humidity of the air, 0 to 1.
  public var humidity: Double
  /// Distance in m along the range finder's axis, or `nil` when there is nothing to see.
  public var rangeToGround: Double?
  /// Battery voltage at its terminals in V.
  public var batteryVoltage: Double
  /// Current drawn from the battery in A.
  public var batteryCurrent: Double
  /// Angles in rad, over many turns, by which the shafts of the left and the right wheel have turned forward in the
  /// body.
  public var shaftAngles = SIMD2<Double>.zero
  /// Voltages in V at the inputs of up to four analog converters, four of each.
  public var voltages = SIMD16<Double>.zero
  /// Those of the first converter.
  public var analogInputs: SIMD4<Double> {
    get { voltages.lowHalf.lowHalf }
    set { voltages.lowHalf.lowHalf = newValue }
  }
  /// Dynamic pressure at a pitot tube in Pa.
  public var differentialPressure = 0.0

  /// At rest, level, on the ground at sea level, with a full three-cell battery.
  public init(
    specificForce: Vector3 = Vector3(0, 0, -9.80665), angularRate: Vector3 = .zero,
    temperature: Double = 25, pressure: Double = 101_325,
    magneticField: Vector3 = Vector3(20e-6, 0, 45e-6), humidity: Double = 0.4, rangeToGround: Double? = 0.05,
    batteryVoltage: Double = 12.6, batteryCurrent: Double = 0.5
  ) {
    self.specificForce = specificForce
    self.angularRate = angularRate
    self.temperature = temperature
    self.pressure = pressure
    self.magneticField = magneticField
    self.humidity = humidity
    self.rangeToGround = rangeToGround
    self.batteryVoltage = batteryVoltage
    self.batteryCurrent = batteryCurrent
  }
}
