extension Configuration.BalancingRobot {
  /// The simulated run.
  public struct Simulation: ConfigurationSection, Equatable {
    /// What every simulated run has.
    public var run: Configuration.SimulatedRun
    /// Nominal mass of the body in kg where it is another than the airframe's.
    public var mass: Double?
    /// How much the robot differs from its nominal self, anew for each seed.
    public var variation: Variation
    /// The ground.
    public var ground: Ground
    /// Pushes.
    public var pushes: Pushes
    /// Setpoints drawn anew for each seed, in place of the profile; `nil` drives the profile.
    public var randomSetpoints: RandomSetpoints?
  }

  /// How much the robot differs from its nominal self; drawn uniformly, anew for each seed.
  public struct Variation: ConfigurationSection, Equatable {
    /// Largest relative deviation of the mass, of the moments of inertia, of each motor's torque and speed, of each
    /// gear's friction and of each wheel's radius.
    public var mass, inertia, motor, friction, wheelRadius: Double
    /// Largest distance of the centre of mass from the body's axis, forward or back, in m.
    public var imbalance: Double
    /// Largest lean at the start, of either sign, in rad.
    public var startLean: Double
    /// Range of the battery's charge at the start, 0 to 1.
    public var batteryCharge: ClosedRange<Double>
  }

  /// The ground, drawn uniformly, anew for each seed.
  public struct Ground: ConfigurationSection, Equatable {
    /// Range of the steepest slope of its waves in rad.
    public var slope: ClosedRange<Double>
  }

  /// Pushes against the body, drawn uniformly.
  public struct Pushes: ConfigurationSection, Equatable {
    /// Range of a push's impulse in N s; its sense is random.
    public var impulse: ClosedRange<Double>
    /// Range of the time from one push to the next in s.
    public var every: ClosedRange<Double>
  }

  /// Setpoints drawn at random, each value uniform.
  public struct RandomSetpoints: ConfigurationSection, Equatable {
    /// Largest speed in m/s and largest turn rate in rad/s, of either sign.
    public var speed, turnRate: Double
    /// Range of the time from one draw to the next in s.
    public var hold: ClosedRange<Double>
  }
}

extension Configuration.BalancingRobot.Simulation {
  private static let mass = Key<Double?>.optionalNumber(
    "mass_kg", 0.05...200, unit: "kg", absent: "`airframe.mass_kg`",
    "Nominal mass of the body of what drives, where it is another than what its gains are for.")

  static let schema = SectionSchema(
    path: "simulation", about: Configuration.SimulatedRun.about,
    keys: Configuration.SimulatedRun.keys + [
      mass.description,
      .section("variation", absent: "its defaults", "How much the robot differs from its nominal self."),
      .section("ground", absent: "its defaults", "The ground."),
      .section("pushes", absent: "its defaults", "Pushes against the body."),
      .section(
        "random_setpoints", absent: "the profile is driven",
        "Setpoints drawn at random, in place of `setpoints`."),
    ])

  init?(_ section: Section) {
    let (run, mass) = (Configuration.SimulatedRun(section), section.read(Self.mass))
    let variation = section.readOrStandard(Configuration.BalancingRobot.Variation.self, "variation")
    let ground = section.readOrStandard(Configuration.BalancingRobot.Ground.self, "ground")
    let pushes = section.readOrStandard(Configuration.BalancingRobot.Pushes.self, "pushes")
    let randomSetpoints = section.readOptional(
      Configuration.BalancingRobot.RandomSetpoints.self, "random_setpoints")
    guard let run, let mass, let variation, let ground, let pushes, let randomSetpoints else { return nil }
    (self.run, self.mass, self.variation) = (run, mass, variation)
    (self.ground, self.pushes, self.randomSetpoints) = (ground, pushes, randomSetpoints)
  }
}

