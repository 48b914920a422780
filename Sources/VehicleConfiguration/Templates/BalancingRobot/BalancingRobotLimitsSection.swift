extension Configuration.BalancingRobot {
  /// Limits of commands and setpoints.
  public struct Limits: ConfigurationSection, Equatable {
    /// Largest magnitudes of the forward drive and of the turn, of the supply's voltage.
    public var drive, turn: Double
    /// Largest speed setpoint in m/s and largest turn rate setpoint in rad/s, of either sign.
    public var speed, turnRate: Double
  }
}

extension Configuration.BalancingRobot.Limits {
  private static let drive = Key<Double>.number(
    "drive", 0.1...1, standard: 1, "Largest forward drive of the wheels, of the supply's voltage.")
  private static let turn = Key<Double>.number(
    "turn", 0.01...1, standard: 0.4, "Largest difference from it for turning, of the supply's voltage.")
  private static let speed = Key<Double>.number(
    "speed_m_s", 0.01...10, unit: "m/s", standard: 0.7, "Largest speed setpoint, of either sign.")
  private static let turnRate = Key<Double>.number(
    "turn_rate_dps", 1...1000, unit: "°/s", standard: 120, "Largest turn rate setpoint, of either sign.")

  static let schema = SectionSchema(
    path: "limits", about: "Limits of commands and setpoints.",
    keys: [drive.description, turn.description, speed.description, turnRate.description])

  init?(_ section: Section) {
    let (drive, turn) = (section.read(Self.drive), section.read(Self.turn))
    let (speed, turnRate) = (section.read(Self.speed), section.read(Self.turnRate))
    guard let drive, let turn, let speed, let turnRate else { return nil }
    (self.drive, self.turn, self.speed, self.turnRate) = (drive, turn, speed, turnRate.radians)
  }
}
