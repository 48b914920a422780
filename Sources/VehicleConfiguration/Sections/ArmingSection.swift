extension Configuration {
  /// When the vehicle may arm.
  public struct Arming: ConfigurationSection, Equatable {
    /// Largest body rate of a vehicle that counts as still, in rad/s.
    public var gyroStill: Double
    /// Largest tilt of a vehicle that counts as level, in rad.
    public var levelWithin: Double
    /// Least battery voltage in V; 0 asks for none.
    public var minimumVoltage: Double
  }
}

extension Configuration.Arming {
  private static let still = Key<Double>.number(
    "gyro_still_dps", 0.1...100, unit: "°/s", standard: 5,
    "Largest body rate of a vehicle that counts as still.")
  private static let level = Key<Double>.number(
    "level_within_deg", 1...45, unit: "°", standard: 10, "Largest tilt of a vehicle that counts as level.")
  static let voltageKey = Key<Double>.number(
    "minimum_voltage", 0...100, unit: "V", standard: 0, "Least battery voltage; 0 asks for none.")

  static let schema = SectionSchema(
    path: "arming", about: "When the vehicle may arm.",
    keys: [still.description, level.description, voltageKey.description])

  init?(_ section: Section) {
    let (still, level, voltage) =
      (section.read(Self.still), section.read(Self.level), section.read(Self.voltageKey))
    guard let still, let level, let voltage else { return nil }
    (self.gyroStill, self.levelWithin, self.minimumVoltage) = (still.radians, level.radians, voltage)
  }
}
