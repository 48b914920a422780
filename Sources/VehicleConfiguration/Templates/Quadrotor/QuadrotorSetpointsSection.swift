extension Configuration.Quadrotor {
  /// How fast setpoints may move from one step to the next.
  public struct SetpointRates: ConfigurationSection, Equatable {
    /// Roll and pitch in rad/s.
    public var attitude: Double
    /// Yaw rate in rad/s².
    public var yaw: Double
    /// Altitude in m/s.
    public var altitude: Double
  }

  /// A step as written: only what changes.
  struct SetpointChange: VehicleConfiguration.SetpointChange, Equatable {
    var moment: SetpointMoment
    var altitude, rollDegrees, pitchDegrees, yawRateDegrees: Double?

    func apply(to setpoint: inout Setpoint) {
      if let altitude { setpoint.altitude = Float(altitude) }
      if let rollDegrees { setpoint.roll = Float(rollDegrees.radians) }
      if let pitchDegrees { setpoint.pitch = Float(pitchDegrees.radians) }
      if let yawRateDegrees { setpoint.yawRate = Float(yawRateDegrees.radians) }
    }
  }
}

extension Configuration.Quadrotor.SetpointChange {
  private static let unchanged = SetpointMoment.unchanged
  private static let altitude = Key<Double?>.optionalNumber(
    "altitude_m", 0...100, unit: "m", absent: unchanged, "Altitude above the take-off point.")
  private static let roll = Key<Double?>.optionalNumber(
    "roll_deg", -60...60, unit: "°", absent: unchanged, "Roll, right side down positive.")
  private static let pitch = Key<Double?>.optionalNumber(
    "pitch_deg", -60...60, unit: "°", absent: unchanged, "Pitch, nose up positive.")
  private static let yawRate = Key<Double?>.optionalNumber(
    "yaw_rate_dps", -360...360, unit: "°/s", absent: unchanged, "Yaw rate, clockwise from above positive.")

  static let schema = SectionSchema(
    path: "setpoints[]", about: SetpointMoment.about,
    keys: SetpointMoment.keys + [
      altitude.description, roll.description, pitch.description, yawRate.description,
    ])

  init?(_ section: Section) {
    let (moment, altitude) = (SetpointMoment(section), section.read(Self.altitude))
    let (roll, pitch) = (section.read(Self.roll), section.read(Self.pitch))
    guard let yawRate = section.read(Self.yawRate), let moment, let altitude, let roll, let pitch else {
      return nil
    }
    (self.moment, self.altitude) = (moment, altitude)
    (self.rollDegrees, self.pitchDegrees, self.yawRateDegrees) = (roll, pitch, yawRate)
  }
}

extension Configuration.Quadrotor.SetpointRates {
  private static let attitude = Key<Double>.number(
    "attitude_dps", 1...1000, unit: "°/s", standard: 60, "Roll and pitch.")
  private static let yaw = Key<Double>.number(
    "yaw_dps2", 1...10_000, unit: "°/s2", standard: 180, "Yaw rate.")
  private static let altitude = Key<Double>.number(
    "altitude_m_s", 0.01...10, unit: "m/s", standard: 0.6, "Altitude.")

  static let schema = SectionSchema(
    path: "setpoint_rates", about: "How fast setpoints move from one step to the next.",
    keys: [attitude.description, yaw.description, altitude.description])

  init?(_ section: Section) {
    let (attitude, yaw, altitude) =
      (section.read(Self.attitude), section.read(Self.yaw), section.read(Self.altitude))
    guard let attitude, let yaw, let altitude else { return nil }
    (self.attitude, self.yaw, self.altitude) = (attitude.radians, yaw.radians, altitude)
  }

  /// The same for every kind of vehicle.
  var motion: SetpointMotion { SetpointMotion(attitude: attitude, yaw: yaw, altitude: altitude) }
}
