/// The physical figures of a robot that balances on two wheels. The defaults describe one of 1 kg on wheels of 68 mm, with
/// geared 12 V motors.
///
/// Body axes point forward, right and down from the middle of the axle.
public struct BalancingRobotParameters: Sendable, Equatable {
  /// Mass of the body without its wheels in kg.
  public var mass = 0.9
  /// Height of the body's centre of mass above the axle in m.
  public var massHeight = 0.07
  /// Its distance forward of the body's axis in m.
  public var imbalance = 0.0
  /// Moments of inertia of the body about its centre of mass in kg m²: about its axes forward, right and down.
  public var inertia = (roll: 0.0038, pitch: 0.0035, yaw: 0.0022)
  /// Mass of a wheel in kg.
  public var wheelMass = 0.035
  /// Moment of inertia of a wheel about the axle in kg m².
  public var wheelInertia = 2.2e-5
  /// Radius of the wheels in m, left and right.
  public var wheelRadius = SIMD2(0.034, 0.034)
  /// Distance between the points at which the wheels touch the ground, in m.
  public var track = 0.17

  /// What a motor generates at the gear's output in V s/rad, left and right.
  public var backEMF = SIMD2(0.32, 0.32)
  /// Torque at the gear's output per current in N m/A, left and right: less than what it generates, by the gear's losses.
  public var torquePerCurrent = SIMD2(0.27, 0.27)
  /// Resistance of a motor's winding with its bridge in Ω.
  public var resistance = 5.4
  /// Moment of inertia of a rotor as the gear's output feels it, in kg m²: times the square of the gear's ratio.
  public var rotorInertia = 2.7e-4
  /// Friction of a gear at its output in N m while it turns, left and right.
  public var friction = SIMD2(0.018, 0.018)
  /// How much more a gear that stands takes, of `friction`.
  public var stiction = 0.5
  /// Friction in N m/(rad/s).
  public var viscousFriction = 3e-4
  /// Rate in rad/s below which friction fades, so that a wheel comes to rest without chattering.
  public var frictionFadeRate = 0.15
  /// Rate in rad/s at which a third of the stiction is left (Stribeck).
  public var stictionRate = 0.6
  /// Rolling resistance of a wheel, of its load.
  public var rollingResistance = 0.008
  /// Torque in N m against turning on the spot, by the wheels' width.
  public var scrubTorque = 0.004

  /// Where the inertial unit sits above the axle, in m.
  public var sensorHeight = 0.05
  /// Height above the axle at which pushes meet the body, in m.
  public var pushHeight = 0.1
  /// How long a push takes in s.
  public var pushTime = 0.12
  /// What everything but the motors draws, in W.
  public var electronicsPower = 3.0
  /// Lean in rad from which the robot has fallen.
  public var fallenLean = 1.0
  /// The robot is lost when it is farther than this from its start, in m.
  public var boundary = 100.0
  /// How long a hand goes on holding the robot after its bridges came alive, in s.
  public var releaseTime = 0.15

  /// The battery.
  public var battery = BatteryParameters()

  /// The default robot.
  public init() {}

  /// Current in A that the battery, full, gives while both motors stall.
  public var largestCurrent: Double {
    let open = Battery.openCircuitVoltage(charge: 1) * Double(battery.cells)
    return 2 * open / resistance + electronicsPower / open
  }

  /// Whether every figure is equal.
  public static func == (a: Self, b: Self) -> Bool {
    a.mass == b.mass && a.massHeight == b.massHeight && a.imbalance == b.imbalance && a.inertia == b.inertia
      && a.wheelMass == b.wheelMass && a.wheelInertia == b.wheelInertia && a.wheelRadius == b.wheelRadius
      && a.track == b.track && a.backEMF == b.backEMF && a.torquePerCurrent == b.torquePerCurrent
      && a.resistance == b.resistance && a.rotorInertia == b.rotorInertia && a.friction == b.friction
      && a.stiction == b.stiction && a.viscousFriction == b.viscousFriction
      && a.frictionFadeRate == b.frictionFadeRate && a.stictionRate == b.stictionRate
      && a.rollingResistance == b.rollingResistance && a.scrubTorque == b.scrubTorque
      && a.sensorHeight == b.sensorHeight && a.pushHeight == b.pushHeight && a.pushTime == b.pushTime
      && a.electronicsPower == b.electronicsPower && a.fallenLean == b.fallenLean && a.boundary == b.boundary
      && a.releaseTime == b.releaseTime && a.battery == b.battery
  }
}

/// How far one robot differs from the next: half-widths of uniform distributions, drawn anew for each seed.
public struct BalancingRobotVariation: Sendable, Equatable {
  /// Relative half-width of the mass, of the moments of inertia, and for each side of the motor's figures, of the gear's
  /// friction and of the wheel's radius.
  public var mass, inertia, motor, friction, wheelRadius: Double
  /// Half-width of the centre of mass's distance from the body's axis in m.
  public var imbalance: Double
  /// Half-width of the lean at the start in rad.
  public var startLean: Double
  /// State of charge at the start, 0 to 1: lowest and highest.
  public var batteryCharge: ClosedRange<Double>

  /// A variation from its parts.
  public init(
    mass: Double = 0, inertia: Double = 0, motor: Double = 0, friction: Double = 0, wheelRadius: Double = 0,
    imbalance: Double = 0, startLean: Double = 0, batteryCharge: ClosedRange<Double> = 0.9...0.9
  ) {
    (self.mass, self.inertia, self.motor, self.friction) = (mass, inertia, motor, friction)
    (self.wheelRadius, self.imbalance, self.startLean) = (wheelRadius, imbalance, startLean)
    self.batteryCharge = batteryCharge
  }

  /// Every robot is the nominal one.
  public static let none = BalancingRobotVariation()
}

/// What a robot meets on its way, drawn anew for each seed.
public struct BalancingRobotSurroundings: Sendable, Equatable {
  /// Lowest and highest steepest slope of the ground's waves in rad.
  public var slope: ClosedRange<Double>
  /// Lowest and highest impulse of a push in N s, and time from one push to the next in s.
  public var impulse, every: ClosedRange<Double>

  /// Surroundings from their parts.
  public init(
    slope: ClosedRange<Double>, impulse: ClosedRange<Double>, every: ClosedRange<Double>
  ) {
    (self.slope, self.impulse, self.every) = (slope, impulse, every)
  }

  /// A level floor, and nobody who pushes.
  public static let calm = BalancingRobotSurroundings(slope: 0...0, impulse: 0...0, every: 1000...1000)
}
