extension Configuration {
  /// Constant errors of the simulated inertial and magnetic chips: those of one specimen, the same in every run.
  public struct SensorErrors: ConfigurationSection, Equatable {
    /// Draws the errors.
    public var specimen: UInt64
    /// Standard deviation of a gyroscope's bias in rad/s, each axis.
    public var gyroBias: Double
    /// Standard deviation of an accelerometer's offset in m/s², and of its scale's and its cross-axis errors, relative.
    public var accelerometerOffset, accelerometerScale, accelerometerCross: Double
    /// Standard deviation of the hard iron in T, each axis, and of the soft iron, relative.
    public var hardIron, softIron: Double
  }
}

extension Configuration.SensorErrors {
  private static let specimenKey = Key<Int>.integer(
    "specimen", 0...Int(UInt32.max), standard: 1,
    "Draws the errors: another number, another board. A calibration made in simulation is of this one.")
  private static let gyroKey = Key<Double>.number(
    "gyro_bias_dps", 0...20, unit: "°/s", standard: 0.5,
    "Standard deviation of the gyroscope's bias, each axis.")
  private static let offsetKey = Key<Double>.number(
    "accelerometer_offset_m_s2", 0...2, unit: "m/s²", standard: 0.2,
    "Standard deviation of the accelerometer's offset, each axis.")
  private static let scaleKey = Key<Double>.number(
    "accelerometer_scale", 0...0.1, standard: 0.01,
    "Standard deviation of the relative error of the accelerometer's scale, each axis.")
  private static let crossKey = Key<Double>.number(
    "accelerometer_cross", 0...0.1, standard: 0.003,
    "Standard deviation of the share of one axis that another feels.")
  private static let hardKey = Key<Double>.number(
    "hard_iron_ut", 0...500, unit: "µT", standard: 15, "Standard deviation of the hard iron, each axis.")
  private static let softKey = Key<Double>.number(
    "soft_iron", 0...0.3, standard: 0.05,
    "Standard deviation of the soft iron, relative, each axis and between two.")

  static let schema = SectionSchema(
    path: "simulation.sensor_errors",
    about: "Constant errors of the inertial and the magnetic chips, for `ganglion calibrate` to find.",
    keys: [
      specimenKey.description, gyroKey.description, offsetKey.description, scaleKey.description,
      crossKey.description, hardKey.description, softKey.description,
    ])

  init?(_ section: Section) {
    let (specimen, gyro) = (section.read(Self.specimenKey), section.read(Self.gyroKey))
    let (offset, scale, cross) =
      (section.read(Self.offsetKey), section.read(Self.scaleKey), section.read(Self.crossKey))
    let (hard, soft) = (section.read(Self.hardKey), section.read(Self.softKey))
    guard let specimen, let gyro, let offset, let scale, let cross, let hard, let soft else { return nil }
    (self.specimen, gyroBias) = (UInt64(specimen), gyro.radians)
    (accelerometerOffset, accelerometerScale, accelerometerCross) = (offset, scale, cross)
    (hardIron, softIron) = (hard * 1e-6, soft)
  }
}
