/// Every sensor driver that a configuration can name. This is the one registration of a new driver; its simulated
/// twin stands in `SimulatedChips` under the same name.
public enum SensorTable {
  /// Inertial measurement units.
  public static let inertial: [InertialChip] = [
    InertialChip(MPU6050.self)
  ]

  /// Barometers.
  public static let barometers: [BarometerChip] = [
    BarometerChip(BMP280.self),
    BarometerChip(BMP388.self),
  ]

  /// Range finders.
  public static let rangeFinders: [RangeChip] = [
    RangeChip(VL53L1X.self)
  ]

  /// Battery monitors.
  public static let powerMonitors: [PowerChip] = [
    PowerChip(INA219.self),
    PowerChip(INA226.self),
  ]

  /// Angle sensors of shafts.
  public static let angleSensors: [AngleChip] = [
    AngleChip(AS5600.self)
  ]

  /// What is known of all of them.
  public static var facts: [ChipFacts] {
    inertial.map(\.facts) + barometers.map(\.facts) + rangeFinders.map(\.facts) + powerMonitors.map(\.facts)
      + angleSensors.map(\.facts)
  }
}
