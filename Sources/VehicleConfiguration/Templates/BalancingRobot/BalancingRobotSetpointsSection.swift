extension Configuration.BalancingRobot {
  /// How fast setpoints may move from one step to the next.
  public struct SetpointRates: ConfigurationSection, Equatable {
    /// Speed in m/s².
    public var speed: Double
    /// Turn rate in rad/s².
    public var turn: Double
  }

  /// A step as written: only what changes.
  struct SetpointChange: VehicleConfiguration.SetpointChange, Equatable {
    var moment: SetpointMoment
    var speed, turnRateDegrees: Double?

    func apply(to setpoint: inout Setpoint) {
      if let speed { setpoint.speed = Float(speed) }
      if let turnRateDegrees { setpoint.yawRate = Float(turnRateDegrees.radians) }
    }
  }
}

extension Configuration.BalancingRobot.SetpointChange {
  private static let speed = Key<Double?>.optionalNumber(
    "speed_m_s", -10...10, unit: "m/s", absent: SetpointMoment.unchanged, "Speed, forward positive.")
  private static let turnRate = Key<Double?>.optionalNumber(
    "turn_rate_dps", -1000...1000, unit: "°/s", absent: SetpointMoment.unchanged,
    "Turn rate, clockwise from above positive.")

  static let schema = SectionSchema(
    path: "setpoints[]", about: SetpointMoment.about,
    keys: SetpointMoment.keys + [speed.description, turnRate.description])

  init?(_ section: Section) {
    let (moment, speed) = (SetpointMoment(section), section.read(Self.speed))
    guard let turnRate = section.read(Self.turnRate), let moment, let speed else { return nil }
    (self.moment, self.speed, self.turnRateDegrees) = (moment, speed, turnRate)
  }
}

extension Configuration.BalancingRobot.SetpointRates {
  private static let speed = Key<Double>.number(
    "speed_m_s2", 0.01...20, unit: "m/s2", standard: 0.6, "Speed.")
  private static let turn = Key<Double>.number(
    "turn_dps2", 1...10_000, unit: "°/s2", standard: 180, "Turn rate.")

  static let schema = SectionSchema(
    path: "setpoint_rates", about: "How fast setpoints move from one step to the next.",
    keys: [speed.description, turn.description])

  init?(_ section: Section) {
    let (speed, turn) = (section.read(Self.speed), section.read(Self.turn))
    guard let speed, let turn else { return nil }
    (self.speed, self.turn) = (speed, turn.radians)
  }

  /// The same for every kind of vehicle.
  var motion: SetpointMotion { SetpointMotion(yaw: turn, speed: speed) }
}
