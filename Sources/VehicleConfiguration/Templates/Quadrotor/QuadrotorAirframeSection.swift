import Control
import PortableMath

extension Configuration.Quadrotor {
  /// The physical figures of a quadrotor: what its gains are computed and checked by, and what flies in simulation.
  public struct Airframe: ConfigurationSection, StandardAirframe, Equatable {
    /// Mass in kg.
    public var mass = 0.8
    /// How far the motors stand ahead of and behind the centre in m.
    public var armForward = 0.12 * 0.5.squareRoot()
    /// How far they stand to its sides in m.
    public var armSide = 0.12 * 0.5.squareRoot()
    /// Where the rotors stand; empty for the four of an X with these arms.
    public internal(set) var rotors: [RotorGeometry.Rotor] = []
    /// How commands are shared among them; `nil` for the four of an X.
    public internal(set) var mixing: RotorGeometry.Mixing?
    /// Moments of inertia about the body's axes in kg m².
    public var inertia = Vector3(0.0035, 0.0038, 0.0065)
    /// Height of the rotors' plane above the centre in m.
    public var rotorHeight = 0.02

    /// Thrust of one rotor in N at full command and `referenceVoltage`.
    public var rotorThrust = 4.32
    /// Reaction torque per thrust in m.
    public var torquePerThrust = 0.010
    /// Speed of a rotor in rad/s at full command and `referenceVoltage`.
    public var rotorSpeed = 2200.0
    /// Time constant in s with which a rotor speeds up.
    public var spinUpTime = 0.030
    /// Time constant in s with which it slows down.
    public var spinDownTime = 0.035
    /// Moment of inertia of a rotor with its motor's bell in kg m².
    public var rotorInertia = 8e-6
    /// Share of the electrical power that reaches the propeller.
    public var motorEfficiency = 0.8
    /// Force across a rotor's axis in N per m/s of crosswise air and rad/s of rotor.
    public var rotorDrag = 4.8e-5
    /// Loss of thrust in N per m/s of climb and rad/s of rotor.
    public var rotorInflow = 6.8e-5
    /// What everything but the motors draws, in W.
    public var electronicsPower = 5.0
    /// The battery.
    public var battery = Configuration.AirframeBattery()

    /// Drag area of the body in m².
    public var dragArea = 0.011
    /// Share of the dynamic pressure that the barometer wrongly reads.
    public var staticPressureError = -0.1
    /// Height of the centre above the ground at rest in m.
    public var footHeight = 0.10
    /// Stiffness of one of the four feet in N/m.
    public var footStiffness = 1000.0
    /// Damping of one of them in N/(m/s).
    public var footDamping = 14.0
    /// Coefficient of friction between foot and ground.
    public var footFriction = 0.6
    /// How far below the centre the range finder sits, in m.
    public var rangeFinderDrop = 0.02
    /// Speed towards the ground in m/s from which a touch-down is a crash.
    public var crashSpeed = 3.0

    /// The vehicle that is flown when a file says nothing.
    public init() {}
  }
}

extension Configuration.Quadrotor.Airframe {
  /// The rotors' names in their order.
  public var rotorNames: [String] { rotors.isEmpty ? Configuration.quadrotorMotors : rotors.map(\.name) }
  /// Collective thrust at full command, in rotors' full thrusts.
  var fullThrust: Double { mixing?.fullThrust ?? 4 }
}

extension Configuration.Quadrotor.Airframe {
  private typealias Number = Configuration.AirframeNumber<Self>

