import HardwareInterfaces

/// Every sensor driver that a configuration can name. This is the one registration of a new driver; its simulated
/// twin stands in `SimulatedChips` under the same name. A program that uses Ganglion as a library adds chips of its own (`Rows.add`).
public enum SensorTable {
  /// Inertial measurement units.
  public static let inertial = Rows<InertialChip>([
    InertialChip(MPU6050.self),
    InertialChip(MPU6050.facts6500) { MPU6050($0) },
    InertialChip(MPU6050.facts9250) { MPU6050($0) },
    InertialChip(ICM20948.self),
    InertialChip(ICM42688P.self),
    InertialChip(LSM6DSOX.self),
  ])

  /// Barometers.
  public static let barometers = Rows<BarometerChip>([
    BarometerChip(BMP280.self),
    BarometerChip(BME280.self),
    BarometerChip(BMP388.self),
    BarometerChip(BMP388.facts390) { BMP388($0) },
    BarometerChip(MS5611.self),
    BarometerChip(MS5611.facts5607) { MS5611($0, variant: .ms5607) },
  ])

  /// Differential pressure sensors.
  public static let differentialPressure = Rows<DifferentialPressureChip>([
    DifferentialPressureChip(MS4525DO.self)
  ])

  /// Magnetometers.
  public static let magnetometers = Rows<MagneticChip>([
    MagneticChip(AK8963.self),
    MagneticChip(AK09916.self),
    MagneticChip(QMC5883L.self),
    MagneticChip(HMC5883L.self),
    MagneticChip(LIS3MDL.self),
  ])

  /// Range finders.
  public static let rangeFinders = Rows<RangeChip>([
    RangeChip(VL53L1X.self),
    RangeChip(VL53L0X.self),
  ])

  /// Battery monitors.
  public static let powerMonitors = Rows<PowerChip>([
    PowerChip(INA219.self),
    PowerChip(INA226.self),
  ])

  /// Angle sensors of shafts.
  public static let angleSensors = Rows<AngleChip>([
    AngleChip(AS5600.self)
  ])

  /// Converters of analog inputs.
  public static let analogInputs = Rows<AnalogChip>([
    AnalogChip(ADS1115.self)
  ])

  /// Chips of digital lines, as inputs.
  public static let ports = Rows<PortChip>([
    PortChip(MCP23017.self)
  ])

  /// What is known of all of them.
  public static var facts: [ChipFacts] {
    inertial.map(\.facts) + barometers.map(\.facts) + magnetometers.map(\.facts) + rangeFinders.map(\.facts)
      + powerMonitors.map(\.facts) + angleSensors.map(\.facts) + analogInputs.map(\.facts)
      + ports.map(\.facts) + differentialPressure.map(\.facts)
  }
}
