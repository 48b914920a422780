extension Configuration.Quadrotor {
  /// The simulated flight.
  public struct Simulation: ConfigurationSection, Equatable {
    /// What every simulated run has.
    public var run: Configuration.SimulatedRun
    /// Nominal mass in kg where it is another than the airframe's.
    public var mass: Double?
    /// How much the vehicle differs from its nominal self, anew for each seed.
    public var variation: Variation
    /// Wind.
    public var wind: Wind
    /// Setpoints drawn anew for each seed, in place of the profile; `nil` flies the profile.
    public var randomSetpoints: RandomSetpoints?
  }

  /// Setpoints drawn at random, each value uniform.
  public struct RandomSetpoints: ConfigurationSection, Equatable {
    /// Largest roll and pitch in rad and largest yaw rate in rad/s, of either sign.
    public var tilt, yawRate: Double
    /// Range of the altitude in m.
    public var altitude: ClosedRange<Double>
    /// Range of the time from one draw to the next in s.
    public var hold: ClosedRange<Double>
  }

  /// How much the vehicle differs from its nominal self; drawn uniformly, anew for each seed.
  public struct Variation: ConfigurationSection, Equatable {
    /// Largest relative deviation of mass, of moments of inertia, and of each motor's thrust.
    public var mass, inertia, motor: Double
    /// Largest offset of the centre of mass along each axis in m.
    public var centreOfMass: Double
    /// Range of the battery's charge at the start, 0 to 1.
    public var batteryCharge: ClosedRange<Double>
  }

  /// Wind, drawn uniformly, anew for each seed.
  public struct Wind: ConfigurationSection, Equatable {
    /// Range of the mean wind speed in m/s; its direction is uniform.
    public var mean: ClosedRange<Double>
    /// Range of the gusts' standard deviation in m/s.
    public var gust: ClosedRange<Double>
  }
}

extension Configuration.Quadrotor.Simulation {
  private static let mass = Key<Double?>.optionalNumber(
    "mass_kg", 0.02...200, unit: "kg", absent: "`airframe.mass_kg`",
    "Nominal mass of what flies, where it is another than what its gains are for.")

  static let schema = SectionSchema(
    path: "simulation", about: Configuration.SimulatedRun.about,
    keys: Configuration.SimulatedRun.keys + [
      mass.description,
      .section("variation", absent: "its defaults", "How much the vehicle differs from its nominal self."),
      .section("wind", absent: "its defaults", "Wind."),
      .section(
        "random_setpoints", absent: "the profile is flown",
        "Setpoints drawn at random, in place of `setpoints`."),
    ])

  init?(_ section: Section) {
    let (run, mass) = (Configuration.SimulatedRun(section), section.read(Self.mass))
    let variation = section.readOrStandard(Configuration.Quadrotor.Variation.self, "variation")
    let wind = section.readOrStandard(Configuration.Quadrotor.Wind.self, "wind")
    let randomSetpoints = section.readOptional(
      Configuration.Quadrotor.RandomSetpoints.self, "random_setpoints")
    guard let run, let mass, let variation, let wind, let randomSetpoints else { return nil }
    (self.run, self.mass, self.variation) = (run, mass, variation)
    (self.wind, self.randomSetpoints) = (wind, randomSetpoints)
  }
}

extension Configuration.Quadrotor.Variation {
  private static let mass = Key<Double>.number(
    "mass", 0...0.5, standard: 0.15, "Largest relative deviation of the mass.")
  private static let inertia = Key<Double>.number(
    "inertia", 0...0.5, standard: 0.15, "Largest relative deviation of the moments of inertia.")
  private static let motor = Key<Double>.number(
    "motor", 0...0.5, standard: 0.05, "Largest relative deviation of each motor's thrust.")
  private static let centre = Key<Double>.number(
    "centre_of_mass_m", 0...0.05, unit: "m", standard: 0.004,
    "Largest offset of the centre of mass, each axis.")
  private static let charge = Key<ClosedRange<Double>>.interval(
    "battery_charge", 0...1, standard: 0.6...1, "Charge of the battery at the start.")

  static let schema = SectionSchema(
    path: "simulation.variation", about: "How much the vehicle differs from its nominal self.",
    keys: [
      mass.description, inertia.description, motor.description, centre.description, charge.description,
    ])

  init?(_ section: Section) {
    let (mass, inertia, motor) =
      (section.read(Self.mass), section.read(Self.inertia), section.read(Self.motor))
    let (centre, charge) = (section.read(Self.centre), section.read(Self.charge))
    guard let mass, let inertia, let motor, let centre, let charge else { return nil }
    (self.mass, self.inertia, self.motor) = (mass, inertia, motor)
    (self.centreOfMass, self.batteryCharge) = (centre, charge)
  }
}

extension Configuration.Quadrotor.Wind {
  private static let mean = Key<ClosedRange<Double>>.interval(
    "mean_m_s", 0...30, unit: "m/s", standard: 0...4, "Mean wind speed; its direction is uniform.")
  private static let gust = Key<ClosedRange<Double>>.interval(
    "gust_m_s", 0...20, unit: "m/s", standard: 0...2, "Standard deviation of the gusts.")

  static let schema = SectionSchema(
    path: "simulation.wind", about: "Wind.", keys: [mean.description, gust.description])

  init?(_ section: Section) {
    let (mean, gust) = (section.read(Self.mean), section.read(Self.gust))
    guard let mean, let gust else { return nil }
    (self.mean, self.gust) = (mean, gust)
  }
}

extension Configuration.Quadrotor.RandomSetpoints {
  private static let tilt = Key<Double>.number(
    "tilt_deg", 0...60, unit: "°", standard: 12, "Largest roll and pitch, of either sign.")
  private static let yawRate = Key<Double>.number(
    "yaw_rate_dps", 0...360, unit: "°/s", standard: 60, "Largest yaw rate, of either sign.")
  private static let altitude = Key<ClosedRange<Double>>.interval(
    "altitude_m", 0.2...50, unit: "m", standard: 0.6...2.5, "Altitude above the take-off point.")
  private static let hold = Key<ClosedRange<Double>>.interval(
    "hold_s", 0.1...60, unit: "s", standard: 0.8...3, "Time from one draw to the next.")

  static let schema = SectionSchema(
    path: "simulation.random_setpoints",
    about:
      "Setpoints drawn at random, in place of `setpoints`: to train and to test over the whole envelope.",
    keys: [tilt.description, yawRate.description, altitude.description, hold.description])

  init?(_ section: Section) {
    let (tilt, yawRate) = (section.read(Self.tilt), section.read(Self.yawRate))
    let (altitude, hold) = (section.read(Self.altitude), section.read(Self.hold))
    guard let tilt, let yawRate, let altitude, let hold else { return nil }
    (self.tilt, self.yawRate) = (tilt.radians, yawRate.radians)
    (self.altitude, self.hold) = (altitude, hold)
  }
}
