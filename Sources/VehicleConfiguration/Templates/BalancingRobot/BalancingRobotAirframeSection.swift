import Control

extension Configuration.BalancingRobot {
  /// The physical figures of a balancing robot beside its wheels' radius and track: what its gains are computed and checked by, and
  /// what drives in simulation.
  public struct Airframe: ConfigurationSection, StandardAirframe, Equatable {
    /// Mass of the body without its wheels in kg.
    public var mass = 0.9
    /// Height of its centre of mass above the axle in m.
    public var massHeight = 0.07
    /// Distance of the centre of mass forward of the body's axis in m.
    public var imbalance = 0.0
    /// Moment of inertia of the body about its axis forward, through its centre of mass, in kg m².
    public var rollInertia = 0.0038
    /// The same about its axis to the right.
    public var pitchInertia = 0.0035
    /// The same about its axis down.
    public var yawInertia = 0.0022
    /// Mass of a wheel in kg.
    public var wheelMass = 0.035
    /// Moment of inertia of a wheel about the axle in kg m².
    public var wheelInertia = 2.2e-5

    /// What a motor generates at the gear's output in V s/rad.
    public var backEMF = 0.32
    /// Torque at the gear's output per current in N m/A.
    public var torquePerCurrent = 0.27
    /// Resistance of a motor's winding with its bridge in Ω.
    public var resistance = 5.4
    /// Moment of inertia of a rotor as the gear's output feels it, in kg m².
    public var rotorInertia = 2.7e-4
    /// Friction of a gear at its output in N m.
    public var friction = 0.018
    /// How much more a gear that stands takes, of its friction.
    public var stiction = 0.5
    /// Friction of a gear at its output that grows with its rate, in N m/(rad/s).
    public var viscousFriction = 3e-4
    /// Rolling resistance of a wheel, of its load.
    public var rollingResistance = 0.008
    /// Torque in N m against turning on the spot.
    public var scrubTorque = 0.004

    /// Where the inertial unit sits above the axle in m.
    public var sensorHeight = 0.05
    /// Where pushes meet the body above the axle in m.
    public var pushHeight = 0.1
    /// What everything but the motors draws, in W.
    public var electronicsPower = 3.0
    /// The battery.
    public var battery = Configuration.AirframeBattery()

    /// The robot that is driven when a file says nothing.
    public init() {}
  }
}

extension Configuration.BalancingRobot.Airframe {
  private typealias Number = Configuration.AirframeNumber<Self>

  private static let numbers: [Number] = [
    Number(\.mass, "mass_kg", 0.05...200, unit: "kg", "Mass of the body without its wheels."),
    Number(
      \.massHeight, "mass_height_m", 0.005...2, unit: "m",
      "Height of the body's centre of mass above the axle."),
    Number(
      \.imbalance, "imbalance_m", -0.2...0.2, unit: "m",
      "Distance of the centre of mass forward of the body's axis."),
    Number(
      \.rollInertia, "inertia_roll_kg_m2", 1e-6...100, unit: "kg m2",
      "Moment of inertia of the body about its axis forward, through its centre of mass."),
    Number(
      \.pitchInertia, "inertia_pitch_kg_m2", 1e-6...100, unit: "kg m2",
      "The same about its axis to the right."),
    Number(\.yawInertia, "inertia_yaw_kg_m2", 1e-6...100, unit: "kg m2", "The same about its axis down."),
    Number(\.wheelMass, "wheel_mass_kg", 0.001...20, unit: "kg", "Mass of a wheel."),
    Number(
      \.wheelInertia, "wheel_inertia_kg_m2", 1e-8...10, unit: "kg m2",
      "Moment of inertia of a wheel about the axle."),
    Number(
      \.backEMF, "motor_back_emf_v_s", 0.001...10, unit: "V s/rad",
      "What a motor generates at the gear's output."),
    Number(
      \.torquePerCurrent, "motor_torque_per_current", 0.001...10, unit: "N m/A",
      "Torque at the gear's output per current: less than what it generates, by the gear's losses."),
    Number(
      \.resistance, "motor_ohm", 0.01...100, unit: "Ω", "Resistance of a motor's winding with its bridge."),
    Number(
      \.rotorInertia, "motor_inertia_kg_m2", 0...10, unit: "kg m2",
      "Moment of inertia of a rotor at the gear's output: times the square of the gear's ratio."),
    Number(
      \.friction, "gear_friction_n_m", 0...10, unit: "N m",
      "Friction of a gear at its output while it turns."),
    Number(\.stiction, "gear_stiction", 0...5, "How much more a gear that stands takes, of its friction."),
    Number(
      \.viscousFriction, "gear_viscous_friction", 0...1, unit: "N m s/rad",
      "Friction of a gear at its output that grows with its rate."),
    Number(
      \.rollingResistance, "rolling_resistance", 0...0.5, "Rolling resistance of a wheel, of its load."),
    Number(\.scrubTorque, "scrub_torque_n_m", 0...10, unit: "N m", "Torque against turning on the spot."),
    Number(
      \.sensorHeight, "sensor_height_m", -1...2, unit: "m", "Where the inertial unit sits above the axle."),
    Number(\.pushHeight, "push_height_m", 0...2, unit: "m", "Where pushes meet the body, above the axle."),
    Number(
      \.electronicsPower, "electronics_w", 0...2000, unit: "W", "What everything but the motors draws."),
  ]

  static let schema = SectionSchema(
    path: "airframe",
    about:
      "The robot's physical figures (docs/airframes.md): what its gains are computed and checked by, and what drives in simulation. "
      + "Wheels' radius and track stand under `estimator`.",
    keys: numbers.map(\.key.description) + Configuration.AirframeBattery.keys)

  init?(_ section: Section) {
    self.init()
    let isWhole = Number.read(Self.numbers, section, into: &self)
    guard let battery = Configuration.AirframeBattery(section), isWhole else { return nil }
    self.battery = battery
  }

  /// What a controller needs to know of it, on wheels of these measures in m.
  public func dynamics(wheelRadius: Double, track: Double) -> BalancerDynamics {
    BalancerDynamics(
      mass: mass, height: massHeight, pitchInertia: pitchInertia, yawInertia: yawInertia,
      wheelMass: wheelMass, wheelInertia: wheelInertia, wheelRadius: wheelRadius, track: track,
      backEMF: backEMF, torquePerCurrent: torquePerCurrent, resistance: resistance,
      rotorInertia: rotorInertia, viscousFriction: viscousFriction,
      referenceVoltage: battery.referenceVoltage, cells: battery.cells)
  }
}