  /// The figures whose default is a number.
  private static let numbers: [Number] = [
    Number(\.mass, "mass_kg", 0.02...200, unit: "kg", "Mass with battery and payload."),
    Number(
      \.rotorHeight, "rotor_height_m", -1...1, unit: "m", "Height of the rotors' plane above the centre."),
    Number(
      \.rotorThrust, "rotor_thrust_n", 0.02...2000, unit: "N",
      "Thrust of one rotor at full command and `reference_voltage_v`; it goes with the square of speed."),
    Number(
      \.torquePerThrust, "rotor_torque_per_thrust_m", 0.0005...0.5, unit: "m",
      "Reaction torque of a rotor per thrust: N m for each N."),
    Number(
      \.rotorSpeed, "rotor_speed_rad_s", 50...20_000, unit: "rad/s",
      "Speed of a rotor at full command and `reference_voltage_v`."),
    Number(
      \.spinUpTime, "rotor_spin_up_s", 0.002...1, unit: "s", "Time constant with which a rotor speeds up."),
    Number(
      \.spinDownTime, "rotor_spin_down_s", 0.002...1, unit: "s",
      "Time constant with which a rotor slows down."
    ),
    Number(
      \.rotorInertia, "rotor_inertia_kg_m2", 0...1, unit: "kg m2",
      "Moment of inertia of a rotor with its motor's bell."),
    Number(
      \.motorEfficiency, "motor_efficiency", 0.05...1,
      "Share of the electrical power that reaches the propeller."),
    Number(
      \.electronicsPower, "electronics_w", 0...2000, unit: "W", "What everything but the motors draws."),
    Number(\.dragArea, "drag_area_m2", 0...5, unit: "m2", "Drag area of the body, seen from any side."),
    Number(
      \.staticPressureError, "static_pressure_error", -2...2,
      "Share of the dynamic pressure that the barometer wrongly reads, negative for suction."),
    Number(
      \.footHeight, "foot_height_m", 0.005...3, unit: "m",
      "Height of the centre above the ground at rest; the feet stand below the motors."),
    Number(\.footFriction, "foot_friction", 0...2, "Coefficient of friction between foot and ground."),
    Number(
      \.rangeFinderDrop, "range_finder_drop_m", -1...1, unit: "m",
      "How far below the centre the range finder sits."),
    Number(
      \.crashSpeed, "crash_speed_m_s", 0.1...50, unit: "m/s",
      "Speed towards the ground from which a touch-down is a crash."),
  ]

  private static let arm = Key<Double>.number(
    "arm_length_m", 0.02...5, unit: "m", standard: 0.12, "Distance of each motor from the centre.")
  private static let forward = Key<Double?>.optionalNumber(
    "arm_forward_m", 0.01...5, unit: "m", absent: "`arm_length_m` / √2, as of an X with right angles",
    "How far the motors stand ahead of and behind the centre.")
  private static let side = Key<Double?>.optionalNumber(
    "arm_side_m", 0.01...5, unit: "m", absent: "`arm_length_m` / √2, as of an X with right angles",
    "How far the motors stand to the sides of the centre.")
  private static func inertia(_ axis: String, _ standard: Double, _ words: String) -> Key<Double?> {
    .optionalNumber(
      "inertia_\(axis)_kg_m2", 1e-7...1000, unit: "kg m2",
      absent: "\(standard) at 0.8 kg and 0.12 m, with the mass and the square of the arms' length",
      "Moment of inertia about the body's axis \(words).")
  }
  private static let inertias = [
    inertia("roll", 0.0035, "forward"), inertia("pitch", 0.0038, "right"), inertia("yaw", 0.0065, "down"),
  ]
  private static let drag = Key<Double?>.optionalNumber(
    "rotor_drag", 0...10, unit: "N s2/(m rad)", absent: "4.8e-5, with thrust over speed",
    "Force across a rotor's axis for each m/s of crosswise air and rad/s of rotor.")
  private static let inflow = Key<Double?>.optionalNumber(
    "rotor_inflow", 0...10, unit: "N s2/(m rad)", absent: "6.8e-5, with thrust over speed",
    "Thrust that a rotor loses for each m/s of climb and rad/s of rotor.")
  private static let stiffness = Key<Double?>.optionalNumber(
    "foot_stiffness_n_m", 1...1_000_000, unit: "N/m", absent: "1000 at 0.8 kg, with the mass",
    "Stiffness of one of the four feet.")
  private static let damping = Key<Double?>.optionalNumber(
    "foot_damping_n_s_m", 0...100_000, unit: "N s/m", absent: "14 at 0.8 kg, with the mass",
    "Damping of one of the four feet.")

