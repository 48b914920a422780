extension Configuration.Quadrotor {
  /// Limits of commands and setpoints.
  public struct Limits: ConfigurationSection, Equatable {
    /// Collective thrust, of the motors' full thrust.
    public var thrust: ClosedRange<Double>
    /// Largest magnitude of each torque command.
    public var torque: Double
    /// Largest roll and pitch setpoint in rad.
    public var tilt: Double
  }
}

extension Configuration.Quadrotor.Limits {
  private static let thrust = Key<ClosedRange<Double>>.interval(
    "thrust", 0...1, standard: 0...0.9, "Collective thrust, of the motors' full thrust.")
  private static let torque = Key<Double>.number(
    "torque", 0.01...1, standard: 0.3, "Largest magnitude of each torque, of full differential thrust.")
  static let tiltKey = Key<Double>.number(
    "tilt_deg", 1...60, unit: "°", standard: 35, "Largest roll and pitch setpoint.")

  static let schema = SectionSchema(
    path: "limits", about: "Limits of commands and setpoints.",
    keys: [thrust.description, torque.description, tiltKey.description])

  init?(_ section: Section) {
    let (thrust, torque, tilt) =
      (section.read(Self.thrust), section.read(Self.torque), section.read(Self.tiltKey))
    guard let thrust, let torque, let tilt else { return nil }
    (self.thrust, self.torque, self.tilt) = (thrust, torque, tilt.radians)
  }
}