extension Configuration.BalancingRobot.Variation {
  private static let mass = Key<Double>.number(
    "mass", 0...0.5, standard: 0.15, "Largest relative deviation of the mass.")
  private static let inertia = Key<Double>.number(
    "inertia", 0...0.5, standard: 0.15, "Largest relative deviation of the moments of inertia.")
  private static let motor = Key<Double>.number(
    "motor", 0...0.5, standard: 0.08, "Largest relative deviation of each motor's speed and torque.")
  private static let friction = Key<Double>.number(
    "friction", 0...1, standard: 0.4, "Largest relative deviation of each gear's friction.")
  private static let radius = Key<Double>.number(
    "wheel_radius", 0...0.2, standard: 0.01, "Largest relative deviation of each wheel's radius.")
  private static let imbalance = Key<Double>.number(
    "imbalance_m", 0...0.05, unit: "m", standard: 0.003,
    "Largest distance of the centre of mass from the body's axis, forward or back.")
  private static let lean = Key<Double>.number(
    "start_lean_deg", 0...20, unit: "°", standard: 3, "Largest lean at the start, of either sign.")
  private static let charge = Key<ClosedRange<Double>>.interval(
    "battery_charge", 0...1, standard: 0.6...1, "Charge of the battery at the start.")

  static let schema = SectionSchema(
    path: "simulation.variation", about: "How much the robot differs from its nominal self.",
    keys: [
      mass.description, inertia.description, motor.description, friction.description, radius.description,
      imbalance.description, lean.description, charge.description,
    ])

  init?(_ section: Section) {
    let (mass, inertia, motor) =
      (section.read(Self.mass), section.read(Self.inertia), section.read(Self.motor))
    let (friction, radius) = (section.read(Self.friction), section.read(Self.radius))
    let (imbalance, lean, charge) =
      (section.read(Self.imbalance), section.read(Self.lean), section.read(Self.charge))
    guard let mass, let inertia, let motor, let friction, let radius, let imbalance, let lean, let charge
    else { return nil }
    (self.mass, self.inertia, self.motor, self.friction) = (mass, inertia, motor, friction)
    (self.wheelRadius, self.imbalance, self.startLean) = (radius, imbalance, lean.radians)
    batteryCharge = charge
  }
}

extension Configuration.BalancingRobot.Ground {
  private static let slope = Key<ClosedRange<Double>>.interval(
    "slope_deg", 0...20, unit: "°", standard: 0...2, "Steepest slope of the ground's waves.")

  static let schema = SectionSchema(
    path: "simulation.ground", about: "The ground.", keys: [slope.description])

  init?(_ section: Section) {
    guard let slope = section.read(Self.slope) else { return nil }
    self.slope = slope.lowerBound.radians...slope.upperBound.radians
  }
}

extension Configuration.BalancingRobot.Pushes {
  private static let impulse = Key<ClosedRange<Double>>.interval(
    "impulse_n_s", 0...20, unit: "N s", standard: 0...0.2, "Impulse of a push, forward or back.")
  private static let every = Key<ClosedRange<Double>>.interval(
    "every_s", 0.5...1000, unit: "s", standard: 2...4, "Time from one push to the next.")

  static let schema = SectionSchema(
    path: "simulation.pushes", about: "Pushes against the body.",
    keys: [impulse.description, every.description])

  init?(_ section: Section) {
    guard let impulse = section.read(Self.impulse), let every = section.read(Self.every) else { return nil }
    (self.impulse, self.every) = (impulse, every)
  }
}

extension Configuration.BalancingRobot.RandomSetpoints {
  private static let speed = Key<Double>.number(
    "speed_m_s", 0...10, unit: "m/s", standard: 0.4, "Largest speed, of either sign.")
  private static let turnRate = Key<Double>.number(
    "turn_rate_dps", 0...1000, unit: "°/s", standard: 60, "Largest turn rate, of either sign.")
  private static let hold = Key<ClosedRange<Double>>.interval(
    "hold_s", 0.1...60, unit: "s", standard: 1...3, "Time from one draw to the next.")

  static let schema = SectionSchema(
    path: "simulation.random_setpoints",
    about:
      "Setpoints drawn at random, in place of `setpoints`: to train and to test over the whole envelope.",
    keys: [speed.description, turnRate.description, hold.description])

  init?(_ section: Section) {
    let (speed, turnRate, hold) =
      (section.read(Self.speed), section.read(Self.turnRate), section.read(Self.hold))
    guard let speed, let turnRate, let hold else { return nil }
    (self.speed, self.turnRate, self.hold) = (speed, turnRate.radians, hold)
  }
}