  static let schema = SectionSchema(
    path: "airframe",
    about:
      "The vehicle's physical figures (docs/airframes.md): what its gains are computed and checked by, and what flies in simulation.",
    keys: numbers.prefix(1).map(\.key.description)
      + [arm.description, forward.description, side.description, RotorReader.description]
      + inertias.map(\.description) + numbers.dropFirst().map(\.key.description)
      + [drag, inflow, stiffness, damping].map(\.description) + Configuration.AirframeBattery.keys)

  init?(_ section: Section) {
    self.init()
    var isWhole = Number.read(Self.numbers, section, into: &self)
    func optional(_ key: Key<Double?>, _ standard: Double) -> Double {
      guard let value = section.read(key) else {
        isWhole = false
        return standard
      }
      return value ?? standard
    }
    let standard = Self()
    let arm = section.read(Self.arm)
    let length = arm ?? 0.12
    armForward = optional(Self.forward, length * 0.5.squareRoot())
    armSide = optional(Self.side, length * 0.5.squareRoot())
    guard takeRotors(section) else { return nil }
    // A factor of exactly 1 for the default vehicle, whose figures stay what they are to the last bit.
    let scale = (mass / 0.8) * ((armForward * armForward + armSide * armSide) / Self.standardArmSquared)
    inertia = Vector3(
      optional(Self.inertias[0], standard.inertia.x * scale),
      optional(Self.inertias[1], standard.inertia.y * scale),
      optional(Self.inertias[2], standard.inertia.z * scale))
    let blade = (rotorThrust / standard.rotorThrust) * (standard.rotorSpeed / rotorSpeed)
    rotorDrag = optional(Self.drag, standard.rotorDrag * blade)
    rotorInflow = optional(Self.inflow, standard.rotorInflow * blade)
    footStiffness = optional(Self.stiffness, standard.footStiffness * (mass / 0.8))
    footDamping = optional(Self.damping, standard.footDamping * (mass / 0.8))
    guard let battery = Configuration.AirframeBattery(section), arm != nil, isWhole else { return nil }
    self.battery = battery
  }

  private static let standardArmSquared: Double = {
    let standard = Self()
    return standard.armForward * standard.armForward + standard.armSide * standard.armSide
  }()

  /// Takes rotors that the section names; `false` after an error was noted.
  private mutating func takeRotors(_ section: Section) -> Bool {
    guard section.has(RotorReader.description.name) else { return true }
    for key in [Self.arm.name, Self.forward.name, Self.side.name] where section.has(key) {
      section.complain(key, "stands beside rotors, which say where each motor is; remove one of them")
    }
    guard let geometry = RotorReader.read(section) else { return false }
    do throws(RotorGeometry.Problem) {
      mixing = try geometry.mixing()
    } catch {
      section.complain(RotorReader.description.name, error.words)
      return false
    }
    rotors = geometry.rotors
    (armForward, armSide) = (geometry.meanReach.forward, geometry.meanReach.side)
    return true
  }

  /// What a controller needs to know of it, `delay` s being what passes beside the motors' own lag.
  public func dynamics(delay: Double) -> MultirotorDynamics {
    MultirotorDynamics(
      mass: mass, inertia: inertia, forward: mixing?.pitchArm ?? armForward, side: mixing?.rollArm ?? armSide,
      rotors: fullThrust, rotorThrust: rotorThrust,
      torquePerThrust: torquePerThrust * (mixing?.yawShare ?? 1),
      motorLag: 0.5 * (spinUpTime + spinDownTime), delay: delay, referenceVoltage: battery.referenceVoltage)
  }
}
