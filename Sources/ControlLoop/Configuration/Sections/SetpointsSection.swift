extension Configuration {
  /// What the vehicle is asked to do from a time on.
  public struct SetpointStep: Equatable, Sendable {
    /// Time since the first tick in ns.
    public var time: Int64
    /// The whole setpoint from then on, in rad, rad/s and m.
    public var setpoint: Setpoint
  }

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
  struct SetpointChange: ConfigurationSection, Equatable {
    var time: Double
    var arm: Bool?
    var altitude, rollDegrees, pitchDegrees, yawRateDegrees: Double?
  }

  /// The steps with what is left out carried over from the step before; `nil` when times do not rise.
  static func steps(_ changes: [SetpointChange], in section: Section) -> [SetpointStep]? {
    var steps: [SetpointStep] = []
    var setpoint = Setpoint()
    var previous = -Double.infinity
    for (index, change) in changes.enumerated() {
      guard change.time > previous else {
        section.complain(
          "setpoints[\(index)].at_s",
          "found \(change.time.shown), expected more than the step before, \(previous.shown)")
        return nil
      }
      previous = change.time
      if let arm = change.arm { setpoint.arm = arm }
      if let altitude = change.altitude { setpoint.altitude = Float(altitude) }
      if let roll = change.rollDegrees { setpoint.roll = Float(roll.radians) }
      if let pitch = change.pitchDegrees { setpoint.pitch = Float(pitch.radians) }
      if let yawRate = change.yawRateDegrees { setpoint.yawRate = Float(yawRate.radians) }
      steps.append(SetpointStep(time: Int64(change.time * 1e9), setpoint: setpoint))
    }
    return steps
  }
}

extension Configuration.SetpointChange {
  private static let unchanged = "as before; first 0"
  private static let time = Key<Double>.number(
    "at_s", 0...86_400, unit: "s", "Time from which the step holds.")
  private static let arm = Key<Bool?>.optionalFlag(
    "arm", absent: "as before; first false", "Whether the vehicle is asked to arm.")
  private static let altitude = Key<Double?>.optionalNumber(
    "altitude_m", 0...100, unit: "m", absent: unchanged, "Altitude above the take-off point.")
  private static let roll = Key<Double?>.optionalNumber(
    "roll_deg", -60...60, unit: "°", absent: unchanged, "Roll, right side down positive.")
  private static let pitch = Key<Double?>.optionalNumber(
    "pitch_deg", -60...60, unit: "°", absent: unchanged, "Pitch, nose up positive.")
  private static let yawRate = Key<Double?>.optionalNumber(
    "yaw_rate_dps", -360...360, unit: "°/s", absent: unchanged, "Yaw rate, clockwise from above positive.")

  static let schema = SectionSchema(
    path: "setpoints[]",
    about: "A step of the timed profile: what is asked for from `at_s` on. What is left out stays as it was.",
    keys: [
      time.description, arm.description, altitude.description, roll.description, pitch.description,
      yawRate.description,
    ])

  init?(_ section: Section) {
    let (time, arm, altitude) = (section.read(Self.time), section.read(Self.arm), section.read(Self.altitude))
    let (roll, pitch) = (section.read(Self.roll), section.read(Self.pitch))
    guard let yawRate = section.read(Self.yawRate), let time, let arm, let altitude, let roll, let pitch
    else {
      return nil
    }
    (self.time, self.arm, self.altitude) = (time, arm, altitude)
    (self.rollDegrees, self.pitchDegrees, self.yawRateDegrees) = (roll, pitch, yawRate)
  }
}

extension Configuration.SetpointRates {
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
}
